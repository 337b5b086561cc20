// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/optimiser.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/empty_like.h>
#include <ATen/ops/full.h>
#include <torch/optim/adam.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

namespace oodscope {
namespace {

namespace optim = torch::optim;

/// LibTorch finds the state of a parameter by its address in memory: 1 wants it written as text, 2 as it is.
using StateKey = std::decay_t<decltype(std::declval<optim::Optimizer&>().state())>::key_type;

/// A template, so that of the two branches only the one that fits this LibTorch is compiled.
template <class Key>
Key keyOf(const at::Tensor& parameter) {
  if constexpr (std::is_same_v<Key, std::string>) {
    std::ostringstream text;
    text << parameter.unsafeGetTensorImpl();
    return text.str();
  } else {
    return parameter.unsafeGetTensorImpl();
  }
}

const at::Tensor* find(const StateDict& saved, const std::string& name) {
  for (const auto& [key, tensor] : saved) {
    if (key == name) return &tensor;
  }
  return nullptr;
}

at::Tensor need(const StateDict& saved, const std::string& name, const at::Tensor& like,
                const std::filesystem::path& file) {
  const at::Tensor* found = find(saved, name);
  if (found == nullptr || found->sizes() != like.sizes()) {
    throw Error({.what = "checkpoint does not fit the network", .expected = name, .found = "none such", .file = file});
  }
  return at::empty_like(like).copy_(*found);  // the parameter's own memory format
}

/// Scales all gradients by one factor where the norm of them together is more than `most`.
void clipGradients(const std::vector<at::Tensor>& parameters, double most) {
  double squares = 0.0;
  for (const at::Tensor& parameter : parameters) {
    if (!parameter.grad().defined()) continue;
    const double norm = parameter.grad().norm().item<double>();
    squares += norm * norm;
  }
  const double norm = std::sqrt(squares);
  if (norm <= most) return;
  for (const at::Tensor& parameter : parameters)
    if (parameter.grad().defined()) parameter.mutable_grad().mul_(most / norm);
}

/// The parameters that learn at the rate itself and, where there are any, the slower ones behind them.
std::vector<optim::OptimizerParamGroup> groupsOf(const std::vector<at::Tensor>& parameters,
                                                 const std::vector<at::Tensor>& slower) {
  std::vector<at::Tensor> first;
  for (const at::Tensor& parameter : parameters) {
    const bool isSlower =
        std::any_of(slower.begin(), slower.end(), [&](const at::Tensor& t) { return t.is_same(parameter); });
    if (!isSlower) first.push_back(parameter);
  }
  std::vector<optim::OptimizerParamGroup> groups{optim::OptimizerParamGroup(std::move(first))};
  if (!slower.empty()) groups.emplace_back(slower);
  return groups;
}

/// The state of Adam and of AdamW, which are types of their own of the same members.
template <class State>
void saveMoments(const optim::OptimizerParamState& saved, const std::string& name, StateDict& out) {
  const auto& state = static_cast<const State&>(saved);
  out.emplace_back(name + "step", at::full({1}, state.step(), at::kLong));
  out.emplace_back(name + "exp_avg", state.exp_avg());
  out.emplace_back(name + "exp_avg_sq", state.exp_avg_sq());
}

template <class State>
std::unique_ptr<State> loadMoments(const StateDict& saved, const std::string& name, const at::Tensor& parameter,
                                   const std::filesystem::path& file) {
  const at::Tensor* step = find(saved, name + "step");
  if (step == nullptr) return nullptr;
  auto state = std::make_unique<State>();
  state->step(step->item<std::int64_t>());
  state->exp_avg(need(saved, name + "exp_avg", parameter, file));
  state->exp_avg_sq(need(saved, name + "exp_avg_sq", parameter, file));
  return state;
}

}  // namespace

TrainingOptimiser::TrainingOptimiser(const TrainingOptions& options, std::vector<at::Tensor> parameters,
                                     const std::vector<at::Tensor>& slower)
    : m_kind(options.optimiser),
      m_mostGradient(options.gradientClip),
      m_slowerRate(options.backboneRate),
      m_parameters(std::move(parameters)) {
  const std::vector<optim::OptimizerParamGroup> groups = groupsOf(m_parameters, slower);
  if (m_kind == Optimiser::Adam) {
    // Decay inside the gradient, as torch.optim.Adam; the second beta is that optimiser's default.
    m_optimiser = std::make_unique<optim::Adam>(
        groups,
        optim::AdamOptions(options.learningRate).betas({options.momentum, 0.999}).weight_decay(options.weightDecay));
  } else if (m_kind == Optimiser::AdamW) {
    m_optimiser = std::make_unique<optim::AdamW>(
        groups,
        optim::AdamWOptions(options.learningRate).betas({options.momentum, 0.999}).weight_decay(options.weightDecay));
  } else {
    m_optimiser = std::make_unique<optim::SGD>(
        groups, optim::SGDOptions(options.learningRate).momentum(options.momentum).weight_decay(options.weightDecay));
  }
}

void TrainingOptimiser::setLearningRate(double rate) {
  auto& groups = m_optimiser->param_groups();
  groups.front().options().set_lr(rate);
  if (groups.size() > 1) groups.back().options().set_lr(rate * m_slowerRate);
}

void TrainingOptimiser::step() {
  if (m_mostGradient > 0.0) clipGradients(m_parameters, m_mostGradient);
  m_optimiser->step();
  m_optimiser->zero_grad();
}

void TrainingOptimiser::save(const std::string& prefix, StateDict& out) const {
  for (std::size_t i = 0; i < m_parameters.size(); ++i) {
    const auto found = m_optimiser->state().find(keyOf<StateKey>(m_parameters[i]));
    if (found == m_optimiser->state().end()) continue;  // never had a gradient
    const std::string name = prefix + std::to_string(i) + ".";
    if (m_kind == Optimiser::Adam) {
      saveMoments<optim::AdamParamState>(*found->second, name, out);
    } else if (m_kind == Optimiser::AdamW) {
      saveMoments<optim::AdamWParamState>(*found->second, name, out);
    } else {
      const auto& state = static_cast<const optim::SGDParamState&>(*found->second);
      if (state.momentum_buffer().defined()) out.emplace_back(name + "momentum_buffer", state.momentum_buffer());
    }
  }
}

void TrainingOptimiser::load(const std::string& prefix, const StateDict& saved, const std::filesystem::path& file) {
  for (std::size_t i = 0; i < m_parameters.size(); ++i) {
    const at::Tensor& parameter = m_parameters[i];
    const std::string name = prefix + std::to_string(i) + ".";
    if (m_kind == Optimiser::Adam) {
      if (auto state = loadMoments<optim::AdamParamState>(saved, name, parameter, file))
        m_optimiser->state()[keyOf<StateKey>(parameter)] = std::move(state);
    } else if (m_kind == Optimiser::AdamW) {
      if (auto state = loadMoments<optim::AdamWParamState>(saved, name, parameter, file))
        m_optimiser->state()[keyOf<StateKey>(parameter)] = std::move(state);
    } else {
      if (find(saved, name + "momentum_buffer") == nullptr) continue;
      auto state = std::make_unique<optim::SGDParamState>();
      state->momentum_buffer(need(saved, name + "momentum_buffer", parameter, file));
      m_optimiser->state()[keyOf<StateKey>(parameter)] = std::move(state);
    }
  }
}

}  // namespace oodscope

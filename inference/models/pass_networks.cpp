// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/pass_networks.inl.h"

#include "analysis/core/random.h"
#include "inference/models/arrangement.inl.h"
#include "inference/networks/dropout.inl.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

/// What a run works with.
struct PassWork {
  PassChoice pass;
  PassRun run;
  Network* network;
  InferenceNetwork* plain;
};

/// x' = x - eps * sign of the gradient of the loss, a gradient of 0 counted as positive, as in Liang et al.'s code. The
/// loss takes softmax(z) for logits, as SegmentMeIfYouCan's baseline does.
void runPerturbed(const PassWork& work, const torch::Tensor& image, const torch::Tensor& logits) {
  torch::Tensor moved;
  {
    const c10::InferenceMode off(false);
    const torch::Tensor x = image.clone().requires_grad_(true);
    const torch::Tensor z = work.network->forward(x);
    const torch::Tensor loss = at::cross_entropy_loss(at::softmax(z, 1), z.detach().argmax(1), {}, at::Reduction::Sum);
    const torch::Tensor gradient = torch::autograd::grad({loss}, {x}).front();
    const double step = passValue(work.pass.values, kOdinEpsilon);
    moved = x.detach() - step * (gradient.ge(0).to(torch::kFloat) * 2.0 - 1.0);
  }
  work.network->fill(moved, logits);
}

/// The value that a share of `values` is at or below: by the nearest rank, without interpolation.
double percentileOf(const torch::Tensor& values, double percent) {
  const torch::Tensor flat = values.cpu().contiguous().view({-1});
  std::vector<float> all(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel());
  const double rank = std::ceil(percent / 100.0 * static_cast<double>(all.size())) - 1.0;
  const auto at = all.begin() + static_cast<std::ptrdiff_t>(std::max(rank, 0.0));
  std::nth_element(all.begin(), at, all.end());
  return static_cast<double>(*at);
}

void runRectified(const PassWork& work, const torch::Tensor& image, const torch::Tensor& logits) {
  const torch::Tensor features = work.network->penultimate(image);
  const double bound = percentileOf(features, passValue(work.pass.values, kReactPercentile));
  const torch::Tensor clipped = features.clamp_max(bound);
  fillFrom(work.network->classifyAll(clipped, {image.size(2), image.size(3)}), logits);
}

void runWithDropout(const PassWork& work, const torch::Tensor& image, const torch::Tensor& logits) {
  SplitMix random = randomStream(work.run.seed, work.run.stream);
  const SampledDropout sampled(*work.network, random);
  work.network->fill(image, logits);
}

void runMirrored(const PassWork& work, const torch::Tensor& image, const torch::Tensor& logits) {
  work.plain->run(image.flip({3}), logits);
}

/// `out` is one row of as many values.
void runForFeatures(const PassWork& work, const torch::Tensor& image, const torch::Tensor& out) {
  const torch::Tensor features = work.network->penultimate(image);
  out.view(features.sizes()).copy_(features);
}

bool always(const Network&) { return true; }
bool isSplit(const Network& network) { return network.isSplit(); }
bool dropsOut(const Network& network) { return hasDropout(network); }

/// How a pass is run, and which built-in networks can be.
struct PassRunner {
  const PassKind* kind;
  void (*run)(const PassWork& work, const torch::Tensor& image, const torch::Tensor& logits);
  bool (*serves)(const Network& network);
  bool isForAny = false;   ///< TorchScript, too
  bool isByPlain = false;  ///< by what runs the network as it is, which sees to LibTorch's switches itself
  bool mirrors = false;
};
constexpr std::array kRunners = {
    PassRunner{&kPerturbedPass, runPerturbed, always},
    PassRunner{&kRectifiedPass, runRectified, isSplit},
    PassRunner{&kDropoutPass, runWithDropout, dropsOut},
    PassRunner{&kMirroredPass, runMirrored, always, true, true, true},
    PassRunner{&kFeaturesPass, runForFeatures, isSplit},
};

constexpr int kProbedSide = 64;  // sizes go by shares of the input's

OutputArray arrayLike(const torch::Tensor& ofProbe, Output output, Size input) {
  const auto along = [&](int whole, int axis) {  // rounded up, as strided convolutions do
    return static_cast<int>((whole * ofProbe.size(axis) + kProbedSide - 1) / kProbedSide);
  };
  return {output, static_cast<int>(ofProbe.size(1)), {along(input.width, 3), along(input.height, 2)}};
}

const PassRunner& runnerOf(const PassKind& kind) {
  const auto* found = std::ranges::find(kRunners, &kind, &PassRunner::kind);
  require(found != kRunners.end(), "passNetwork: nobody runs such a pass");
  return *found;
}

class PassNetwork final : public InferenceNetwork {
public:
  explicit PassNetwork(PassWork work) : m_work(std::move(work)) {}
  void run(const torch::Tensor& image, const torch::Tensor& logits) override {
    runnerOf(*m_work.pass.kind).run(m_work, image, logits);
  }

private:
  PassWork m_work;
};

}  // namespace

std::vector<const PassKind*> passesOf(const Network& network) {
  std::vector<const PassKind*> out;
  for (const PassRunner& runner : kRunners)
    if (runner.serves(network)) out.push_back(runner.kind);
  return out;
}

std::vector<const PassKind*> passesOfAny() {
  std::vector<const PassKind*> out;
  for (const PassRunner& runner : kRunners)
    if (runner.isForAny) out.push_back(runner.kind);
  return out;
}

std::vector<OutputArray> arraysAddedTo(Network& network, Size input) {
  if (!network.isSplit()) return {};
  return {arrayLike(network.penultimate(at::zeros({1, 3, kProbedSide, kProbedSide})), Output::Features, input)};
}

std::vector<OutputArray> arraysGivenBy(Network& network, Size input) {
  const std::vector<Output> outputs = network.outputs();
  if (outputs.size() == 1) return {{Output::Logits, network.shape().classes, input}};
  const std::vector<torch::Tensor> small = forwardAll(network, at::zeros({1, 3, kProbedSide, kProbedSide}));
  std::vector<OutputArray> out;
  for (std::size_t i = 0; i < small.size(); ++i) out.push_back(arrayLike(small[i], outputs[i], input));
  return out;
}

std::shared_ptr<Network> forPasses(const Network& trained, const std::shared_ptr<Network>& empty) {
  const torch::NoGradGuard noGradient;
  const auto copyAll = [](const auto& from, auto to) {
    for (auto& item : to) item.value().copy_(from[item.key()]);
  };
  copyAll(trained.named_parameters(), empty->named_parameters());
  copyAll(trained.named_buffers(), empty->named_buffers());
  for (torch::Tensor& parameter : empty->parameters()) parameter.set_requires_grad(false);
  empty->eval();
  return empty;
}

std::unique_ptr<InferenceNetwork> passNetwork(const PassChoice& pass, const PassRun& run, const PassNetworks& of) {
  auto network = std::make_unique<PassNetwork>(PassWork{pass, run, of.network, of.plain});
  if (runnerOf(*pass.kind).isByPlain) return network;
  return of.isOneDnnRight ? asSetUp(std::move(network)) : withoutOneDnn(std::move(network));
}

bool isMirrored(const PassKind& kind) { return runnerOf(kind).mirrors; }

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/arrangement.inl.h"

#include "analysis/core/error.h"
#include "inference/models/model.h"
#include "inference/networks/own_convolution.inl.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <shared_mutex>

namespace oodscope {
namespace {

/// LibTorch's switches belong to the process: who sets them is alone, who relies on them is not.
std::shared_mutex& switches() {
  static std::shared_mutex mutex;
  return mutex;
}

class AsSetUp final : public InferenceNetwork {
public:
  explicit AsSetUp(std::unique_ptr<InferenceNetwork> network) : m_network(std::move(network)) {
    const std::unique_lock alone(switches());
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setAllowTF32CuBLAS(false);
  }
  void run(const torch::Tensor& image, const torch::Tensor& logits) override {
    const std::shared_lock together(switches());
    m_network->run(image, logits);
  }

private:
  std::unique_ptr<InferenceNetwork> m_network;
};

/// oneDNN off and the count of threads set, both as before afterwards.
class Plainly {
public:
  explicit Plainly(int threads) : m_alone(switches()), m_threads(at::get_num_threads()) {
    at::globalContext().setUserEnabledMkldnn(false);
    if (threads > 0) at::set_num_threads(threads);
  }
  ~Plainly() {
    at::globalContext().setUserEnabledMkldnn(m_oneDnn);
    at::set_num_threads(m_threads);
  }
  Plainly(const Plainly&) = delete;
  Plainly& operator=(const Plainly&) = delete;

private:
  std::unique_lock<std::shared_mutex> m_alone;
  bool m_oneDnn = at::globalContext().userEnabledMkldnn();
  int m_threads;
};

class WithOwnConvolutions final : public InferenceNetwork {
public:
  WithOwnConvolutions(std::unique_ptr<InferenceNetwork> network, int threads)
      : m_network(std::move(network)), m_threads(threads) {}
  void run(const torch::Tensor& image, const torch::Tensor& logits) override {
    const Plainly plainly(m_threads);
    const OwnConvolutions own;
    m_network->run(image.cpu(), logits);
  }

private:
  std::unique_ptr<InferenceNetwork> m_network;
  int m_threads;
};

class WithoutOneDnn final : public InferenceNetwork {
public:
  explicit WithoutOneDnn(std::unique_ptr<InferenceNetwork> network) : m_network(std::move(network)) {}
  void run(const torch::Tensor& image, const torch::Tensor& logits) override {
    const Plainly plainly(0);
    m_network->run(image.cpu(), logits);
  }

private:
  std::unique_ptr<InferenceNetwork> m_network;
};

class PlainNetwork final : public InferenceNetwork {
public:
  explicit PlainNetwork(std::shared_ptr<Network> network) : m_network(std::move(network)) {}
  void run(const torch::Tensor& image, const torch::Tensor& logits) override { m_network->fill(image, logits); }

private:
  std::shared_ptr<Network> m_network;
};

class Shared final : public InferenceNetwork {
public:
  explicit Shared(std::shared_ptr<InferenceNetwork> network) : m_network(std::move(network)) {}
  void run(const torch::Tensor& image, const torch::Tensor& logits) override { m_network->run(image, logits); }

private:
  std::shared_ptr<InferenceNetwork> m_network;
};

torch::Tensor pass(InferenceNetwork& network, const at::Tensor& probe, at::IntArrayRef sizes) {
  torch::Tensor out = at::empty(sizes, at::TensorOptions(at::kFloat));
  network.run(probe, out);
  return out;
}

/// On one thread, whatever is set.
torch::Tensor passOnOneThread(InferenceNetwork& network, const at::Tensor& probe, at::IntArrayRef sizes) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  torch::Tensor out = pass(network, probe, sizes);
  at::set_num_threads(threads);
  return out;
}

const Arrangement* named(const std::vector<Arrangement>& all, const std::string& name) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Arrangement& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

LogitsComparison compareLogits(const at::Tensor& reference, const at::Tensor& found, const Rounding& rounding) {
  require(reference.sizes() == found.sizes(), "compareLogits: the same sizes");
  const at::Tensor expected = reference.contiguous(), given = found.contiguous();
  const float* const a = expected.data_ptr<float>();
  const float* const b = given.data_ptr<float>();
  const std::int64_t count = expected.numel();
  float largest = 0.0F;
  for (std::int64_t i = 0; i < count; ++i)
    if (std::isfinite(a[i])) largest = std::max(largest, std::abs(a[i]));
  const double limit = rounding.tolerance * static_cast<double>(largest);
  LogitsComparison out;
  std::int64_t beyond = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    if (a[i] == b[i] || (std::isnan(a[i]) && std::isnan(b[i]))) continue;
    const double apart = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    const double difference = std::isfinite(apart) ? apart : std::numeric_limits<double>::infinity();
    out.largest = std::max(out.largest, difference);
    beyond += difference > limit ? 1 : 0;
  }
  out.beyond = static_cast<double>(beyond) / static_cast<double>(std::max<std::int64_t>(1, count));
  out.agrees = out.beyond <= rounding.switched;
  return out;
}

ChosenArrangement chooseArrangement(const std::vector<Arrangement>& quickestFirst, const at::Tensor& probe,
                                    at::IntArrayRef outputSizes, const Rounding& rounding, const std::string& key,
                                    const Verdicts& verdicts) {
  require(!quickestFirst.empty(), "chooseArrangement: at least the reference");
  if (const auto known = verdicts.find(key)) {
    if (const Arrangement* arrangement = named(quickestFirst, known->arrangement))
      return {.name = arrangement->name,
              .network = arrangement->make(),
              .rejected = known->rejected,
              .asOneThread = known->asOneThread};
  }
  const Arrangement& last = quickestFirst.back();
  ChosenArrangement out{.name = last.name, .network = last.make(), .rejected = {}, .asOneThread = true};
  const torch::Tensor reference = pass(*out.network, probe, outputSizes);
  for (const Arrangement& arrangement : quickestFirst) {
    if (&arrangement == &last) break;
    std::unique_ptr<InferenceNetwork> network = arrangement.make();
    const torch::Tensor found = pass(*network, probe, outputSizes);
    const LogitsComparison comparison = compareLogits(reference, found, rounding);
    // Only the reference can tell: a library that is wrong may be so in another way each time.
    if (!comparison.agrees && out.rejected.empty())
      out.unrepeatable = !compareLogits(reference, pass(*out.network, probe, outputSizes), rounding).agrees;
    if (comparison.agrees || out.unrepeatable) {
      out.name = arrangement.name;
      out.network = std::move(network);
      out.asOneThread = at::get_num_threads() == 1 || found.equal(passOnOneThread(*out.network, probe, outputSizes));
      break;
    }
    out.rejected.push_back({arrangement.name, comparison.largest});
  }
  if (!out.unrepeatable)
    verdicts.keep(key, {.arrangement = out.name, .rejected = out.rejected, .asOneThread = out.asOneThread});
  return out;
}

std::unique_ptr<InferenceNetwork> asSetUp(std::unique_ptr<InferenceNetwork> network) {
  return std::make_unique<AsSetUp>(std::move(network));
}

std::unique_ptr<InferenceNetwork> withOwnConvolutions(std::unique_ptr<InferenceNetwork> network, int threads) {
  return std::make_unique<WithOwnConvolutions>(std::move(network), threads);
}

std::unique_ptr<InferenceNetwork> withoutOneDnn(std::unique_ptr<InferenceNetwork> network) {
  return std::make_unique<WithoutOneDnn>(std::move(network));
}

std::unique_ptr<InferenceNetwork> shared(std::shared_ptr<InferenceNetwork> network) {
  return std::make_unique<Shared>(std::move(network));
}

std::unique_ptr<InferenceNetwork> plainNetwork(std::shared_ptr<Network> network) {
  return std::make_unique<PlainNetwork>(std::move(network));
}

RgbImage probeImage(Size size) {
  RgbImage image(size);
  std::uint32_t random = 1;
  const auto wave = [](double length, double at) { return std::sin(6.283185307179586 * at / length); };
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      std::array<std::uint8_t, 3> pixel{};
      for (int c = 0; c < 3; ++c) {
        random = random * 1664525U + 1013904223U;
        const double noise = static_cast<double>(random >> 8) / 16777216.0 - 0.5;
        const double value = 127.5 + 50.0 * wave(173.0 - 31.0 * c, x + 0.7 * y) +
                             35.0 * wave(37.0 + 5.0 * c, y - 0.4 * x) + 80.0 * noise;
        pixel.at(static_cast<std::size_t>(c)) = static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0));
      }
      image.at(x, y) = {pixel[0], pixel[1], pixel[2]};
    }
  }
  return image;
}

std::string libraryIdentity() {
  std::string oneDnn = at::get_mkldnn_version();
  // "Intel(R) MKL-DNN v2.6.3 (Git Hash …)": the number alone.
  const std::size_t number = oneDnn.find(" v");
  if (number != std::string::npos) oneDnn = oneDnn.substr(number + 2, oneDnn.find(' ', number + 2) - number - 2);
  return "LibTorch " + torchVersion() + ", oneDNN " + oneDnn;
}

}  // namespace oodscope

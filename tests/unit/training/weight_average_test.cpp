// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/weight_average.inl.h"

#include "inference/networks/network_registry.inl.h"

#include <gtest/gtest.h>
#include <torch/utils.h>

namespace oodscope {
namespace {

std::shared_ptr<Network> filled(double value) {
  const auto network = makeNetwork("ERFNet", {.classes = 3, .widths = {4, 6, 8}, .options = {}});
  const torch::NoGradGuard noGradient;
  for (at::Tensor& parameter : network->parameters()) parameter.fill_(value);
  for (at::Tensor& buffer : network->buffers()) buffer.fill_(value);
  return network;
}

double firstParameter(Network& network) { return network.parameters().front().flatten()[0].item<double>(); }

TEST(WeightAverage, IsTheRecursionOfItsDefinition) {
  WeightAverage average(filled(2.0), 0.7);
  double expected = 2.0;
  for (int step = 0; step < 30; ++step) {
    const double value = 0.5 * step;
    average.add(*filled(value), step);
    const double kept = std::min(0.7, (step + 1.0) / (step + 10.0));
    expected = kept * expected + (1.0 - kept) * value;
    EXPECT_NEAR(firstParameter(average.network()), expected, 1e-5) << step;
  }
}

TEST(WeightAverage, TakesRunningStatisticsInAndCopiesCounts) {
  WeightAverage average(filled(4.0), 0.5);
  average.add(*filled(8.0), 1000);
  int floats = 0, counts = 0;
  for (const at::Tensor& buffer : average.network().buffers()) {
    const bool isFloat = buffer.is_floating_point();
    (isFloat ? floats : counts) += 1;
    EXPECT_NEAR(buffer.flatten()[0].item<double>(), isFloat ? 6.0 : 8.0, 1e-6);
  }
  EXPECT_GT(floats, 0);
  EXPECT_GT(counts, 0);
}

TEST(WeightAverage, LeavesTheTrainedNetworkAsItIs) {
  WeightAverage average(filled(4.0), 0.5);
  const auto trained = filled(8.0);
  average.add(*trained, 1000);
  EXPECT_EQ(firstParameter(*trained), 8.0);
}

}  // namespace
}  // namespace oodscope

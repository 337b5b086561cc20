// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes against PyTorch's observers and quantised convolutions (record_quantised.py).
#include "inference/networks/byte_values.inl.h"

#include <ATen/ops/from_blob.h>
#include <gtest/gtest.h>
#include <torch/utils.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using nlohmann::json;

json recordedBytes() {
  std::ifstream in(OODSCOPE_SOURCE_DIR "/tests/reference/inference/data/quantised.json");
  return json::parse(in);
}

torch::Tensor tensorIn(const json& values, const std::vector<std::int64_t>& sizes) {
  return torch::tensor(values.get<std::vector<float>>()).view(sizes);
}

/// The bytes as numbers.
torch::Tensor numbersOf(const torch::Tensor& x) { return x.int_repr().to(torch::kFloat).contiguous(); }

ByteConvolution::Layer layerIn(const json& given, std::int64_t inputs) {
  const auto kernel = given["kernel"].get<std::vector<std::int64_t>>();
  const auto outputs = static_cast<std::int64_t>(given["bias"].size());
  const torch::Tensor weight = tensorIn(given["weight"], {outputs, inputs, kernel[0], kernel[1]});
  const torch::Tensor scales = weightScales(weight, 0);
  return {.integers = weightIntegers(weight, scales),
          .scales = scales.reshape({-1}),
          .bias = tensorIn(given["bias"], {outputs}),
          .geometry = {.stride = given["stride"].get<std::vector<std::int64_t>>(),
                       .padding = given["padding"].get<std::vector<std::int64_t>>(),
                       .dilation = given["dilation"].get<std::vector<std::int64_t>>()},
          .relu = given["relu"].get<bool>()};
}

TEST(Bytes, HaveTheScalesOfPyTorchsObservers) {
  const json recorded = recordedBytes();
  const ByteScale image = byteScaleOf(recorded["least"].get<float>(), recorded["most"].get<float>());
  EXPECT_FLOAT_EQ(image.scale, recorded["scale"].get<float>());
  EXPECT_EQ(image.zero, recorded["zero"].get<std::int64_t>());
  const auto sizes = recorded["sizes"].get<std::vector<std::int64_t>>();
  const torch::Tensor bytes = toBytes(tensorIn(recorded["image"], sizes), image);
  EXPECT_TRUE(numbersOf(bytes).equal(tensorIn(recorded["bytes"], sizes)));
  EXPECT_TRUE(fromBytes(bytes).allclose(bytes.dequantize()));
  for (const json& each : recorded["cases"]) {
    const ByteConvolution::Layer layer = layerIn(each, sizes[1]);
    EXPECT_TRUE(layer.scales.allclose(tensorIn(each["scales"], {-1}), 1e-6, 0.0));
    EXPECT_TRUE(layer.integers.equal(tensorIn(each["integers"], layer.integers.sizes().vec())));
  }
  EXPECT_EQ(byteScaleOf(0.5F, 1.0F).zero, 0) << "ranges take in 0";
  EXPECT_EQ(byteScaleOf(-2.0F, -1.0F).zero, 255);
  EXPECT_GT(byteScaleOf(0.0F, 0.0F).scale, 0.0F);
}

TEST(Bytes, AreConvolvedAsPyTorchDoesByBothEngines) {
  const json recorded = recordedBytes();
  const auto sizes = recorded["sizes"].get<std::vector<std::int64_t>>();
  const ByteScale in = byteScaleOf(recorded["least"].get<float>(), recorded["most"].get<float>());
  const torch::Tensor image = toBytes(tensorIn(recorded["image"], sizes), in);
  std::vector<ByteEngine> engines{ByteEngine::Own};
  if (hasByteEngine()) engines.push_back(ByteEngine::Library);
  for (const json& each : recorded["cases"]) {
    const ByteScale out{each["out_scale"].get<float>(), each["out_zero"].get<std::int64_t>()};
    const auto outSizes = each["sizes"].get<std::vector<std::int64_t>>();
    for (const ByteEngine engine : engines) {
      const torch::Tensor found = ByteConvolution(layerIn(each, sizes[1]), in, out, engine)(image);
      ASSERT_EQ(found.sizes().vec(), outSizes);
      // A sum beside the middle between two bytes may be rounded to either.
      const torch::Tensor apart = (numbersOf(found) - tensorIn(each["bytes"], outSizes)).abs();
      EXPECT_LE(apart.max().item<float>(), 1.0F);
      EXPECT_LE(apart.sum().item<float>(), 0.01F * static_cast<float>(apart.numel()));
      const torch::Tensor sum = addThenRelu(found, found, {2.0F * out.scale, 0});
      EXPECT_LE((numbersOf(sum) - tensorIn(each["sum"], outSizes)).abs().max().item<float>(), 1.0F);
    }
  }
}

}  // namespace
}  // namespace oodscope

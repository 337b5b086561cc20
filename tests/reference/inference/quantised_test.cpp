// SPDX-License-Identifier: GPL-3.0-or-later
// Bytes against PyTorch's observers and quantised convolutions (record_quantised.py).
#include "inference/networks/byte_pixels.inl.h"
#include "inference/networks/byte_product.inl.h"
#include "inference/networks/byte_values.inl.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/ones.h>
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

/// The bytes of PyTorch's picture and what it makes of them between convolutions.
class BytesBetween : public ::testing::Test {
protected:
  [[nodiscard]] torch::Tensor recordedAs(const char* name, const torch::Tensor& like) const {
    return tensorIn(between[name], like.sizes().vec());
  }
  /// A value beside the middle between two bytes may be rounded to either.
  void expectBytes(const torch::Tensor& found, const char* name) const {
    const torch::Tensor apart = (numbersOf(found) - recordedAs(name, found)).abs();
    EXPECT_LE(apart.max().item<float>(), 1.0F) << name;
    EXPECT_LE(apart.sum().item<float>(), 0.01F * static_cast<float>(apart.numel())) << name;
  }
  [[nodiscard]] torch::Tensor channels(std::int64_t first, std::int64_t count) const {
    return numbered(numbersOf(image).narrow(1, first, count));
  }
  /// Whole numbers as bytes of the picture's scale.
  [[nodiscard]] torch::Tensor numbered(const torch::Tensor& bytes) const {
    return toBytes((bytes - static_cast<double>(in.zero)) * static_cast<double>(in.scale), in);
  }
  json recorded = recordedBytes();
  json between = recorded["between"];
  ByteScale in = byteScaleOf(recorded["least"].get<float>(), recorded["most"].get<float>());
  ByteScale out{between["scale"].get<float>(), between["zero"].get<std::int64_t>()};
  float slope = between["slope"].get<float>(), slopeBeside = between["slope_beside"].get<float>();
  torch::Tensor image = toBytes(tensorIn(recorded["image"], recorded["sizes"].get<std::vector<std::int64_t>>()), in);
};

TEST_F(BytesBetween, AreBentAsByPyTorchsLeakyRelu) {
  const torch::Tensor found = lookUp(image, activationTable(in, slope, out), out);
  expectBytes(found, "bent");
  EXPECT_FLOAT_EQ(static_cast<float>(found.q_scale()), out.scale);
}

TEST_F(BytesBetween, ArePooledWithTheirPlacesAndPutBack) {
  const PooledBytes pooled = poolBytes(image);
  EXPECT_TRUE(numbersOf(pooled.bytes).equal(recordedAs("pooled", pooled.bytes)));
  EXPECT_TRUE(pooled.places.to(torch::kFloat).contiguous().equal(recordedAs("places", pooled.places)));
  const torch::Tensor back = unpoolBytes(pooled.bytes, pooled.places);
  EXPECT_TRUE(numbersOf(back).equal(recordedAs("unpooled", back)));
}

TEST_F(BytesBetween, ArePooledBesideAConvolutionBehindTheNorm) {
  const std::int64_t count = image.size(1);
  const torch::Tensor tables =
      channelTables(in, tensorIn(between["factor"], {count}), tensorIn(between["shift"], {count}), slope, out);
  for (const int kernel : {2, 3}) {
    const torch::Tensor beside = toBytes(at::ones({1, 2, image.size(2) / 2, image.size(3) / 2}), out);
    const torch::Tensor joined = joinPooledBytes(beside, image, tables, kernel);
    EXPECT_TRUE(numbersOf(joined).narrow(1, 0, 2).equal(numbersOf(beside)));
    const torch::Tensor pooled = numbersOf(joined).narrow(1, 2, count).contiguous();
    const torch::Tensor apart = (pooled - recordedAs(kernel == 2 ? "joined2" : "joined3", pooled)).abs();
    EXPECT_LE(apart.max().item<float>(), 1.0F) << kernel;
    EXPECT_LE(apart.sum().item<float>(), 0.01F * static_cast<float>(apart.numel())) << kernel;
  }
}

TEST_F(BytesBetween, AreAddedBehindTheirActivations) {
  const torch::Tensor pairs = sumTable(in, in, slopeBeside, slope, out);
  expectBytes(sumByTable(channels(0, 4), channels(2, 4), pairs, {}, out), "sum");
  const torch::Tensor alone = pairs.view({256, 256}).select(0, in.zero).contiguous();
  expectBytes(sumByTable(channels(0, 2), channels(2, 4), pairs, alone, out), "filled");
}

TEST(Bytes, AreMultipliedAsByPyTorchsDynamicLinear) {
  const json recorded = recordedBytes()["product"];
  const auto rows = recorded["rows"].get<std::int64_t>();
  const torch::Tensor bias = tensorIn(recorded["bias"], {-1}), x = tensorIn(recorded["x"], {rows, -1});
  const torch::Tensor weight = tensorIn(recorded["weight"], {bias.size(0), -1}), scales = weightScales(weight, 0);
  const torch::Tensor expected = tensorIn(recorded["out"], {rows, -1}), plain = tensorIn(recorded["plain"], {rows, -1});
  std::vector<ByteEngine> engines{ByteEngine::Own};
  if (hasByteEngine()) engines.push_back(ByteEngine::Library);
  for (const ByteEngine engine : engines) {
    const torch::Tensor found = ByteProduct(weightIntegers(weight, scales), scales.reshape({-1}), bias, engine)(x);
    EXPECT_TRUE(found.allclose(expected, 1e-5, 1e-5));
    EXPECT_FALSE(found.allclose(plain, 1e-5, 1e-3)) << "nothing was rounded";
  }
}

}  // namespace
}  // namespace oodscope

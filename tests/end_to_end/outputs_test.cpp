// SPDX-License-Identifier: GPL-3.0-or-later
// Outputs of second heads and mask networks as people's files, scored by the program: numbers equal those of maps that
// are reckoned here from the definitions and evaluated as somebody's finished scores.
#include "analysis/formats/npy.h"
#include "analysis/formats/zip_archive.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/scores/made_outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct NamedArray {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<float> values;
};

NamedArray named(const std::string& name, const MadeArray& array, bool isMatrix = false) {
  std::vector<std::size_t> shape{static_cast<std::size_t>(array.channels), static_cast<std::size_t>(array.height),
                                 static_cast<std::size_t>(array.width)};
  if (isMatrix) shape.erase(shape.begin() + 1);
  return {name, shape, array.single};
}

void writeArrays(const fs::path& file, const std::vector<NamedArray>& arrays) {
  ZipWriter zip;
  for (const NamedArray& array : arrays) {
    std::string bytes = npyHeaderText(NpyType::Float32, array.shape);
    bytes.append(reinterpret_cast<const char*>(array.values.data()), array.values.size() * sizeof(float));
    zip.add(array.name + ".npy", std::as_bytes(std::span(bytes)));
  }
  const auto bytes = zip.finish();
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

/// A small set of two frames, somebody's outputs for it, and places for maps made of them.
class OutputFiles : public ::testing::Test {
protected:
  OutputFiles() {
    writeSmallSet(set, 2);
    fs::create_directories(outputs);
  }
  [[nodiscard]] CommandResult evaluate(const fs::path& scores, const std::vector<std::string>& more = {}) const {
    std::vector<std::string> all{"evaluate", "--set",      set,           "--scores",     scores, "--format",
                                 "json",     "--protocol", "fishyscapes", "--resolution", "label"};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all);
  }
  /// AP by method.
  [[nodiscard]] std::map<std::string, double> numbers(const fs::path& scores,
                                                      const std::vector<std::string>& more) const {
    const CommandResult result = evaluate(scores, more);
    EXPECT_EQ(result.code, 0) << result.err;
    std::map<std::string, double> out;
    if (result.code != 0) return out;
    const json table = json::parse(result.out);
    for (const json& row : table.at("rows")) out[row.at("method").get<std::string>()] = row.at("ap").get<double>();
    return out;
  }
  /// AP of the definition's maps.
  [[nodiscard]] double defined(Method method, float temperature, const std::vector<MadeOutputs>& frames) const {
    const fs::path folder = scratch.path() / ("maps_" + std::string(method.name()));
    fs::create_directories(folder);
    for (std::size_t f = 0; f < frames.size(); ++f) {
      const std::vector<double> scores =
          plainOutputScores(frames[f], {.method = method, .temperature = temperature}, kSmallSize);
      const std::vector<float> map(scores.begin(), scores.end());
      const std::array<std::size_t, 2> shape{static_cast<std::size_t>(kSmallSize.height),
                                             static_cast<std::size_t>(kSmallSize.width)};
      writeNpyAtomically(folder / (std::to_string(f) + ".npy"), NpyType::Float32, shape, std::as_bytes(std::span(map)));
    }
    return numbers(folder, {}).begin()->second;
  }
  void writeMasks(const fs::path& folder, const std::vector<MadeOutputs>& frames) const {
    for (std::size_t f = 0; f < frames.size(); ++f)
      writeArrays(folder / (std::to_string(f) + ".npz"),
                  {named("class_logits", frames[f].classLogits, true), named("mask_logits", frames[f].maskLogits)});
  }
  static std::vector<MadeOutputs> maskFrames(int queries, int known, int extra) {
    std::vector<MadeOutputs> out;
    for (unsigned f = 0; f < 2; ++f) {
      MadeOutputs& frame = out.emplace_back(maskNetwork(queries, known, extra, {16, 8}, false));
      frame.maskLogits = {queries, 8, 16, false, -2.0, 4.0, 40 + f};
    }
    return out;
  }
  void saySidecar(int known) const {
    std::ofstream(outputs.string() + ".json") << R"({"known_classes": )" << known << "}";
  }
  const TemporaryFolder scratch;
  const fs::path set = scratch.path() / "SmallSet", outputs = scratch.path() / "TheirNetwork";
};

TEST_F(OutputFiles, MasksAreScoredByAllMethodsThatReadThem) {
  const auto frames = maskFrames(30, 3, 2);
  writeMasks(outputs, frames);
  saySidecar(3);
  const auto found = numbers(outputs, {"--method", "all"});
  for (const Method method : {methods::kMsp, methods::kMaxLogit, methods::kEnergy, methods::kMaxEntropy,
                              methods::kMembershipMax, methods::kRba, methods::kEam, methods::kUno, methods::kM2a}) {
    ASSERT_TRUE(found.contains(std::string(method.name()))) << method;
    EXPECT_NEAR(found.at(std::string(method.name())), defined(method, 1.0F, frames), 2e-3) << method;
  }
  EXPECT_FALSE(found.contains("densehybrid") || found.contains("void") || found.contains("sml"));
}

TEST_F(OutputFiles, TemperatureDividesTheClassLogits) {
  const auto frames = maskFrames(30, 3, 1);
  writeMasks(outputs, frames);
  saySidecar(3);
  const auto cold = numbers(outputs, {"--method", "rba", "--temperature", "0.25"});
  EXPECT_NEAR(cold.at("rba"), defined(methods::kRba, 0.25F, frames), 2e-3);
  EXPECT_NE(cold.at("rba"), numbers(outputs, {"--method", "rba"}).at("rba"));
}

TEST_F(OutputFiles, AFolderAnOutputIsTheSameAsAnArchive) {
  const auto frames = maskFrames(12, 19, 1);
  writeMasks(outputs, frames);
  const fs::path folders = scratch.path() / "Folders";
  fs::create_directories(folders / "class_logits");
  fs::create_directories(folders / "mask_logits");
  for (std::size_t f = 0; f < frames.size(); ++f)
    for (const NamedArray& array :
         {named("class_logits", frames[f].classLogits, true), named("mask_logits", frames[f].maskLogits)})
      writeNpyAtomically(folders / array.name / (std::to_string(f) + ".npy"), NpyType::Float32, array.shape,
                         std::as_bytes(std::span(array.values)));
  EXPECT_EQ(numbers(folders, {"--method", "all"}), numbers(outputs, {"--method", "all"}));
}

TEST_F(OutputFiles, AnotherCountOfColumnsIsRefused) {
  writeMasks(outputs, maskFrames(12, 3, 1));
  const CommandResult result = evaluate(outputs, {"--method", "rba"});
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, AllOf(HasSubstr("class_logits do not fit the known classes"), HasSubstr("20 or 21 columns"),
                                HasSubstr("12 x 4")));
}

TEST_F(OutputFiles, TwoHeadsAreScoredTogetherAndApart) {
  std::vector<MadeOutputs> frames;
  for (unsigned f = 0; f < 2; ++f) {
    MadeOutputs& frame = frames.emplace_back(twoHeads(19, {32, 16}, 2, {32, 16}, false));
    frame.logits = {19, 16, 32, false, 0.0, 3.0, 60 + f};
    frame.outlier = {2, 16, 32, false, 0.0, 3.0, 70 + f};
    writeArrays(outputs / (std::to_string(f) + ".npz"),
                {named("logits", frame.logits), named("outlier", frame.outlier)});
  }
  const auto found = numbers(outputs, {"--method", "all"});
  for (const Method method :
       {methods::kDenseHybridRatio, methods::kDenseHybridGenerative, methods::kDenseHybridDiscriminative})
    EXPECT_NEAR(found.at(std::string(method.name())), defined(method, 1.0F, frames), 2e-3) << method;
  EXPECT_TRUE(found.contains("msp"));
  EXPECT_FALSE(found.contains("rba"));
  const CommandResult refused = evaluate(outputs, {"--method", "rba"});
  EXPECT_THAT(refused.err + refused.out, HasSubstr("gives no class memberships"));
}

TEST_F(OutputFiles, StoredMembershipsKnowNoTemperature) {
  for (unsigned f = 0; f < 2; ++f)
    writeArrays(outputs / (std::to_string(f) + ".npz"), {named("membership", {19, 16, 32, false, 0.1, 0.2, 80 + f})});
  const CommandResult result = evaluate(outputs, {"--method", "rba", "--temperature", "1,2"});
  ASSERT_EQ(result.code, 0) << result.err;
  const json rows = json::parse(result.out).at("rows");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_TRUE(rows[0].at("temperature").is_null());
}

TEST_F(OutputFiles, AnArrayOfAnotherShapeIsRefusedByName) {
  const MadeArray logits{19, 16, 32, false, 0.0, 1.0, 1}, three{3, 16, 32, false, 0.0, 1.0, 2};
  for (int f = 0; f < 2; ++f)
    writeArrays(outputs / (std::to_string(f) + ".npz"), {named("logits", logits), named("outlier", three)});
  const CommandResult result = evaluate(outputs, {"--method", "densehybrid"});
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err + result.out, AllOf(HasSubstr("outlier"), HasSubstr("1 or 2 x h x w")));
}

TEST_F(OutputFiles, ArraysOfUnknownNamesAreListedWithTheWayToChoose) {
  const MadeArray one{19, 16, 32, false, 0.0, 1.0, 1}, other{19, 16, 32, false, 0.0, 1.0, 2};
  for (int f = 0; f < 2; ++f)
    writeArrays(outputs / (std::to_string(f) + ".npz"), {named("first", one), named("second", other)});
  const CommandResult result = evaluate(outputs);
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, AllOf(HasSubstr("first (float32 19x16x32)"), HasSubstr("second"), HasSubstr("--score-name")));
}

TEST_F(OutputFiles, InfoSaysWhichMethodsTheyServe) {
  writeMasks(outputs, maskFrames(12, 19, 2));
  const CommandResult result = runCli({"info", (outputs / "0.npz").string()});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("mask_logits (float32 12x8x16)"), HasSubstr("rba"), HasSubstr("uno")));
}

}  // namespace
}  // namespace oodscope::testing

// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded by record_further_networks.py, which says where the numbers come from. One file of data/further is one
// published layout; a layout that no NetworkKind reads yet fails with the message of a user who opens such a file.
#include "analysis/core/size_text.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/model.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/reference/inference/formula_state.inl.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace oodscope {
namespace {

constexpr const char* kFurtherFolder = OODSCOPE_SOURCE_DIR "/tests/reference/inference/data/further";
constexpr double kFurtherTolerance = 1e-4;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsInstrumented = true;
#else
constexpr bool kIsInstrumented = false;
#endif
/// Networks of more take minutes where every read of the reference arrangement's kernels is watched.
constexpr std::int64_t kMostInstrumentedParameters = 80'000'000;

std::vector<std::string> furtherNames() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(kFurtherFolder)) out.push_back(entry.path().stem());
  std::ranges::sort(out);
  return out;
}

nlohmann::json furtherRecord(const std::string& file) {
  std::ifstream in(file);
  return nlohmann::json::parse(in);
}

StateDict furtherState(const nlohmann::json& lines) {
  StateDict state;
  for (const nlohmann::json& line : lines) testing::appendFormulaLine(state, line.get<std::string>());
  return state;
}

Size sizeOfCase(const nlohmann::json& recorded) {
  return {recorded.at("width").get<int>(), recorded.at("height").get<int>()};
}

ModelOptions optionsOfCase(const nlohmann::json& network, const nlohmann::json& recorded) {
  Preprocessing preprocessing{.input = sizeOfCase(recorded)};
  preprocessing.mean = network.at("mean").get<std::array<double, 3>>();
  preprocessing.deviation = network.at("deviation").get<std::array<double, 3>>();
  return {.preprocessing = preprocessing, .options = network.value("options", NetworkOptions())};
}

/// The network's logits, or its memberships where it gives no logits, at the recorded places. A network that puts
/// values where a maximum was may have a share of them elsewhere.
void expectRecorded(const OutputMaps& found, const ModelInfo& info, const nlohmann::json& recorded) {
  const auto isMap = [](const OutputArray& each) {
    return each.output == Output::Logits || each.output == Output::Membership;
  };
  const auto array = std::ranges::find_if(info.arrays, isMap);
  ASSERT_NE(array, info.arrays.end()) << info.architecture << " gives neither logits nor memberships";
  const LogitsMap& map = found.maps[static_cast<std::size_t>(array - info.arrays.begin())];
  EXPECT_EQ((std::vector<int>{map.channels, map.size.height, map.size.width}),
            recorded.at("sizes").get<std::vector<int>>());
  const auto expected = recorded.at("values").get<std::vector<double>>();
  const testing::FormulaHash places("places");
  double worst = 0.0;
  std::size_t off = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double apart = std::abs(static_cast<double>(map.values.at(places(i) % map.values.size())) - expected[i]);
    if (!(apart <= kFurtherTolerance)) ++off;
    worst = std::isnan(apart) ? apart : std::max(worst, apart);
  }
  const NetworkKind* kind = networkKind(info.architecture);
  const double switched = kind == nullptr ? 0.0 : kind->switched;
  EXPECT_LE(off, static_cast<std::size_t>(std::ceil(switched * static_cast<double>(expected.size()))))
      << "of " << expected.size() << " values, " << off << " are off, by up to " << worst;
  double sum = 0.0;
  for (const float value : map.values) sum += static_cast<double>(value);
  EXPECT_NEAR(sum / static_cast<double>(map.values.size()), recorded.at("mean").get<double>(), kFurtherTolerance);
}

/// Without `prefix`, which all keys of a published file may have and the network's own have not.
std::string withoutPrefix(const std::string& key, const std::string& prefix) {
  return key.starts_with(prefix) ? key.substr(prefix.size()) : key;
}

/// "KEY [SIZES]" of each tensor.
std::set<std::string> shapeLines(const StateDict& state, const std::string& prefix = "") {
  std::set<std::string> out;
  for (const auto& [key, tensor] : state) {
    if (key.ends_with(".num_batches_tracked")) continue;
    std::ostringstream line;
    line << withoutPrefix(key, prefix) << " " << tensor.sizes();
    out.insert(line.str());
  }
  return out;
}

class FurtherNetworks : public ::testing::TestWithParam<std::string> {
protected:
  [[nodiscard]] std::filesystem::path write(const StateDict& state) const {
    const std::filesystem::path file = folder / (GetParam() + ".pth");
    writeStateDict(file, state);
    return file;
  }
  nlohmann::json recorded = furtherRecord(std::string(kFurtherFolder) + "/" + GetParam() + ".json");
  testing::TemporaryFolder folder;
};

}  // namespace

TEST_P(FurtherNetworks, FileOpensAndEqualsPyTorchAtEverySize) {
  if (kIsInstrumented && recorded.at("parameters").get<std::int64_t>() > kMostInstrumentedParameters)
    GTEST_SKIP() << "the smaller one of its kind runs under sanitizers";
  const std::filesystem::path file = write(furtherState(recorded.at("state")));
  std::size_t compared = 0;
  for (const nlohmann::json& each : recorded.at("cases")) {
    const Size size = sizeOfCase(each);
    SCOPED_TRACE(sizeText(size));
    if (compared > 0) {  // an odd size is for those that can take it
      const ChosenStateDict chosen = chooseStateDict(readCheckpoint(file), "", file);
      const int multiple = chosen.kind->sizeMultiple;
      if (size.width % multiple != 0 || size.height % multiple != 0) continue;
    }
    Model model = Model::load(file, optionsOfCase(recorded, each));
    EXPECT_THAT(model.info().parameters, ::testing::AnyOf(recorded.at("parameters").get<std::int64_t>(),
                                                          recorded.at("used_parameters").get<std::int64_t>()));
    EXPECT_THAT(model.info().arrangement, ::testing::Not(::testing::HasSubstr("rejected")));
    expectRecorded(model.inferOutputs(testing::formulaPicture(size)), model.info(), each);
    ++compared;
  }
  EXPECT_GE(compared, std::min<std::size_t>(3, recorded.at("cases").size()));
}

TEST_P(FurtherNetworks, KeysAndShapesAreThoseOfPyTorch) {
  const StateDict state = furtherState(recorded.at("state"));
  const std::filesystem::path file = write(state);
  const ChosenStateDict chosen = chooseStateDict(readCheckpoint(file), "", file);
  const auto published = recorded.value("prefix", std::string());
  const std::set<std::string> expected = shapeLines(state, published);
  const std::set<std::string> found = shapeLines(stateDictOf(*chosen.kind->make(chosen.shape)));
  auto unused = recorded.at("unused").get<std::vector<std::string>>();
  for (std::string& each : unused) each = withoutPrefix(each, published);
  for (const std::string& line : expected) {
    const bool mayBeMissing =
        std::ranges::any_of(unused, [&](const std::string& prefix) { return line.starts_with(prefix); });
    EXPECT_TRUE(mayBeMissing || found.contains(line)) << chosen.kind->name << " lacks " << line;
  }
  const bool hasAuxiliary = recorded.contains("auxiliary");
  std::set<std::string> more = hasAuxiliary ? shapeLines(furtherState(recorded.at("auxiliary"))) : found;
  for (const std::string& line : found)
    EXPECT_TRUE(expected.contains(line) || (hasAuxiliary && more.contains(line)))
        << chosen.kind->name << " adds " << line;
}

TEST_P(FurtherNetworks, PrefixedKeysAreTheSameNetwork) {
  const StateDict state = furtherState(recorded.at("state"));
  const std::filesystem::path file = write(state);
  const ChosenStateDict plain = chooseStateDict(readCheckpoint(file), "", file);
  // Files of large networks take seconds each: one prefix shows that theirs are taken off as the small ones' are.
  constexpr std::int64_t kManyParameters = 20'000'000;
  const bool isLarge = recorded.at("parameters").get<std::int64_t>() > kManyParameters;
  for (const std::string prefix : {"module.", "_orig_mod.", "model."}) {
    if (isLarge && prefix != "module.") continue;
    SCOPED_TRACE(prefix);
    StateDict prefixed = state;
    for (auto& [key, tensor] : prefixed) key.insert(0, prefix);
    const std::filesystem::path other = write(prefixed);
    const ChosenStateDict chosen = chooseStateDict(readCheckpoint(other), "", other);
    EXPECT_EQ(chosen.kind, plain.kind);
    EXPECT_EQ(chosen.shape, plain.shape);
    EXPECT_EQ(shapeLines(chosen.tensors), shapeLines(plain.tensors));
  }
}

TEST_P(FurtherNetworks, AuxiliaryHeadsChangeNothing) {
  if (!recorded.contains("auxiliary")) return;  // has none
  StateDict state = furtherState(recorded.at("state"));
  for (auto& entry : furtherState(recorded.at("auxiliary"))) state.push_back(std::move(entry));
  const nlohmann::json& first = recorded.at("cases").at(0);
  Model model = Model::load(write(state), optionsOfCase(recorded, first));
  EXPECT_THAT(model.info().parameters, ::testing::AnyOf(recorded.at("parameters").get<std::int64_t>(),
                                                        recorded.at("used_parameters").get<std::int64_t>()));
  expectRecorded(model.inferOutputs(testing::formulaPicture(sizeOfCase(first))), model.info(), first);
}

INSTANTIATE_TEST_SUITE_P(Layouts, FurtherNetworks, ::testing::ValuesIn(furtherNames()), [](const auto& each) {
  std::string name = each.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(FurtherFiles, RealEspnetEqualsPyTorch) {
  const nlohmann::json recorded =
      furtherRecord(OODSCOPE_SOURCE_DIR "/tests/reference/inference/data/espnetv2_file.json");
  OODSCOPE_SHARED_OR_SKIP(file, recorded.at("file").get<std::string>());
  for (const nlohmann::json& each : recorded.at("cases")) {
    SCOPED_TRACE(sizeText(sizeOfCase(each)));
    Model model = Model::load(file, optionsOfCase(recorded, each));
    expectRecorded(model.inferOutputs(testing::formulaPicture(sizeOfCase(each))), model.info(), each);
  }
}

}  // namespace oodscope

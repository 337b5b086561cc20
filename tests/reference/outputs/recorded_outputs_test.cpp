// SPDX-License-Identifier: GPL-3.0-or-later
// Scores of second heads and mask networks, and filtered maps, against values recorded from PyTorch
// (record_outputs.py): a two-headed network, mask networks with 100 queries and 19 classes, with and without a negative
// class, standardised max-logits with their filters, the blur of energies.
#include "analysis/filters/filter.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/pass.h"
#include "analysis/scores/resized_classes.h"
#include "analysis/scores/score_function.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace oodscope {
namespace {

using nlohmann::json;

constexpr int kRecordedQueries = 100, kRecordedKnown = 19, kRecordedClasses = 6;

/// An array of the recording script's.
struct RecordedArray {
  std::vector<float> values;
  int channels, height, width;

  RecordedArray(std::uint32_t seed, float middle, int c, int h, int w) : channels(c), height(h), width(w) {
    for (int i = 0; i < c * h * w; ++i) {
      seed = 1664525U * seed + 1013904223U;
      values.push_back((static_cast<float>(seed >> 20U) / 4096.0F - 0.5F) * 16.0F + middle);
    }
  }
  [[nodiscard]] LogitsView view() const {
    return {.single = values.data(), .channels = channels, .height = height, .width = width};
  }
};

json recordedOutputs() {
  std::ifstream in(std::string(OODSCOPE_SOURCE_DIR) + "/tests/reference/outputs/recorded_outputs.json");
  return json::parse(in);
}

Size targetOf(const json& record) { return {record.at("target")[0], record.at("target")[1]}; }

/// 1e-5 relative. Arrays of up to 16 round to 1e-6 where they are upsampled in float32, and a difference from 1 that is
/// nearly 0 keeps the digits of the 1.
void expectRecorded(std::span<const float> found, const json& expected, const std::string& what) {
  ASSERT_EQ(expected.size(), found.size()) << what;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto right = expected.at(i).get<double>();
    ASSERT_NEAR(static_cast<double>(found[i]), right, 1e-5 * std::abs(right) + 4e-6) << what << " pixel " << i;
  }
}

/// Every score that was recorded of a case; their names.
std::set<std::string> expectScores(const OutputsView& outputs, const json& record) {
  std::set<std::string> names;
  for (const auto& [name, expected] : record.at("scores").items()) {
    const ScoreParameters how{.method = Method::named(name).value(),
                              .temperature = record.at("temperature").get<float>()};
    std::vector<float> out(targetOf(record).area());
    scoreResized(outputs, how, targetOf(record), out);
    expectRecorded(out, expected, name + " T=" + std::to_string(how.temperature));
    names.insert(name);
  }
  return names;
}

TEST(RecordedOutputs, OfMaskNetworks) {
  const json all = recordedOutputs();
  const json& records = all.at("mask_networks");
  ASSERT_EQ(records.size(), 8U);
  for (const json& record : records) {
    const int columns = record.at("columns");
    const RecordedArray classes(11, 0.0F, kRecordedQueries, 1, columns), masks(12, -7.0F, kRecordedQueries, 4, 5);
    const RecordedArray mirroredClasses(13, 0.0F, kRecordedQueries, 1, columns),
        mirroredMasks(14, -7.0F, kRecordedQueries, 4, 5);
    const auto viewOf = [](const RecordedArray& ofClasses, const RecordedArray& ofMasks) {
      OutputsView out;
      out[Output::ClassLogits] = ofClasses.view();
      out[Output::MaskLogits] = ofMasks.view();
      out.knownClasses = kRecordedKnown;
      return out;
    };
    OutputsView outputs = viewOf(classes, masks);
    outputs.further.push_back({&kMirroredPass, viewOf(mirroredClasses, mirroredMasks)});
    std::set<std::string> expected{"membership-max", "rba", "m2a", "eam", "msp", "max-logit", "max-entropy", "energy"};
    if (columns == kRecordedKnown + 2) expected.insert("uno");
    EXPECT_EQ(expectScores(outputs, record), expected) << columns << " columns";
  }
}

TEST(RecordedOutputs, OfTwoHeadedNetworks) {
  const json all = recordedOutputs();
  const json& records = all.at("two_heads");
  ASSERT_EQ(records.size(), 8U);
  for (const json& record : records) {
    const RecordedArray logits(21, 0.0F, kRecordedKnown, 5, 7), head(22, 0.0F, record.at("channels"), 5, 7);
    OutputsView outputs(logits.view());
    outputs[Output::Outlier] = head.view();
    const std::set<std::string> expected{
        "densehybrid", "densehybrid-generative", "densehybrid-discriminative", "msp", "max-logit", "max-entropy",
        "energy"};
    EXPECT_EQ(expectScores(outputs, record), expected) << record.at("channels") << " channels";
  }
}

TEST(RecordedOutputs, ThroughFilters) {
  const RecordedArray logits(31, 0.0F, kRecordedClasses, 5, 6), mean(32, 6.0F, 1, 1, kRecordedClasses),
      variance(33, 10.0F, 1, 1, kRecordedClasses);
  MaxLogitStatistics statistics;
  for (std::size_t c = 0; c < static_cast<std::size_t>(kRecordedClasses); ++c) {
    statistics.mean.push_back(static_cast<double>(mean.values[c]) / 4.0);
    statistics.variance.push_back(static_cast<double>(variance.values[c]) / 8.0);
  }
  const json all = recordedOutputs();
  std::multiset<std::string> names;
  for (const json& record : all.at("filtered"))
    for (const auto& [name, expected] : record.at("scores").items()) {
      const FilteredName filteredName = parseFilteredName(name);
      const ScoreParameters how{.method = Method::named(filteredName.base).value(),
                                .temperature = record.at("temperature").get<float>(),
                                .classStatistics = statistics};
      const Size size = targetOf(record);
      ScoreMap scores(size);
      scoreResized(OutputsView(logits.view()), how, size, scores.values());
      ClassMap classes(size);
      predictedClassesResized(OutputsView(logits.view()), {}, size, classes.values());
      expectRecorded(filtered(scores, &classes, filteredName.filters).values(), expected, name);
      names.insert(name);
    }
  EXPECT_EQ(names, (std::multiset<std::string>{"energy+gaussian", "energy+gaussian", "sml", "sml+boundary",
                                               "sml+boundary+dilated", "sml+dilated"}));
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
// Files of statistics: what they say reaches methods, and what is wrong with one is said.
#include "app/sources/fitted_statistics.h"

#include "analysis/core/error.h"
#include "analysis/scores/method_kinds.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// What NumPy 1.26 pickled: {0: 14.0625, 1: 9.5, 7: -0.125, 18: 21.75}.
const fs::path kPublishedMeans = fs::path(OODSCOPE_SOURCE_DIR) / "tests/unit/inference/class_means.npy";
const std::string kDigest(64, 'a');

class StatisticsFiles : public ::testing::Test {
protected:
  [[nodiscard]] fs::path at(const std::string& name) const { return m_folder.path() / name; }
  fs::path write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name), std::ios::binary) << text;
    return at(name);
  }
  [[nodiscard]] fs::path writeJson(const std::string& members) const {
    return write("statistics.json", R"({"oodscope_statistics": 1, )" + members + "}");
  }
  [[nodiscard]] static std::string refusal(const fs::path& file) {
    try {
      static_cast<void>(readStatistics(file));
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }
  /// The published pair; `variances` are the pickle's items.
  [[nodiscard]] fs::path writePublished(const std::string& variances) const {
    std::ifstream in(kPublishedMeans, std::ios::binary);
    const std::string means((std::istreambuf_iterator<char>(in)), {});
    write("net_var.npy", means.substr(0, 128) + variances);
    return write("net_mean.npy", means);
  }

private:
  testing::TemporaryFolder m_folder;
};

constexpr const char* kThreeClasses = R"("set": "train", "max_logit": {
  "classes": [{"channel": 0, "count": 5, "mean": 2.5, "variance": 4.0},
              {"channel": 1, "count": 1, "mean": 9.0},
              {"channel": 3, "count": 7, "mean": -1.0, "variance": 0.25}],
  "all_classes": {"count": 13, "mean": 1.5, "variance": 9.0}})";

TEST_F(StatisticsFiles, GiveEachChannelItsScaleAndBorrowThatOfAllClasses) {
  const auto read = readStatistics(writeJson(kThreeClasses));
  EXPECT_EQ(read->set, "train");
  const std::vector<int> fitted{0, 1, 3}, others{0, 1, 2};
  const auto scales = read->scalesOf(fitted);
  ASSERT_TRUE(scales);
  EXPECT_EQ(scales->mean[0], 2.5);
  EXPECT_EQ(scales->variance[0], 4.0);
  EXPECT_EQ(scales->mean[1], 1.5) << "one pixel has no variance";
  EXPECT_EQ(scales->variance[1], 9.0);
  EXPECT_EQ(scales->mean[3], -1.0);
  EXPECT_EQ(read->lacking(others), 2) << "took no part when it was fitted";
  EXPECT_FALSE(read->scalesOf(others));
  EXPECT_THAT(read->facts(),
              ::testing::Contains(std::pair<std::string, std::string>("statistics_of_all_classes_for", "channels 1")));
  ScoreInputs inputs{.channels = 4};
  read->addTo(inputs, fitted);
  EXPECT_FALSE(methods::kSml.whyNot(inputs));
  read->addTo(inputs, others);
  ASSERT_TRUE(methods::kSml.whyNot(inputs));
  EXPECT_THAT(methods::kSml.whyNot(inputs)->expected, HasSubstr("channel 2"));
}

TEST_F(StatisticsFiles, ThePublishedPairIsReadInertly) {
  const fs::path means = writePublished("}I0\nF4.0\nsI1\nF2.25\nsI7\nF1.0\nsI18\nI9\ns.");
  for (const fs::path& either : {means, at("net_var.npy")}) {
    const auto read = readStatistics(either);
    const std::vector<int> there{0, 1, 7, 18}, more{0, 1, 2};
    const auto scales = read->scalesOf(there);
    ASSERT_TRUE(scales);
    EXPECT_EQ(scales->mean[18], 21.75);
    EXPECT_EQ(scales->variance[1], 2.25);
    EXPECT_EQ(scales->variance[18], 9.0);
    EXPECT_EQ(read->lacking(more), 2) << "a published file has nothing to borrow";
  }
}

/// What record_files.py wrote: classes at (0, 0, 0) with the unit matrix and at (1, 2, -1) with 2, 1 and 4 on the
/// diagonal and 0.5 beside the first two.
TEST_F(StatisticsFiles, GaussiansOfTheMahalanobisBaselineAreRead) {
  const fs::path file = fs::path(OODSCOPE_SOURCE_DIR) / "tests/unit/formats/files/gaussians.h5";
  const auto read = readStatistics(file);
  ASSERT_TRUE(read->features && read->features->gaussians);
  EXPECT_FALSE(read->features->neighbours);
  EXPECT_EQ(read->features->gaussians->dimensions(), 3);
  EXPECT_EQ(read->digest.size(), 64U);
  const std::vector<float> features{1.0F, 3.0F,   // first dimension of two pixels
                                    2.0F, 0.0F,   //
                                    0.0F, 0.5F};  //
  const FeatureView view{.values = features, .dimensions = 3, .size = {2, 1}};
  const ScoreMap scores = (*read->features->gaussians)(view);
  EXPECT_FLOAT_EQ(scores.at(0, 0), 4.0F) << "of (1, 2, 0): 5 from the first class, 4 from the second";
  EXPECT_FLOAT_EQ(scores.at(1, 0), 9.25F) << "of (3, 0, 0.5): 9.25 from the first class, 17 from the second";
  ScoreInputs inputs{.channels = 4};
  read->addTo(inputs, std::vector<int>{0});
  EXPECT_EQ(inputs.gaussianDimensions, 3);
  EXPECT_THAT(refusal(fs::path(OODSCOPE_SOURCE_DIR) / "tests/unit/formats/files/other_name.h5"),
              AllOf(HasSubstr("means"), HasSubstr("anomaly_score")));
}

TEST_F(StatisticsFiles, APublishedPairThatDoesNotFitIsRefused) {
  EXPECT_THAT(refusal(writePublished("}I0\nF4.0\ns.")), AllOf(HasSubstr("class 1"), HasSubstr("found none")));
  EXPECT_THAT(refusal(writePublished("}I0\nF4.0\nsI1\nF0.0\nsI7\nF1.0\nsI18\nI9\ns.")),
              HasSubstr("above 0 for class 1"));
  fs::remove(at("net_var.npy"));
  EXPECT_THAT(refusal(at("net_mean.npy")), AllOf(HasSubstr("one is missing"), HasSubstr("no net_var.npy")));
  EXPECT_THAT(refusal(writePublished("cposix\nsystem\n(S'true'\ntR.")), HasSubstr("posix.system"));
}

TEST_F(StatisticsFiles, OfAnotherKindOrDamagedAreRefusedInWords) {
  EXPECT_THAT(refusal(at("none.json")), HasSubstr("none.json"));
  EXPECT_THAT(refusal(write("sidecar.json", R"({"input_size": [64, 32]})")),
              AllOf(HasSubstr("not a file of statistics"), HasSubstr("oodscope-cli fit")));
  EXPECT_THAT(refusal(write("newer.json", R"({"oodscope_statistics": 2})")), HasSubstr("oodscope_statistics"));
  EXPECT_THAT(refusal(writeJson(R"("max_logit": {"classes": [{"channel": 0, "mean": 1, "variance": -1}]})")),
              HasSubstr("max_logit.classes[0].variance"));
  EXPECT_THAT(refusal(writeJson(R"("max_logit": {"classes": [{"channel": 4}, {"channel": 3}]})")),
              HasSubstr("ascending"));
  const std::string features = R"("features": {"sha256": ")" + kDigest + R"(", "dimensions": 4, "file": ")";
  EXPECT_THAT(refusal(writeJson(features + R"(../bank.npz"})")), HasSubstr("same folder"));
  EXPECT_THAT(refusal(writeJson(features + R"(bank.npz"})")), HasSubstr("bank.npz"));
  write("bank.npz", "another");
  EXPECT_THAT(refusal(writeJson(features + R"(bank.npz"})")),
              AllOf(HasSubstr("not those that the statistics were written with"), HasSubstr(kDigest)));
}

TEST_F(StatisticsFiles, OfAnotherNetworkAreRefusedByNameAndLeftAloneBesideOne) {
  const fs::path named = writeJson(R"("model_sha256": ")" + kDigest + R"(", )" + kThreeClasses);
  ModelInfo model;
  model.file = at("net.pth");
  model.fingerprint = std::string(64, 'b');
  try {
    static_cast<void>(chooseStatistics(named, model));
    ADD_FAILURE() << "taken for another network";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("another network than net.pth"), HasSubstr(model.fingerprint),
                                    HasSubstr("found " + kDigest)));
  }
  EXPECT_EQ(chooseStatistics({}, model).statistics, nullptr);
  EXPECT_EQ(statisticsBeside(model.file), at("net.statistics.json"));
  fs::copy_file(named, at("net.statistics.json"));
  const ChosenStatistics stale = chooseStatistics({}, model);
  EXPECT_EQ(stale.statistics, nullptr);
  EXPECT_THAT(stale.warning, HasSubstr("are not used"));
  model.fingerprint = kDigest;
  const ChosenStatistics taken = chooseStatistics({}, model);
  ASSERT_NE(taken.statistics, nullptr);
  EXPECT_EQ(taken.warning, "");
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
// Tables as data against what was published, which files they take, and what their reports say.
#include "analysis/datasets/layout_kinds.h"
#include "analysis/datasets/published.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/tables/table_writers.h"
#include "app/documents/reproduce.h"
#include "app/documents/reproduction_plan.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <algorithm>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kSeed001 = "Real-Time Anomaly Segmentation for Road Scenes";

const WantedNetwork& networkCalled(const std::string& model) {
  for (const ReproductionTable& table : reproductionTables())
    for (const WantedNetwork& network : table.networks)
      if (network.model == model) return network;
  throw std::runtime_error("no network " + model);
}

TEST(ReproductionTables, HoldEveryPublishedValueOfSeed001InExactlyOneCell) {
  const auto published = PublishedValues::read(OODSCOPE_SOURCE_DIR "/resources/published.json");
  std::size_t values = 0, cells = 0;
  for (const ReproductionTable& table : reproductionTables())
    if (!table.source.empty()) cells += table.rows.size() * courseSets().size();
  for (const PublishedValue& value : published.all()) {
    if (value.title != kSeed001) continue;
    ++values;
    std::size_t holding = 0;
    for (const ReproductionTable& table : reproductionTables())
      for (const WantedRow& row : table.rows)
        for (const WantedSet& set : courseSets())
          if (table.source == value.title && table.number == value.table && row.title == value.row &&
              set.name == value.set && table.networks[row.network].model == value.model && row.method == value.method &&
              row.temperature == value.temperature)
            ++holding;
    EXPECT_EQ(holding, 1U) << value.source() << ", " << value.set;
  }
  EXPECT_EQ(values, cells) << "no cell without its value";
  EXPECT_EQ(values, 130U) << "15 + 25 + 15 + 75";
}

TEST(ReproductionTables, AskForMethodsThatThereAreAndPrintNothingForTheTask) {
  for (const ReproductionTable& table : reproductionTables()) {
    EXPECT_EQ(table.source.empty(), table.id.starts_with("task-")) << table.id;
    for (const WantedRow& row : table.rows) {
      EXPECT_TRUE(Method::named(row.method)) << row.title;
      EXPECT_LT(row.network, table.networks.size()) << row.title;
    }
  }
}

TEST(ReproductionTables, OfTheNewerEditionDifferByTheirRecipe) {
  ASSERT_EQ(maskRecipeNames(), "a, b, c, authors");
  for (const MaskRecipe& recipe : maskRecipes()) {
    const ReproductionTable table = course2025Table(recipe);
    ASSERT_EQ(table.networks.size(), 2U);
    EXPECT_EQ(table.networks[0].reading, NetworkReading()) << "recipes say nothing of ERFNet";
    EXPECT_EQ(table.networks[1].reading.options.at("windows"), recipe.windows);
    EXPECT_EQ(table.rows.size(), 10U + 13U);
    for (const WantedRow& row : table.rows) EXPECT_TRUE(Method::named(row.method)) << row.title;
  }
  const auto rbaOf = [](std::size_t recipe) {
    const ReproductionTable table = course2025Table(maskRecipes()[recipe]);
    return std::vector<WantedRow>(table.rows.end() - 4, table.rows.end());
  };
  for (const WantedRow& row : rbaOf(0)) EXPECT_THAT(row.lack, HasSubstr("no memberships")) << row.title;
  for (const WantedRow& row : rbaOf(1)) EXPECT_EQ(row.method, "membership-sum");
  for (const WantedRow& row : rbaOf(2)) EXPECT_EQ(row.method + row.lack, "rba");
  for (const WantedRow& row : rbaOf(3)) EXPECT_EQ(row.lack.empty(), row.temperature == 1.0) << row.title;
  EXPECT_TRUE(course2025Table(maskRecipes()[0]).networks[1].reading.takesEveryChannel);
  EXPECT_EQ(course2025Table(maskRecipes()[2]).networks[1].reading.input, (Size{1024, 1024}));
}

FoundWeights weights(const std::string& name, const std::string& architecture, int classes, int voidChannel = -1,
                     bool isAssumed = false, const std::string& head = {}) {
  return {name,
          {.file = name,
           .architecture = architecture,
           .head = head,
           .classes = classes,
           .voidChannel = voidChannel,
           .isVoidAssumed = isAssumed}};
}

TEST(ReproductionPlan, TellsWeightsByContentAndWhereThatDoesNotByName) {
  const std::vector<FoundWeights> found{
      weights("enet_void.pth", "ENet", 20, 19, true),
      weights("erfnet_pretrained.pth", "ERFNet", 20, 19, true),
      weights("erfnet_void.pth", "ERFNet", 20, 19, true),
      weights("mine.pth", "ERFNet", 20, 19, false),
      weights("erfnet_training_ce/model_best.pth", "ERFNet", 20, 19, true),
      weights("erfnet_logit_norm_ce/model_best.pth", "ERFNet", 20, 19, true),
      weights("erfnet_logit_norm_focal/model_best.pth", "ERFNet", 20, 19, true),
      weights("erfnet_isomax_plus_ce/model_best.pth", "ERFNet", 20, 19, true, "isomax-plus-scalar"),
      weights("erfnet_isomax_plus_focal/model_best.pth", "ERFNet", 20, 19, true, "isomax-plus-scalar"),
      weights("bisenet_best_training/model.pth", "BiSeNetV1", 20, 19, true),
      weights("bisenet_19.pth", "BiSeNetV1", 19)};
  const auto nameOf = [&](const std::string& model) {
    const Choice choice = chooseWeights(networkCalled(model), found);
    return choice.index ? found[*choice.index].name : choice.lack;
  };
  EXPECT_EQ(nameOf("ERFNet"), "erfnet_pretrained.pth");
  EXPECT_EQ(nameOf("ENet with void class"), "enet_void.pth");
  EXPECT_EQ(nameOf("BiSeNet with void class"), "bisenet_best_training/model.pth");
  EXPECT_EQ(nameOf("ERFNet, 100 epochs, CE"), "erfnet_training_ce/model_best.pth");
  EXPECT_EQ(nameOf("ERFNet, 100 epochs, LN + CE"), "erfnet_logit_norm_ce/model_best.pth");
  EXPECT_EQ(nameOf("ERFNet, 100 epochs, LN + FL"), "erfnet_logit_norm_focal/model_best.pth");
  EXPECT_EQ(nameOf("ERFNet, 100 epochs, IsoMax + CE"), "erfnet_isomax_plus_ce/model_best.pth");
  EXPECT_EQ(nameOf("ERFNet, 100 epochs, IsoMax + FL"), "erfnet_isomax_plus_focal/model_best.pth");

  const Choice ofTwo = chooseWeights(networkCalled("ERFNet with void class"), found);
  EXPECT_EQ(ofTwo.index, 2U) << "a word of its name";
  EXPECT_THAT(ofTwo.others, ElementsAre(3U)) << "its sidecar's void_channel";
}

TEST(ReproductionPlan, SaysWhatWasLookedForWhereNoWeightsAreFound) {
  const Choice none = chooseWeights(networkCalled("ERFNet, 100 epochs, LN + FL"), {});
  EXPECT_FALSE(none.index);
  for (const char* part : {"no weights found", "ERFNet of 19 or 20 classes", "logit_norm, logitnorm or ln in its path",
                           "focal or fl", "without void"})
    EXPECT_THAT(none.lack, HasSubstr(part));
  EXPECT_THAT(chooseWeights(networkCalled("BiSeNet with void class"), {}).lack, HasSubstr("void among them"));
}

TEST(ReproductionPlan, TakesTheSetOfTheWantedCountAndNamesTheOthers) {
  const WantedSet& wanted = courseSets().front();
  const std::vector<FoundSet> found{{"x/RoadAnomaly21", "RoadAnomaly21", layouts::kCourseBundle, 7},
                                    {"x/RoadAnomaly", "RoadAnomaly", layouts::kCourseBundle, 60},
                                    {"y/tracks/all", "all", layouts::kSmiycAnomaly, 10},
                                    {"z/smiyc_ra21", "smiyc_ra21", layouts::kCourseBundle, 10}};
  const Choice choice = chooseSet(wanted, found);
  EXPECT_EQ(choice.index, 2U) << "by its layout, with the ten frames";
  EXPECT_THAT(choice.others, ElementsAre(0U, 3U));
  EXPECT_EQ(chooseSet(wanted, std::span(found).first(1)).index, 0U) << "another count is better than none";
  const Choice none = chooseSet(wanted, {});
  EXPECT_FALSE(none.index);
  EXPECT_THAT(none.lack, HasSubstr("set not found: looked for a folder named roadanomaly21"));
  EXPECT_EQ(otherCountText(7, 10), "7 of the 10 frames");
  EXPECT_EQ(otherCountText(12, 10), "12 in place of 10 frames");
  EXPECT_EQ(otherCountText(10, 10), "");
}

void writeTinyBundle(const std::filesystem::path& root, int frames) {
  std::filesystem::create_directories(root / "images");
  std::filesystem::create_directories(root / "labels_masks");
  for (int i = 0; i < frames; ++i) {
    const std::string name = std::to_string(i) + ".png";
    cv::imwrite((root / "images" / name).string(), cv::Mat(8, 16, CV_8UC3, cv::Scalar(9, 9, 9)));
    cv::Mat label(8, 16, CV_8UC1, cv::Scalar(0));
    label.at<unsigned char>(3, 3) = 1;
    cv::imwrite((root / "labels_masks" / name).string(), label);
  }
}

TEST(ReproductionPlan, FindsWhatLiesBelowAFolderAndNothingWhereNothingDoes) {
  const testing::TemporaryFolder folder;
  EXPECT_THAT(findSets(folder.path(), courseSets()).items, IsEmpty());
  EXPECT_THAT(findWeights(folder.path()).items, IsEmpty());
  writeTinyBundle(folder.path() / "sets/FS_LostFound_full", 3);
  writeTinyBundle(folder.path() / "sets/SomethingElse", 2);
  folder.write("weights/old/broken.pth", "no network");
  folder.write("weights/notes.txt", "no weights");
  const auto sets = findSets(folder.path(), courseSets());
  ASSERT_EQ(sets.items.size(), 1U);
  EXPECT_EQ(sets.items[0].name, "FS_LostFound_full");
  EXPECT_EQ(sets.items[0].labelled, 3U);
  const auto weights = findWeights(folder.path() / "weights");
  EXPECT_THAT(weights.items, IsEmpty());
  ASSERT_EQ(weights.problems.size(), 1U);
  EXPECT_THAT(weights.problems[0], HasSubstr("broken.pth"));
}

Reproduction madeReproduction() {
  Reproduction out;
  ReproducedRow row{.table = "baselines", .title = "MSP", .model = "ERFNet", .method = "msp", .temperature = 1.0};
  row.weights = "erfnet.pth";
  row.miou.published = 0.722;
  row.miouLack = "no Cityscapes folder is given";
  for (const WantedSet& set : courseSets()) row.cells.push_back({.set = set.name, .lack = "set not found"});
  row.cells[0] = {.set = "RoadAnomaly21",
                  .frames = "10",
                  .ap = {.measured = 0.29, .published = 0.2909, .isComparable = true},
                  .fpr95 = {.measured = 0.6217, .published = 0.62587, .isComparable = true}};
  row.cells[2] = {.set = "FS_LostFound_full",
                  .frames = "29 (1 without anomaly)",
                  .ap = {.measured = 0.0095, .published = 0.01748},
                  .fpr95 = {.measured = 0.6569, .published = 0.50788},
                  .lack = "30 of the 100 frames"};
  out.rows.push_back(row);
  ReproducedRow other{.table = "losses", .title = "MSP, CE", .model = "ERFNet, 100 epochs, CE", .method = "msp"};
  for (const WantedSet& set : courseSets()) other.cells.push_back({.set = set.name, .lack = "no weights found"});
  other.miouLack = "no weights found";
  out.rows.push_back(other);
  return out;
}

TEST(ReproductionReport, ShowsMeasuredPublishedAndDifferenceAndWhyNot) {
  const std::string text = writeTable(tableForPeople(madeReproduction()), "markdown");
  EXPECT_THAT(text,
              HasSubstr("| baselines | MSP | erfnet.pth | measured | – | 29.00 | 62.17 | – | – | 0.95 | 65.69 |"));
  EXPECT_THAT(text, HasSubstr("| published | 72.20 | 29.09 | 62.59 | – | – | 1.75 | 50.79 |"));
  EXPECT_THAT(text, HasSubstr("| difference | – | −0.09 | −0.42 | – | – | – | – |"));
  EXPECT_THAT(text, HasSubstr("- losses, MSP, CE: no weights found"));
  EXPECT_THAT(text, HasSubstr("- RoadObsticle21, fs_static, RoadAnomaly: set not found"));
  EXPECT_THAT(text, HasSubstr("- FS_LostFound_full: 30 of the 100 frames, so no difference is given"));
  EXPECT_THAT(text, HasSubstr("- mIoU: no Cityscapes folder is given"));
  EXPECT_THAT(writeTable(tableForPeople(madeReproduction()), "latex"), HasSubstr("difference & -- & $-$0.09"));
}

TEST(ReproductionReport, GivesProgramsARowACell) {
  const Table table = tableForPrograms(madeReproduction());
  EXPECT_EQ(table.rows.size(), 10U);
  const std::string csv = writeTable(table, "csv"), json = writeTable(table, "json");
  EXPECT_THAT(csv, HasSubstr("ap,ap_published,ap_difference,fpr95,fpr95_published,fpr95_difference"));
  EXPECT_THAT(csv, HasSubstr("30 of the 100 frames"));
  EXPECT_THAT(json, HasSubstr("\"ap_published\""));
  EXPECT_THAT(json, Not(HasSubstr("\"ap_difference\": 0.0")));
}

TEST(ReproductionReport, SetsRecipesSideBySide) {
  Reproduction reproduction;
  for (const char* recipe : {"a", "b"}) {
    ReproducedRow row{.table = std::string("course2025-") + recipe, .title = "EoMT, MaxLogit", .model = "EoMT"};
    row.cells.push_back({.set = "fs_static", .ap = {.measured = *recipe == 'a' ? 0.25 : 0.75}});
    reproduction.rows.push_back(row);
  }
  const std::string text = writeTable(recipesSideBySide(reproduction), "markdown");
  EXPECT_THAT(text, HasSubstr("| Row | Set | a: AP | FPR95 | b: AP | FPR95 |"));
  EXPECT_THAT(text, HasSubstr("| EoMT, MaxLogit | fs_static | 25.00 | – | 75.00 | – |"));
  EXPECT_THAT(text, HasSubstr("- recipe b: the whole image brought to 1024x512"));
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/session.h"

#include "analysis/core/error.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace oodscope {
namespace {

using ::testing::HasSubstr;

Session fullSession(const std::filesystem::path& folder) {
  Session session;
  GenericLayout generic;
  generic.images = "pictures/*";
  generic.masks = "masks/*";
  generic.encoding.meaning = {{0, kNormal}, {7, kAnomaly}};
  session.sets = {{folder / "sets/mine", generic}, {"/elsewhere/RoadAnomaly21", std::nullopt}};
  ModelEntry model{
      .path = folder / "net.pth", .preprocessing = Preprocessing{}, .outputs = OutputMeaning{}, .sha256 = "abc"};
  model.preprocessing->mean = {0.485, 0.456, 0.406};
  model.preprocessing->resize = ResizeRule::Bilinear;
  model.outputs->voidChannel = 19;
  session.models = {model};
  session.scores = {folder / "scores"};
  session.methods = {"msp", "energy"};
  session.temperatures = {1.0, 1.6};
  session.protocols = {Protocol::Course, Protocol::Smiyc2023};
  session.view.set = "mine";
  session.view.frame = "3";
  session.view.score = {Method::MaxEntropy, std::nullopt, 1.6F};
  session.view.threshold = 0.219726562F;
  session.view.pin = PinRule::None;
  session.view.scale = ScaleMode::Manual;
  session.view.layout = ViewLayout::PerMethod;
  session.view.other = OtherRun{.model = "b.pth",
                                .score = {.method = Method::Energy, .temperature = 2.0F},
                                .threshold = -3.5F,
                                .pin = PinRule::None,
                                .pinValue = 0.9};
  session.view.compareStyle = CompareStyle::SideBySide;
  session.view.compareRanks = false;
  session.notes = {{"mine", "3", {"night", "kerb"}, "shadow taken for an object", FrameRectangle{1, 2, 30, 40}},
                   {"mine", "4", {}, "", std::nullopt}};
  session.runs = {{"mine", "net.pth", {Method::MaxLogit, std::nullopt, 1.0F}, Protocol::Fishyscapes}};
  session.grid.rows = {{"mine", "3", "Kerb at night", FrameRectangle{5, 6, 70, 80}}, {"mine", "4"}};
  session.runs.push_back({"mine", "", {Method::Energy, "folder", 0.5F, true}, Protocol::Course});
  session.grid.scores = {{Method::Msp, std::nullopt, 1.0F}, {Method::Energy, std::nullopt, 2.0F}};
  session.grid.decision = false;
  session.grid.captions = {"", "", "Softmax", ""};
  return session;
}

void expectMessage(const std::string& text, const std::string& part) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "s.oodscope";
  std::ofstream(file) << text;
  try {
    static_cast<void>(readSession(file));
    FAIL() << "a session was read from: " << text;
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(part));
    EXPECT_THAT(error.what(), HasSubstr("s.oodscope")) << "the file is named";
  }
}

}  // namespace

TEST(Session, ReadsBackWhatWasWrittenToTheLastKnob) {
  const testing::TemporaryFolder folder;
  const Session written = fullSession(folder.path());
  writeSession(written, folder.path() / "s.oodscope");
  const Session read = readSession(folder.path() / "s.oodscope");
  EXPECT_EQ(read.view, written.view) << "float thresholds come back to the same bits";
  EXPECT_EQ(read.notes, written.notes);
  EXPECT_EQ(read.runs, written.runs);
  EXPECT_EQ(read.grid, written.grid);
  EXPECT_EQ(read.methods, written.methods);
  EXPECT_EQ(read.temperatures, written.temperatures);
  EXPECT_EQ(read.protocols, written.protocols);
  EXPECT_EQ(read.scores, written.scores);
  ASSERT_EQ(read.sets.size(), 2U);
  EXPECT_EQ(read.sets[0].path, written.sets[0].path);
  EXPECT_EQ(read.sets[0].generic->encoding.meaning, written.sets[0].generic->encoding.meaning);
  EXPECT_EQ(read.models[0].preprocessing->mean, written.models[0].preprocessing->mean);
  EXPECT_EQ(read.models[0].preprocessing->resize, ResizeRule::Bilinear);
  EXPECT_EQ(read.models[0].outputs->voidChannel, 19);
  EXPECT_EQ(sessionText(read, folder.path()), sessionText(written, folder.path())) << "same session, same bytes";
}

TEST(Session, PathsBelowItsFolderMoveWithIt) {
  const testing::TemporaryFolder first, second;
  writeSession(fullSession(first.path()), first.path() / "s.oodscope");
  std::filesystem::copy_file(first.path() / "s.oodscope", second.path() / "s.oodscope");
  const Session moved = readSession(second.path() / "s.oodscope");
  EXPECT_EQ(moved.sets[0].path, second.path() / "sets/mine");
  EXPECT_EQ(moved.sets[1].path, "/elsewhere/RoadAnomaly21") << "what lies elsewhere stays there";
}

TEST(Session, UnknownMembersOfANewerProgramAreIgnored) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "s.oodscope";
  std::ofstream(file) << R"({"oodscope_session": 1, "view": {"set": "a", "hologram": true}, "future": {}})";
  EXPECT_EQ(readSession(file).view.set, "a");
}

TEST(Session, SaysWhatIsWrongAndWhere) {
  expectMessage("", "not readable");
  expectMessage("{\"sets\": []}", "not a session");
  expectMessage(R"({"oodscope_session": 99})", "newer version");
  expectMessage(R"({"oodscope_session": 1, "view": {"pin": "sometimes"}})", "one of none, tpr, best-f1");
  expectMessage(R"({"oodscope_session": 1, "view": {"score": {"method": "mps"}}})", "mps");
  expectMessage(R"({"oodscope_session": 1, "view": {"score": {"temperature": 0}}})", "above 0");
  expectMessage(R"({"oodscope_session": 1, "view": {"opacity": "much"}})", "not readable");
}

TEST(Session, AWriteThatFailsLeavesTheOldFileWhole) {
  const testing::TemporaryFolder folder;
  Session session = fullSession(folder.path());
  EXPECT_THROW(writeSession(session, folder.path() / "absent/s.oodscope"), Error);
  writeSession(session, folder.path() / "s.oodscope");
  session.view.frame = "9";
  writeSession(session, folder.path() / "s.oodscope");
  EXPECT_EQ(readSession(folder.path() / "s.oodscope").view.frame, "9");
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
  EXPECT_EQ(files, 1U) << "no temporary file is left";
}

}  // namespace oodscope

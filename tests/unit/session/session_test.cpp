// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/session.h"

#include "analysis/core/error.h"
#include "app/session/set_opening.h"
#include "tests/support/full_session.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <set>

namespace oodscope {
namespace {

using testing::fullSession;
using ::testing::HasSubstr;

void expectMessage(const std::string& text, const std::string& part) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "s.oodscope";
  std::ofstream(file) << text;
  try {
    static_cast<void>(readSession(file));
    FAIL() << "a session was read from: " << text.substr(0, 200);
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(part)) << text.substr(0, 200);
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
  EXPECT_EQ(read.figure, written.figure);
  EXPECT_EQ(read.results, written.results);
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

TEST(Session, EveryMemberIsWrittenAndComesBack) {
  const testing::TemporaryFolder folder;
  const std::string text = sessionText(fullSession(folder.path()), folder.path());
  const auto json = nlohmann::ordered_json::parse(text);
  std::set<std::string> old;  // read from version 0.1.0's files alone
  for (const char* name : {"width", "height", "deviation", "bgr"})
    old.insert("/models/0/preprocessing/" + std::string(name));
  for (const std::string& member : sessionMembers())
    EXPECT_EQ(json.contains(nlohmann::ordered_json::json_pointer(member)), !old.contains(member)) << member;
  const Session read = readSession(folder.write("s.oodscope", text));
  EXPECT_EQ(read.sets, fullSession(folder.path()).sets);
  EXPECT_EQ(read.models, fullSession(folder.path()).models);
  EXPECT_EQ(sessionText(read, folder.path()), text);
}

TEST(Session, ItsBytesAreThoseOfEarlierPrograms) {
  const testing::TemporaryFolder folder;
  std::ifstream recorded(std::filesystem::path(OODSCOPE_SOURCE_DIR) / "tests/unit/session/full_session.json");
  EXPECT_EQ(sessionText(fullSession(folder.path()), folder.path()),
            std::string(std::istreambuf_iterator<char>(recorded), {}));
}

TEST(Session, EntriesAreEqualWhereAFileSaysTheSameOfBoth) {
  const Session full = fullSession("/s");
  SetEntry set = full.sets[0];
  set.generic->encoding.description = "in other words";
  EXPECT_EQ(set, full.sets[0]);
  set.generic->encoding.meaning[7] = kVoid;
  EXPECT_NE(set, full.sets[0]);
  set = full.sets[0];
  set.name.reset();
  EXPECT_NE(set, full.sets[0]);
  ModelEntry model = full.models[0];
  EXPECT_EQ(model, full.models[0]);
  model.preprocessing->deviation[2] = 0.5;
  EXPECT_NE(model, full.models[0]);
  model = full.models[0];
  model.outputs.reset();
  EXPECT_NE(model, full.models[0]);
}

TEST(Session, ASetIsCalledAsItsEntrySaysElseAfterItsFolder) {
  const std::filesystem::path demo = std::filesystem::path(OODSCOPE_SOURCE_DIR) / "resources/demo/set";
  EXPECT_EQ(openSetOf({.path = demo}).name, "set");
  EXPECT_EQ(openSetOf({.path = demo, .name = "Demo"}).name, "Demo");
}

TEST(Session, KeptRunsKeepTheirResolutionAndOldOnesTakeTheViews) {
  const testing::TemporaryFolder folder;
  Session session = fullSession(folder.path());
  session.runs.front().resolution = Resolution::Label;
  session.runs.front().allChannels = true;
  session.view.resolution = Resolution::Network;
  writeSession(session, folder.path() / "s.oodscope");
  EXPECT_EQ(readSession(folder.path() / "s.oodscope").runs, session.runs);
  std::ofstream(folder.path() / "old.oodscope")
      << R"({"oodscope_session":1,"view":{"resolution":"network","all_channels":true},)"
         R"("runs":[{"set":"a","model":"m","score":{"method":"msp","temperature":1},"protocol":"course"}]})";
  const Session old = readSession(folder.path() / "old.oodscope");
  ASSERT_EQ(old.runs.size(), 1U);
  EXPECT_EQ(old.runs[0].resolution, Resolution::Network);
  EXPECT_TRUE(old.runs[0].allChannels);
}

TEST(Session, FiltersOfAScoreComeBackInTheirOrderAndAreNoneInEarlierFiles) {
  const testing::TemporaryFolder folder;
  Session session;
  session.view.score.filters = {Filter::named("dilated").value(), Filter::named("gaussian").value()};
  writeSession(session, folder.path() / "s.oodscope");
  EXPECT_EQ(readSession(folder.path() / "s.oodscope").view.score, session.view.score);
  session.view.score.filters.clear();
  EXPECT_EQ(sessionText(session, folder.path()).find("filters"), std::string::npos);
  EXPECT_TRUE(readSession(folder.write("old.oodscope", R"({"oodscope_session":1,"view":{"score":{"method":"msp"}}})"))
                  .view.score.filters.empty());
  const auto withFilters = [](const std::string& list) {
    return R"({"oodscope_session":1,"view":{"score":{"filters":)" + list + "}}}";
  };
  expectMessage(withFilters(R"(["blur"])"), "gaussian, boundary, dilated");
  expectMessage(withFilters(R"("gaussian")"), "filters");
  std::string many = "\"gaussian\"";
  for (int i = 0; i < 16; ++i) many += ",\"gaussian\"";
  expectMessage(withFilters("[" + many + "]"), "16");
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
  expectMessage("", "empty");
  expectMessage("{\"sets\": []}", "not a session");
  expectMessage("[]", "not a session");
  expectMessage(R"({"oodscope_session": 99})", "newer version");
  for (const char* version : {"0", "-1", "1.5", "\"1\"", "1e999"})
    expectMessage(R"({"oodscope_session": )" + std::string(version) + "}", "session");
  expectMessage(R"({"oodscope_session": 1, "view": {"pin": "sometimes"}})", "one of none, tpr, best-f1");
  expectMessage(R"({"oodscope_session": 1, "view": {"score": {"method": "mps"}}})", "mps");
  expectMessage(R"({"oodscope_session": 1, "view": {"opacity": "much"}})", "view.opacity");
  expectMessage(R"({"oodscope_session": 1, "view": {"opacity": 0.5, "opacity": 0.6}})", "twice");
  expectMessage(R"({"oodscope_session": 1, "view": {"opacity": NaN}})", "line 1");
  expectMessage("{\"oodscope_session\": 1, \"sets\": " + std::string(200'000, '[') + std::string(200'000, ']') + "}",
                "nested");
}

/// A session of one member that no program could use, and the words that say so.
struct Impossible {
  const char* text;      ///< of the member
  const char* expected;  ///< in the message: the place and the range
};

TEST(Session, AMemberOutsideItsRangeIsRefusedWithItsPlaceAndRange) {
  const Impossible all[] = {
      {R"("view": {"score": {"temperature": 0}})", "view.score.temperature\": expected a number from 1e-06 to 1e+06"},
      {R"("view": {"score": {"temperature": -1}})", "view.score.temperature"},
      {R"("view": {"score": {"temperature": 1e30}})", "view.score.temperature"},
      {R"("view": {"score": {"temperature": "1"}})", "view.score.temperature"},
      {R"("view": {"scale": "percentile", "scale_low": -5})", "view.scale_low\": expected a number from 0 to 100"},
      {R"("view": {"scale": "percentile", "scale_high": 400})", "view.scale_high\": expected a number from 0 to 100"},
      {R"("view": {"scale": "manual", "scale_high": 1e300})", "view.scale_high"},
      {R"("view": {"scale": "furlongs"})", "view.scale\": expected one of image, set"},
      {R"("view": {"opacity": 2})", "view.opacity\": expected a number from 0 to 1"},
      {R"("view": {"colour_map": "beige"})", "view.colour_map\": expected one of inferno"},
      {R"("view": {"pin": "tpr", "pin_value": 95})", "view.pin_value\": expected a number from 0 to 1"},
      {R"("view": {"pin": "cost-ratio", "pin_value": 0})", "view.pin_value"},
      {R"("view": {"threshold": 1e39})", "view.threshold"},
      {R"("view": {"layout": 1})", "view.layout"},
      {R"("view": {"linked": 1})", "view.linked\": expected true or false"},
      {R"("view": [])", "at \"view\": expected an object"},
      {R"("view": {"compare_with": {"score": {"temperature": 0}}})", "view.compare_with.score.temperature"},
      {R"("sets": {})", "at \"sets\": expected a list"},
      {R"("sets": [{"path": 7}])", "sets[0].path"},
      {R"("sets": [{"path": ""}])", "sets[0].path"},
      {R"("sets": [{"path": "a\u0000b"}])", "sets[0].path"},
      {R"("sets": [{}])", "sets[0]\": expected an object with \"path\""},
      {R"("sets": [{"path": "a", "generic": {}}])", "\"values\""},
      {R"("sets": [{"path": "a", "generic": {"values": {"12345678901": 1}}}])", "12345678901"},
      {R"("sets": [{"path": "a", "generic": {"values": {"one": 1}}}])", "one"},
      {R"("sets": [{"path": "a", "generic": {"values": {"1": 7}}}])", "0 (normal), 1 (anomaly) or 255 (void)"},
      {R"("sets": [{"path": "a", "generic": {"values": {"1": 300}}}])", "sets[0].generic.values.1"},
      {R"("models": [{"path": "m", "preprocessing": {"width": -8}}])", "models[0].preprocessing.width"},
      {R"("models": [{"path": "m", "preprocessing": {"height": 0}}])", "from 8 to 16384"},
      {R"("models": [{"path": "m", "preprocessing": {"height": 4294967304}}])", "from 8 to 16384"},
      {R"("models": [{"path": "m", "preprocessing": {"scale": 0}}])", "models[0].preprocessing.scale"},
      {R"("models": [{"path": "m", "preprocessing": {"deviation": [1, 0, 1]}}])", "preprocessing.deviation[1]"},
      {R"("models": [{"path": "m", "preprocessing": {"mean": [1, 0]}}])", "three numbers"},
      {R"("models": [{"path": "m", "preprocessing": {"resize": "nearest"}}])", R"("pil-bilinear" or "bilinear")"},
      {R"("models": [{"path": "m", "outputs": {"known_classes": 0}}])", "models[0].outputs.known_classes"},
      {R"("models": [{"path": "m", "outputs": {"known_classes": -3}}])", "from 1 to 4096"},
      {R"("models": [{"path": "m", "outputs": {"void_channel": -2}}])", "models[0].outputs.void_channel"},
      {R"("models": [{"path": "m", "outputs": {"output": -1}}])", "models[0].outputs.output"},
      {R"("scores": [1])", "scores[0]"},
      {R"("methods": ["mps"])", "methods[0]\": expected one of msp"},
      {R"("methods": ["msp", "msp+blur"])", "FILTER being one of gaussian, boundary, dilated"},
      {R"("temperatures": [1, -1])", "temperatures[1]"},
      {R"("protocols": ["club"])", "protocols[0]\": expected one of course"},
      {R"("notes": [{"region": [1, 2, 3]}])", "notes[0].region"},
      {R"("notes": [{"region": [0, 0, 99999999999, 1]}])", "notes[0].region[2]"},
      {R"("runs": [{"set": "a"}])", "runs[0]\": expected an object with \"score\""},
      {R"("grid": {"rows": [{"set": "a"}]})", "grid.rows[0]"},
  };
  for (const Impossible& each : all)
    expectMessage(R"({"oodscope_session": 1, )" + std::string(each.text) + "}", each.expected);
}

TEST(Session, ListsHaveALength) {
  const auto list = [](const char* entry, int count) {
    std::string out = "[";
    for (int i = 0; i < count; ++i) out.append(i == 0 ? "" : ",").append(entry);
    out += "]";
    return out;
  };
  const std::string start = R"({"oodscope_session": 1, )";
  expectMessage(start + "\"models\": " + list(R"({"path": "m.pth"})", 500) + "}", "at most 100 entries");
  expectMessage(start + "\"temperatures\": " + list("1.5", 200'000) + "}", "at most 1000 entries");
  expectMessage(start + "\"methods\": " + list("\"msp\"", 200'000) + "}", "at most 1000 entries");
  expectMessage(start + "\"sets\": " + list(R"({"path": "a"})", 501) + "}", "at most 500 entries");
  expectMessage(start + R"("view": {"set": ")" + std::string(5000, 'x') + "\"}}", "view.set");
}

TEST(Session, AFileOfVersion010OpensAsBefore) {
  const Session session =
      readSession(std::filesystem::path(OODSCOPE_SOURCE_DIR) / "tests/unit/session/version_0_1_0.json");
  ASSERT_EQ(session.sets.size(), 2U);
  EXPECT_EQ(session.sets[0].generic->encoding.meaning.at(7), kAnomaly);
  EXPECT_EQ(session.sets[1].path, "/elsewhere/RoadAnomaly21");
  ASSERT_EQ(session.models.size(), 1U);
  EXPECT_EQ(session.models[0].preprocessing->mean, (std::array{0.485, 0.456, 0.406}));
  EXPECT_EQ(session.models[0].outputs->voidChannel, 19);
  EXPECT_EQ(session.view.threshold, 0.219726562F);
  EXPECT_EQ(session.view.score.temperature, 1.6F);
  EXPECT_EQ(session.view.layout, ViewLayout::PerMethod);
  EXPECT_EQ(session.view.other->score.method, methods::kEnergy);
  EXPECT_EQ(session.protocols, (std::vector{protocols::kCourse, protocols::kSmiyc2023}));
  EXPECT_EQ(session.notes[0].region, (FrameRectangle{1, 2, 30, 40}));
  EXPECT_EQ(session.runs.size(), 2U);
  EXPECT_EQ(session.grid.captions.size(), 4U);
}

TEST(Session, AByteOrderMarkAndWindowsLineEndsAreOrdinary) {
  const testing::TemporaryFolder folder;
  const auto file =
      folder.write("s.json", "\xEF\xBB\xBF{\r\n\"oodscope_session\": 1,\r\n\"view\": {\"set\": \"a\"}\r\n}\r\n");
  EXPECT_EQ(readSession(file).view.set, "a");
}

TEST(Session, WhatIsNoFileIsNamed) {
  const testing::TemporaryFolder folder;
  EXPECT_THROW(static_cast<void>(readSession(folder.path())), Error);
  EXPECT_THROW(static_cast<void>(readSession("/dev/zero")), Error);
  EXPECT_THROW(static_cast<void>(readSession(folder.path() / "none")), Error);
}

TEST(Session, ANameThatIsNoUtf8IsRefusedInWordsWhenSaved) {
  const testing::TemporaryFolder folder;
  Session session;
  session.sets = {{.path = folder.path() / "caf\xE9"}};
  EXPECT_THROW(writeSession(session, folder.path() / "s.json"), Error);
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

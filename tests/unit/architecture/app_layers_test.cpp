// SPDX-License-Identifier: GPL-3.0-or-later
// The rooms of app stand in one order, each knows those before it alone; score sources have one maker and are asked,
// not guessed at.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::array<std::string, 7> kRooms{"session", "sources", "live", "studies", "documents", "desk", "window"};
/// Beside desk: it knows the documents and those before them, and the window knows it.
const std::string kFigures = "figures";

std::vector<fs::path> sourcesOf(const std::string& folder) {
  std::vector<fs::path> out;
  const fs::path root = fs::path(OODSCOPE_SOURCE_DIR) / folder;
  if (!fs::exists(root)) return out;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h") out.push_back(entry.path());
  return out;
}

std::string textOf(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Files below `folder` where the pattern is found, by name.
std::vector<std::string> filesWith(const std::string& folder, const std::string& pattern) {
  const std::regex wanted(pattern);
  std::vector<std::string> out;
  for (const fs::path& file : sourcesOf(folder))
    if (std::regex_search(textOf(file), wanted)) out.push_back(file.filename().string());
  std::ranges::sort(out);
  return out;
}

std::size_t roomOf(const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(kRooms, name) - kRooms.begin());
}

/// Includes of other rooms that a room may not make, and how many there were at all.
std::size_t expectToKnowOnly(const std::string& room, const std::function<bool(const std::string&)>& mayKnow) {
  const std::regex include("#include \"app/([a-z_]+)/");
  std::size_t seen = 0;
  for (const fs::path& file : sourcesOf("app/" + room)) {
    const std::string text = textOf(file);
    for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it) {
      ++seen;
      const std::string target = (*it)[1];
      if (target == "options" || target == room) continue;  // options: headers that know nothing of app
      EXPECT_TRUE(mayKnow(target)) << file << " in " << room << " includes app/" << target;
    }
  }
  return seen;
}

}  // namespace

TEST(AppLayers, EachRoomKnowsThoseBeforeItAlone) {
  std::size_t seen = 0;
  for (std::size_t room = 0; room < kRooms.size(); ++room)
    seen += expectToKnowOnly(kRooms[room], [room](const std::string& target) {
      return roomOf(target) < room || (kRooms[room] == "window" && target == kFigures);
    });
  EXPECT_GT(seen, 100U) << "nothing was scanned";
}

TEST(AppLayers, FiguresStandBesideTheDesk) {
  EXPECT_GT(expectToKnowOnly(kFigures, [](const std::string& target) { return roomOf(target) < roomOf("desk"); }), 10U);
}

TEST(AppLayers, TheHeadlessRoomsKnowNoWidget) {
  for (const char* room : {"session", "sources", "live", "studies", "documents", "cli"}) {
    EXPECT_FALSE(sourcesOf(std::string("app/") + room).empty()) << room;
    EXPECT_EQ(filesWith(std::string("app/") + room, "#include \"(widgets|app/(figures|desk|window))/"),
              std::vector<std::string>())
        << room;
  }
}

TEST(AppLayers, TheDeskKnowsNoWidget) {
  EXPECT_GE(sourcesOf("app/desk").size(), 20U) << "the program without widgets lies here";
  EXPECT_EQ(filesWith("app/desk", "#include \"(widgets|app/(figures|window))/"), std::vector<std::string>());
  EXPECT_EQ(filesWith("app/desk",
                      "\\bQ(Widget|Application|GuiApplication|Dialog|FileDialog|MessageBox|Action|Painter|Pixmap|Image)"
                      "\\b"),
            std::vector<std::string>());
  const std::string list = textOf(fs::path(OODSCOPE_SOURCE_DIR) / "app/desk/CMakeLists.txt");
  EXPECT_FALSE(std::regex_search(list, std::regex("Qt6::Widgets|oodscope::(widgets|figures|window)"))) << list;
}

TEST(ScoreSources, AreMadeInOnePlace) {
  EXPECT_EQ(filesWith("app", "(make_(shared|unique)<(const )?|new )(ModelScores|ImportedSource|EnsembleSource)"),
            std::vector<std::string>{"open_source.cpp"});
}

TEST(ScoreSources, AreAskedAndNotGuessedAt) {
  EXPECT_EQ(filesWith("app",
                      "(dynamic|static)_(pointer_)?cast<(const )?(oodscope::)?"
                      "(ScoreSource|LogitsSource|ModelScores|ImportedSource|EnsembleSource)\\b"),
            std::vector<std::string>());
}

TEST(Locks, AreNotTakenTwice) {
  for (const char* folder : {"analysis", "inference", "widgets", "app"})
    EXPECT_EQ(filesWith(folder, "recursive_mutex"), std::vector<std::string>()) << folder;
}

TEST(Runs, HaveOneName) {
  for (const char* folder : {"app", "widgets"})
    EXPECT_EQ(filesWith(folder, "OtherRun|[Pp]innedRun|LiveKey|RunKey|EvaluatedRun"), std::vector<std::string>())
        << folder;
}

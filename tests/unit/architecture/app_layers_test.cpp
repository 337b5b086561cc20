// SPDX-License-Identifier: GPL-3.0-or-later
// The rooms of app stand in one order, each knows those before it alone; score sources have one maker and are asked,
// not guessed at.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::array<std::string, 8> kRooms{"session",   "sources", "live", "studies",
                                        "documents", "figures", "desk", "window"};

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

}  // namespace

TEST(AppLayers, EachRoomKnowsThoseBeforeItAlone) {
  const std::regex include("#include \"app/([a-z_]+)/");
  std::size_t seen = 0;
  for (std::size_t room = 0; room < kRooms.size(); ++room)
    for (const fs::path& file : sourcesOf("app/" + kRooms[room])) {
      const std::string text = textOf(file);
      for (std::sregex_iterator it(text.begin(), text.end(), include), end; it != end; ++it) {
        ++seen;
        const std::string target = (*it)[1];
        if (target == "options") continue;  // headers that know nothing of app
        EXPECT_LE(roomOf(target), room) << file << " in " << kRooms[room] << " includes app/" << target;
      }
    }
  EXPECT_GT(seen, 100U) << "nothing was scanned";
}

TEST(AppLayers, TheHeadlessRoomsKnowNoWidget) {
  for (const char* room : {"session", "sources", "live", "studies", "documents", "cli"}) {
    EXPECT_FALSE(sourcesOf(std::string("app/") + room).empty()) << room;
    EXPECT_EQ(filesWith(std::string("app/") + room, "#include \"(widgets|app/(figures|desk|window))/"),
              std::vector<std::string>())
        << room;
  }
}

TEST(ScoreSources, AreMadeInOnePlace) {
  EXPECT_EQ(filesWith("app", "(make_(shared|unique)<(const )?|new )(ModelScores|ImportedSource|WeightedSource)"),
            std::vector<std::string>{"open_source.cpp"});
}

TEST(ScoreSources, AreAskedAndNotGuessedAt) {
  EXPECT_EQ(filesWith("app",
                      "(dynamic|static)_(pointer_)?cast<(const )?(oodscope::)?"
                      "(ScoreSource|LogitsSource|ModelScores|ImportedSource|WeightedSource)\\b"),
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

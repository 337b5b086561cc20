// SPDX-License-Identifier: GPL-3.0-or-later
// Score methods, protocols and layouts are declarations: what differs between them lies in their fields. Whoever asks
// which of them it holds has written a rule in the wrong place, and the next one is forgotten there.
#include "analysis/datasets/layout_kinds.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

struct Line {
  std::string file;  ///< below the source folder
  std::size_t number = 0;
  std::string text;
};

/// The lines of all programs' sources outside `homes`, without what follows a "//".
std::vector<Line> linesOutside(const std::vector<std::string>& homes) {
  std::vector<Line> out;
  for (const char* folder : {"analysis", "inference", "widgets", "app"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(OODSCOPE_SOURCE_DIR) / folder)) {
      const fs::path& file = entry.path();
      if (file.extension() != ".cpp" && file.extension() != ".h") continue;
      const std::string below = fs::relative(file, OODSCOPE_SOURCE_DIR).generic_string();
      const auto isHome = [&](const std::string& home) { return below.starts_with(home + "/"); };
      if (std::any_of(homes.begin(), homes.end(), isHome)) continue;
      std::ifstream in(file);
      std::size_t number = 0;
      for (std::string text; std::getline(in, text);) out.push_back({below, ++number, text.substr(0, text.find("//"))});
    }
  }
  EXPECT_GT(out.size(), 10'000U) << "nothing was scanned";
  return out;
}

const std::vector<std::string> kHomes{"analysis/scores", "analysis/metrics", "analysis/datasets"};
const std::string kConstant = R"((?:methods|protocols|layouts|declared)::k\w+)";

std::vector<std::string> matches(const std::vector<Line>& lines, const std::regex& pattern) {
  std::vector<std::string> out;
  for (const Line& line : lines)
    if (std::regex_search(line.text, pattern)) out.push_back(line.file + ":" + std::to_string(line.number) + line.text);
  return out;
}

/// The names as a pattern of alternatives. "void" is left out: it is a label's and a class's name, too.
std::string namesPattern() {
  std::string out;
  const auto add = [&](std::string_view name) {
    if (name != "void") out.append(out.empty() ? "" : "|").append(name);
  };
  for (const Method method : allMethods()) add(method.name());
  for (const Protocol protocol : allProtocols()) add(protocol.name());
  for (const Layout layout : allLayouts()) add(layout.name());
  return "\"(?:" + out + ")\"";
}

/// Branches on which one it is.
std::vector<std::string> branchesIn(const std::vector<Line>& lines) {
  return matches(lines, std::regex(R"((?:==|!=|\bcase)\s*(?:oodscope::)?)" + kConstant + "|" + kConstant +
                                   R"(\s*(?:==|!=)|&\s*\w+(?:\.|->)(?:kind|rule)\(\)\s*(?:==|!=))"));
}

/// Comparisons with one's name, and of letters in a folder's name: sets are told by what they hold.
std::vector<std::string> nameComparisonsIn(const std::vector<Line>& lines) {
  const std::string names = namesPattern();
  return matches(lines, std::regex(R"((?:==|!=|\.find\(|\.starts_with\(|\.contains\()\s*)" + names + "|" + names +
                                   R"(\s*(?:==|!=)|\b[sS]et\.name\.(?:find|starts_with|ends_with|contains)\()"));
}

TEST(Declarations, TheScanSeesWhatItForbids) {
  for (const char* text :
       {"if (method == methods::kVoid) {", "case oodscope::methods::kMsp:", "protocols::kCourse != p",
        "if (set.layout != layouts::kCityscapes)", "if (&method.kind() == kind)"})
    EXPECT_EQ(branchesIn({{"a.cpp", 1, text}}).size(), 1U) << text;
  for (const char* text : {"if (name == \"msp\")", "\"streethazards\" == row.protocol", "set.name.find(\"bst\")"})
    EXPECT_EQ(nameComparisonsIn({{"a.cpp", 1, text}}).size(), 1U) << text;
  EXPECT_THAT(branchesIn({{"a.cpp", 1, "Protocol protocol = protocols::kFishyscapes;"}}), ::testing::IsEmpty());
}

TEST(Declarations, NothingOutsideTheirFoldersAsksWhichOneItHolds) {
  EXPECT_THAT(branchesIn(linesOutside(kHomes)), ::testing::IsEmpty());
}

TEST(Declarations, NothingOutsideTheirFoldersComparesTheirNames) {
  EXPECT_THAT(nameComparisonsIn(linesOutside(kHomes)), ::testing::IsEmpty());
}

// What stands here is a default: the second method that a comparison opens with, and the plain pooled protocol of
// numbers that no user chose a protocol for; or what somebody published, which is data.
TEST(Declarations, KnownOnesAreNamedInDefaultsAlone) {
  const std::regex constant(kConstant);
  std::set<std::string> files;
  for (const Line& line : linesOutside(kHomes))
    if (std::regex_search(line.text, constant)) files.insert(fs::path(line.file).filename().string());
  EXPECT_THAT(files, ::testing::UnorderedElementsAre("live_bench.cpp", "live_set.cpp", "reproduction_tables.cpp",
                                                     "session.h", "validation.cpp"));
}

// Inside, an engine reads rules: protocols are named by their rows and by defaults, methods by their declarations.
TEST(Declarations, TheEnginesReadFields) {
  std::vector<Line> lines;
  for (const Line& line : linesOutside({}))
    if (line.file.starts_with("analysis/metrics/") || line.file.starts_with("analysis/scores/")) lines.push_back(line);
  EXPECT_THAT(branchesIn(lines), ::testing::IsEmpty());
}

// A further method, protocol, … is a patch in tests/extension; try_patches.sh applies, builds and tests them.
TEST(Extension, EachPatchTouchesFourFilesAtMost) {
  static const std::regex kFile(R"(^diff --git a/(\S+) b/)");
  std::size_t patches = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(OODSCOPE_SOURCE_DIR) / "tests/extension")) {
    if (entry.path().extension() != ".patch") continue;
    ++patches;
    std::ifstream in(entry.path());
    std::set<std::string> files;
    std::smatch match;
    for (std::string line; std::getline(in, line);)
      if (std::regex_search(line, match, kFile)) files.insert(match[1]);
    EXPECT_GE(files.size(), 2U) << entry.path();
    EXPECT_LE(files.size(), 4U) << entry.path() << ": " << ::testing::PrintToString(files);
    EXPECT_TRUE(fs::exists(fs::path(entry.path()).replace_extension(".targets"))) << entry.path();
  }
  EXPECT_GE(patches, 3U);
}

}  // namespace
}  // namespace oodscope

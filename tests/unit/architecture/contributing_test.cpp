// SPDX-License-Identifier: GPL-3.0-or-later
// CONTRIBUTING's lists of files are true: what they name is there, and what a made-up patch touches is what they name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;
const fs::path kRoot = OODSCOPE_SOURCE_DIR;

/// The rows of "How to add …": files by kind, "table format" as "table_format"; a file to be made ends in /NAME.cpp.
std::map<std::string, std::set<std::string>> lists() {
  std::ifstream in(kRoot / "CONTRIBUTING.md");
  static const std::regex kRow(R"(^\| ([a-z][a-z ]*) \|(.*)\|$)"), kFile("`([^`]+)`");
  std::map<std::string, std::set<std::string>> out;
  std::smatch row;
  for (std::string line; std::getline(in, line);) {
    if (!std::regex_match(line, row, kRow)) continue;
    const std::string cells = row[2];
    std::string kind = row[1];
    std::replace(kind.begin(), kind.end(), ' ', '_');
    for (std::sregex_iterator at(cells.begin(), cells.end(), kFile), end; at != end; ++at) out[kind].insert((*at)[1]);
  }
  return out;
}

/// What a patch touches; a file that it makes ends in /NAME and its own ending.
std::set<std::string> touchedBy(const fs::path& patch) {
  std::ifstream in(patch);
  static const std::regex kFile(R"(^diff --git a/(\S+) b/.*)");
  std::set<std::string> out;
  std::string last;
  std::smatch match;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_match(line, match, kFile)) out.insert(last = match[1]);
    if (!line.starts_with("new file mode")) continue;
    out.erase(last);
    out.insert((fs::path(last).parent_path() / ("NAME" + fs::path(last).extension().string())).string());
  }
  return out;
}

TEST(Contributing, NamesFilesThatAreThere) {
  const auto all = lists();
  EXPECT_GE(all.size(), 8U);
  for (const auto& [kind, files] : all) {
    EXPECT_LE(files.size(), 4U) << kind;
    for (const std::string& file : files) {
      const bool isNew = fs::path(file).stem() == "NAME";
      EXPECT_TRUE(fs::exists(isNew ? (kRoot / file).parent_path() : kRoot / file)) << kind << ": " << file;
    }
  }
}

TEST(Contributing, ListsWhatAMadeUpPatchTouches) {
  const auto all = lists();
  for (const auto& entry : fs::directory_iterator(kRoot / "tests/extension")) {
    if (entry.path().extension() != ".patch") continue;
    const std::string kind = entry.path().stem();
    ASSERT_TRUE(all.contains(kind)) << kind << " has a patch and no row";
    EXPECT_THAT(touchedBy(entry.path()), ::testing::IsSubsetOf(all.at(kind))) << kind;
  }
}

}  // namespace

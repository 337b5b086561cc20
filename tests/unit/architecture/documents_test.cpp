// SPDX-License-Identifier: GPL-3.0-or-later
// What the repository's documents point at is there, and every decision says what it was weighed against.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const fs::path kRoot = OODSCOPE_SOURCE_DIR;
constexpr std::size_t kLongestDecision = 16;  // lines: ten and their wrapping

std::string textOf(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Everything written in Markdown, relative to the root.
std::vector<fs::path> documents() {
  std::vector<fs::path> out;
  for (const char* folder : {"analysis", "app", "inference", "packaging", "resources", "tests", "widgets"})
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder))
      if (entry.path().extension() == ".md") out.push_back(fs::relative(entry.path(), kRoot));
  for (const char* file : {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"}) out.emplace_back(file);
  std::sort(out.begin(), out.end());
  return out;
}

/// Links to files of the repository, without the place inside them.
std::vector<std::string> linksOf(const std::string& text) {
  static const std::regex kLink(R"(\]\(([^)#\s]+)(#[^)]*)?\))");
  std::vector<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), kLink), end; at != end; ++at)
    if ((*at)[1].str().find("://") == std::string::npos) out.push_back((*at)[1]);
  return out;
}

/// Links that lead nowhere, as "document: link".
std::vector<std::string> brokenLinks(const fs::path& document, const std::string& text) {
  std::vector<std::string> out;
  for (const std::string& link : linksOf(text))
    if (!fs::exists(kRoot / document.parent_path() / link)) out.push_back(document.string() + ": " + link);
  return out;
}

struct Decision {
  std::string title;
  std::vector<std::string> heads = {}, files = {};
  std::size_t lines = 0;
};

std::vector<Decision> decisionsOf(const std::string& text) {
  static const std::regex kHead(R"(^- \*\*(\w+)\.\*\* .*)"), kFile("`([^`]+)`");
  std::vector<Decision> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) out.push_back({.title = line.substr(3)});
    if (out.empty() || line.empty()) continue;
    Decision& decision = out.back();
    ++decision.lines;
    if (std::smatch head; std::regex_match(line, head, kHead)) decision.heads.push_back(head[1]);
    if (decision.heads.empty() || decision.heads.back() != "Files") continue;
    for (std::sregex_iterator at(line.begin(), line.end(), kFile), end; at != end; ++at)
      decision.files.push_back((*at)[1]);
  }
  return out;
}

/// The README of a folder, or of the nearest folder above that has one.
fs::path readmeOf(fs::path folder) {
  while (!fs::exists(kRoot / folder / "README.md")) folder = folder.parent_path();
  return folder / "README.md";
}

TEST(Documents, LinksLeadSomewhere) {
  std::size_t links = 0;
  for (const fs::path& document : documents()) {
    const std::string text = textOf(kRoot / document);
    links += linksOf(text).size();
    EXPECT_THAT(brokenLinks(document, text), IsEmpty());
  }
  EXPECT_GT(links, 50U);
}

TEST(Documents, ALinkThatLeadsNowhereIsFound) {
  EXPECT_THAT(brokenLinks("app/README.md", "[a](session/session.h) [b](https://x.y/z) [c](gone.md#d) [e](README.md#f)"),
              ElementsAre("app/README.md: gone.md"));
}

TEST(Documents, EveryDecisionIsShortAndNamesItsFiles) {
  std::size_t count = 0;
  for (const fs::path& document : documents()) {
    if (document.filename() != "DECISIONS.md") continue;
    const std::vector<Decision> decisions = decisionsOf(textOf(kRoot / document));
    EXPECT_FALSE(decisions.empty()) << document;
    for (const Decision& decision : decisions) {
      ++count;
      EXPECT_THAT(decision.heads, ElementsAre("Context", "Decision", "Weighed", "Follows", "Files")) << decision.title;
      EXPECT_LE(decision.lines, kLongestDecision) << decision.title;
      const std::string folder = document.parent_path().string() + "/";
      EXPECT_TRUE(
          std::ranges::any_of(decision.files, [&](const std::string& file) { return file.starts_with(folder); }))
          << decision.title << " lies beside none of its files";
      for (const std::string& file : decision.files)
        EXPECT_TRUE(fs::exists(kRoot / file)) << decision.title << ": " << file;
    }
  }
  EXPECT_GE(count, 20U);
}

TEST(Documents, ReadersAreLedToEveryDecision) {
  const std::string contributing = textOf(kRoot / "CONTRIBUTING.md");
  for (const fs::path& document : documents()) {
    if (document.filename() != "DECISIONS.md") continue;
    EXPECT_THAT(contributing, HasSubstr(std::string("(").append(document.string()).append(1, ')')));
    const fs::path readme = readmeOf(document.parent_path());
    const std::string link = document.lexically_relative(readme.parent_path()).string();
    EXPECT_THAT(linksOf(textOf(kRoot / readme)), ::testing::Contains(link)) << readme;
  }
}

/// The first match of a pattern's group in a file.
std::string found(const char* file, const char* pattern) {
  std::smatch match;
  const std::string text = textOf(kRoot / file);
  return std::regex_search(text, match, std::regex(pattern)) ? match[1].str() : std::string();
}

TEST(Documents, TheNewestChangesAreThoseOfThisVersion) {
  const std::string version = found("CMakeLists.txt", R"(project\(Oodscope VERSION ([0-9.]+))");
  EXPECT_FALSE(version.empty());
  EXPECT_EQ(found("CHANGELOG.md", R"(\n## ([0-9.]+), [0-9]{4}-[0-9]{2}-[0-9]{2}\n)"), version);
}

}  // namespace

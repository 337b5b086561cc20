// SPDX-License-Identifier: GPL-3.0-or-later
// What keeps the window a frame: one place that edits knobs, one file of the window, tabs and stages that stand alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

const fs::path kRoot(OODSCOPE_SOURCE_DIR);

std::string textOf(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> sourcesBelow(const std::vector<std::string>& folders) {
  std::vector<fs::path> out;
  for (const std::string& folder : folders)
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder))
      if (entry.is_regular_file() && (entry.path().extension() == ".cpp" || entry.path().extension() == ".h"))
        out.push_back(fs::relative(entry.path(), kRoot));
  return out;
}

/// Files below the folders whose text the pattern matches, apart from those that are allowed to.
std::vector<std::string> filesWith(const std::vector<std::string>& folders, const std::string& pattern,
                                   const std::function<bool(const std::string&)>& isAllowed) {
  const std::regex expression(pattern);
  std::vector<std::string> out;
  for (const fs::path& file : sourcesBelow(folders))
    if (!isAllowed(file.string()) && std::regex_search(textOf(kRoot / file), expression)) out.push_back(file.string());
  return out;
}

/// Behind the string or character literal that begins at `from`.
std::size_t endOfLiteral(const std::string& text, std::size_t from) {
  std::size_t end = from + 1;
  while (end < text.size() && text[end] != text[from]) end += text[end] == '\\' ? 2 : 1;
  return end + 1;
}

std::size_t endOfLine(const std::string& text, std::size_t from) {
  std::size_t end = text.find('\n', from);
  while (end != std::string::npos && text[end - 1] == '\\') end = text.find('\n', end + 1);
  return end;
}

/// Behind the comment, preprocessor line or literal that begins at `at`; `at` where none does.
std::size_t endOfWhatIsNoCode(const std::string& text, std::size_t at) {
  const bool lineBegins = at == 0 || text[at - 1] == '\n';
  if (text.compare(at, 2, "//") == 0 || (lineBegins && text[at] == '#')) return endOfLine(text, at);
  if (text.compare(at, 2, "/*") == 0) return text.find("*/", at) + 2;
  if (text.compare(at, 3, "R\"(") == 0) return text.find(")\"", at) + 2;
  const auto isWord = [&](std::size_t place) { return std::isalnum(static_cast<unsigned char>(text[place])) != 0; };
  // u'a' is a literal, 1'000 a number.
  const bool isPrefixed =
      at > 0 && std::string("uUL").find(text[at - 1]) != std::string::npos && (at < 2 || !isWord(at - 2));
  const bool separatesDigits = text[at] == '\'' && at > 0 && isWord(at - 1) && !isPrefixed;
  if (text[at] == '"' || (text[at] == '\'' && !separatesDigits)) return endOfLiteral(text, at);
  return at;
}

/// Comments, preprocessor lines and literals replaced by blanks; lines stay.
std::string codeOf(const std::string& text) {
  std::string out = text;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t end = std::min(endOfWhatIsNoCode(out, i), out.size());
    if (end == i) continue;
    for (std::size_t k = i; k < end; ++k)
      if (out[k] != '\n') out[k] = ' ';
    i = end - 1;
  }
  return out;
}

std::size_t endOfBlock(const std::string& code, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == '{') ++depth;
    if (code[i] == '}' && --depth == 0) return i;
  }
  return code.size();
}

struct Function {
  std::string name;
  long lines;
};

/// Functions with their bodies, from the first line of their head to the closing brace.
std::vector<Function> functionsIn(const std::string& text) {
  static const std::regex kScope(
      R"(^\s*(?:template\s*<[^{]*>\s*)?(?:inline\s+)?(namespace|class|struct|enum|union)\b)"),
      kName(R"(([\w:~]+)\s*\()");
  const std::string code = codeOf(text);
  std::vector<Function> out;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (depth != 0) continue;
    if (c == ';' || c == '}') start = i + 1;
    if (c != '{') continue;
    const std::string head = code.substr(start, i - start);
    std::smatch match;
    if (std::regex_search(head, match, kScope) && head.find(')') == std::string::npos) {
      start = i + 1;
      continue;
    }
    const std::size_t end = endOfBlock(code, i);
    if (std::regex_search(head, match, kName)) {
      const std::size_t first = code.find_first_not_of(" \t\n", start);
      const auto from = code.begin() + static_cast<std::ptrdiff_t>(first);
      const auto to = code.begin() + static_cast<std::ptrdiff_t>(std::min(end, code.size()));
      out.push_back({match[1].str(), std::count(from, to, '\n') + 1});
    }
    i = end;
    start = end + 1;
  }
  return out;
}

}  // namespace

TEST(Window, KnobsWithRulesAreSetByEditsAlone) {
  EXPECT_THAT(filesWith({"app"}, R"((view|other|score)(\.|->)(threshold|temperature)\s*=[^=])",
                        [](const std::string& file) { return file == "app/session/edits.cpp"; }),
              IsEmpty());
}

TEST(Window, IsOneFileOfFewParts) {
  std::vector<std::string> files;
  for (const fs::path& file : sourcesBelow({"app/window"}))
    if (file.filename().string().starts_with("main_window") && file.extension() == ".cpp")
      files.push_back(file.string());
  EXPECT_EQ(files, std::vector<std::string>{"app/window/main_window.cpp"});
  const std::string source = textOf(kRoot / "app/window/main_window.cpp");
  EXPECT_LE(std::count(source.begin(), source.end(), '\n'), 400);
  const std::string header = codeOf(textOf(kRoot / "app/window/main_window.h"));
  const std::string declared = header.substr(header.rfind("private:"));
  std::set<std::string> members;
  static const std::regex kMember(R"(\bm_\w+)");
  for (std::sregex_iterator it(declared.begin(), declared.end(), kMember), end; it != end; ++it)
    members.insert(it->str());
  EXPECT_GE(members.size(), 5U) << "nothing was counted";
  EXPECT_LE(members.size(), 15U) << ::testing::PrintToString(members);
}

TEST(Window, NoTabKnowsAnother) {
  std::size_t scanned = 0;
  static const std::regex kInclude(R"(#include "([^"]*_tab\.h)\")");
  for (const fs::path& file : sourcesBelow({"app/window"})) {
    if (!file.filename().string().ends_with("_tab.h")) continue;
    ++scanned;
    const std::string text = textOf(kRoot / file);
    for (std::sregex_iterator it(text.begin(), text.end(), kInclude), end; it != end; ++it)
      EXPECT_EQ((*it)[1].str(), "app/window/tabs/analysis_tab.h") << file;
  }
  EXPECT_GE(scanned, 8U);
}

TEST(Window, TabsAreAddedInOnePlace) {
  EXPECT_THAT(filesWith({"app/window"}, R"(\baddTab\()",
                        [](const std::string& file) {
                          return file == "app/window/tabs/tab_stack.cpp" ||
                                 file == "app/window/export/export_dialog.cpp";  // pages of a dialog
                        }),
              IsEmpty());
}

TEST(Window, OnlyStagesAskWhichOfThemIsOn) {
  EXPECT_THAT(filesWith({"app/window"}, R"(\bisOn\()",
                        [](const std::string& file) { return file.starts_with("app/window/stage/"); }),
              IsEmpty());
}

TEST(Window, JobsRunOnThePoolAlone) {
  // The runner of networks, which take all cores, and what opens files have threads of their own.
  EXPECT_THAT(filesWith({"app/window", "app/desk"}, R"(std::j?thread\b(?!::))",
                        [](const std::string& file) {
                          return file.find("job_pool") != std::string::npos ||
                                 file.find("inference_runner") != std::string::npos ||
                                 file.find("workspace") != std::string::npos;
                        }),
              IsEmpty());
}

TEST(Window, ThreadsOfTheProgramHaveNames) {
  const auto isHeader = [](const std::string& file) { return file.ends_with(".h"); };
  const std::vector<std::string> starting = filesWith({"app/desk"}, R"(\bstd::(vector<std::)?j?thread>? m_\w+;)",
                                                      [&](const auto& file) { return !isHeader(file); });
  EXPECT_GE(starting.size(), 3U) << "nothing was scanned";
  const std::vector<std::string> named = filesWith({"app/desk"}, R"(\bnameThread\()", isHeader);
  for (std::string file : starting) EXPECT_THAT(named, ::testing::Contains(file.replace(file.size() - 2, 2, ".cpp")));
}

TEST(Window, IsSettledWhereItsDeskIsIdleAndItsStageShown) {
  const std::string source = textOf(kRoot / "app/window/main_window.cpp");
  const std::size_t at = source.find("bool MainWindow::isIdle()");
  ASSERT_NE(at, std::string::npos);
  const std::string body = source.substr(at, source.find('}', at) - at);
  static const std::regex kTerm("&&");
  EXPECT_LE(std::distance(std::sregex_iterator(body.begin(), body.end(), kTerm), {}), 1) << body;
}

TEST(Functions, TheScanSeesWhatFunctionsAre) {
  const auto found = functionsIn(R"(
namespace a {
struct B {
  int value() const { return 1; }
};
B::B(int x)
    : m_job([this](int) {
        work();
      }),
      m_x(x) {
  // a brace {
  begin();
}
constexpr int kTable[]{1, 2};
}
)");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "value");
  EXPECT_EQ(found[0].lines, 1);
  EXPECT_EQ(found[1].name, "B::B");
  EXPECT_EQ(found[1].lines, 8);
}

TEST(Functions, NoneOfTheWindowIsLong) {
  std::size_t scanned = 0;
  for (const fs::path& file : sourcesBelow({"app/window", "app/desk", "app/session", "widgets"}))
    for (const Function& function : functionsIn(textOf(kRoot / file))) {
      ++scanned;
      EXPECT_LE(function.lines, 80) << function.name << " in " << file;
    }
  EXPECT_GT(scanned, 1000U) << "hardly anything was scanned";
}

// SPDX-License-Identifier: GPL-3.0-or-later
// One inline function, one definition: two headers that define the same one are undefined behaviour which no compiler
// and no linker reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Comments, preprocessor lines and the inside of literals replaced by blanks.
std::string codeOf(const std::string& text) {
  static const std::regex kNoCode(R"(//[^\n]*|/\*[^]*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'(?!\w))");
  std::string out;
  std::istringstream lines(std::regex_replace(text, kNoCode, " "));
  bool continues = false;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(" \t");
    const bool directive = continues || (first != std::string::npos && line[first] == '#');
    continues = directive && line.ends_with('\\');
    out += directive ? "\n" : line + "\n";
  }
  return out;
}

std::size_t endOfBlock(const std::string& code, std::size_t open, char opening, char closing) {
  int depth = 0;
  for (std::size_t i = open; i < code.size(); ++i) {
    if (code[i] == opening) ++depth;
    if (code[i] == closing && --depth == 0) return i;
  }
  return code.size();
}

/// Types of a parameter list, without names and defaults.
std::string typesOf(const std::string& list) {
  std::vector<std::string> parameters{""};
  int depth = 0;
  for (const char c : list) {
    depth += c == '<' || c == '(' || c == '[' || c == '{' ? 1 : 0;
    depth -= c == '>' || c == ')' || c == ']' || c == '}' ? 1 : 0;
    if (c == ',' && depth == 0)
      parameters.emplace_back();
    else
      parameters.back() += c;
  }
  static const std::regex kDefault(R"(=[^]*)"), kName(R"(([\w>&*\]])\s*\b[A-Za-z_]\w*\s*$)"), kSpace(R"(\s+)"),
      kTight(R"(\s*([&*<>,:])\s*)");
  std::string out;
  for (std::string type : parameters) {
    type = std::regex_replace(std::regex_replace(type, kDefault, ""), kSpace, " ");
    type = std::regex_replace(type, kTight, "$1");
    type = std::regex_replace(type, std::regex(R"(^ | $)"), "");
    // "const float" and "float" are one type of parameter; a last word after a type is the parameter's name.
    if (type.find_first_of("&*") == std::string::npos) type = std::regex_replace(type, std::regex(R"(^const )"), "");
    if (!std::regex_match(type, std::regex(R"((const )?[\w:]+)"))) type = std::regex_replace(type, kName, "$1");
    out += std::regex_replace(type, std::regex(R"( $)"), "") + ",";
  }
  return out;
}

struct Function {
  std::string signature;  ///< namespace::name(types)
  fs::path file;
};

/// "name(types)" of the function that a head before a brace begins; none where it begins something else.
std::optional<std::string> signatureOf(const std::string& statement) {
  static const std::regex kFunction(R"(([\w:~]+|operator\s*[^\s\w(]+)\s*\($)"),
      kAttribute(R"(\[\[[^\]]*\]\]|__attribute__\s*\(\([^)]*(\([^)]*\))?[^)]*\)\))"),
      kTemplate(R"(^\s*template\s*<[^;{]*?>\s*(?=[\w\[]))");
  const std::string head = std::regex_replace(std::regex_replace(statement, kAttribute, ""), kTemplate, "");
  const std::size_t open = head.find('(');
  if (open == std::string::npos) return std::nullopt;
  const std::string before = head.substr(0, open + 1);
  if (head.find('=') < open && before.find("operator") == std::string::npos) return std::nullopt;
  std::smatch match;
  if (!std::regex_search(before, match, kFunction)) return std::nullopt;
  const std::size_t close = endOfBlock(head, open, '(', ')');
  return match[1].str() + "(" + typesOf(head.substr(open + 1, close - open - 1)) + ")";
}

/// Functions that the code defines in named namespaces, outside of classes.
std::vector<std::string> definitionsIn(const std::string& text) {
  static const std::regex kNamespace(R"(^\s*(?:inline\s+)?namespace\s*([\w:]*)\s*$)");
  const std::string code = codeOf(text);
  std::vector<std::string> scopes, out;
  std::string statement;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const char c = code[i];
    if (c == ';') statement.clear();
    if (c == '}' && !scopes.empty()) scopes.pop_back();
    if (c == ';' || c == '}') continue;
    if (c != '{') {
      statement += c;
      continue;
    }
    if (std::smatch match; std::regex_match(statement, match, kNamespace)) {
      scopes.push_back(match[1].length() > 0 ? match[1].str() + "::" : "(anonymous)");
      statement.clear();
      continue;
    }
    std::string scope;
    for (const std::string& each : scopes) scope += each;
    if (scope.find("(anonymous)") == std::string::npos)
      if (const auto signature = signatureOf(statement)) out.push_back(scope + *signature);
    i = endOfBlock(code, i, '{', '}');
    statement.clear();
  }
  return out;
}

std::vector<Function> definitionsInHeaders() {
  std::vector<Function> out;
  for (const char* folder : {"analysis", "inference", "widgets", "app", "tests/support"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(OODSCOPE_SOURCE_DIR) / folder)) {
      if (!entry.is_regular_file() || entry.path().extension() != ".h") continue;
      std::ifstream in(entry.path());
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      for (std::string& signature : definitionsIn(text)) out.push_back({std::move(signature), entry.path()});
    }
  }
  return out;
}

}  // namespace

TEST(InlineFunctions, TheScanSeesWhatHeadersDefine) {
  const auto found = definitionsIn(R"(
#pragma once
#define BLOCK(x) { x }
namespace oodscope {
struct Point { int x = 0; int twice() const { return 2 * x; } };
inline constexpr int kFew{3};
/// Declared alone { is no definition.
[[nodiscard]] float area(const Point& point, int scale);
[[nodiscard]] constexpr float widen(std::uint16_t half) { return half; }
inline void say(const std::string& text, std::vector<int> numbers = {1, 2}) { if (text.empty()) { return; } }
template <class T, class Less = std::less<T>>
T largest(const std::vector<T>& values, Less less = {}) { return values.front(); }
namespace { inline int hidden() { return 1; } }
namespace testing {
inline bool operator==(const Point& a, const Point& b) { return a.x == b.x; }
}
})");
  EXPECT_THAT(found, ::testing::ElementsAre("oodscope::widen(std::uint16_t,)",
                                            "oodscope::say(const std::string&,std::vector<int>,)",
                                            "oodscope::largest(const std::vector<T>&,Less,)",
                                            "oodscope::testing::operator==(const Point&,const Point&,)"));
  // Another parameter's name or default makes no other function.
  EXPECT_EQ(definitionsIn("namespace a { inline float f(const float x, int n = 2) { return x; } }"),
            definitionsIn("namespace a {\nconstexpr float f(float value, int) { return 0; }\n}"));
}

TEST(InlineFunctions, EachIsDefinedInOneHeader) {
  std::map<std::string, std::set<fs::path>> files;
  for (const Function& function : definitionsInHeaders()) files[function.signature].insert(function.file);
  EXPECT_GT(files.size(), 30U) << "hardly anything was scanned";
  EXPECT_TRUE(files.contains("oodscope::floatFromHalf(std::uint16_t,)"));
  for (const auto& [signature, where] : files)
    EXPECT_EQ(where.size(), 1U) << signature << " is defined in " << where.begin()->string() << " and "
                                << where.rbegin()->string();
}

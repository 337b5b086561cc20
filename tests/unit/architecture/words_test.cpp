// SPDX-License-Identifier: GPL-3.0-or-later
// Names are the trade's: what was called by words of our own and has a name that everybody knows keeps that name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct PrivateWord {
  const char* part;  ///< of a name
  const char* instead;
};
constexpr PrivateWord kPrivate[] = {
    {"settle", "idle, released, resolved or finished"},
    {"Settle", "idle, released, resolved or finished"},
    {"isResting", "idle"},
    {"atRest", "idle"},
    {"kRestMs", "debounce"},
    {"Pace", "throttle"},
    {"deaf(", "unsupportedReason"},
    {"showSeen", "what it shows"},
    {"showTold", "what it shows"},
};

/// Code without comments and texts: what is left is names. Raw texts may leave a word of theirs.
std::string namesOf(const std::string& text) {
  std::string out;
  bool inComment = false, inText = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') inComment = inText = false;
    if (inText && c == '\\') {
      ++i;
      continue;
    }
    if (!inComment && c == '"') inText = !inText;
    if (!inText && c == '/' && i + 1 < text.size() && text[i + 1] == '/') inComment = true;
    if (!inComment && !inText) out += c;
  }
  return out;
}

std::vector<std::string> privateWordsIn(const std::string& text) {
  std::vector<std::string> out;
  const std::string names = namesOf(text);
  for (const PrivateWord& word : kPrivate)
    if (names.find(word.part) != std::string::npos) out.push_back(std::string(word.part) + ": say " + word.instead);
  return out;
}

TEST(Words, OfOurOwnAreNoNames) {
  for (const char* folder : {"analysis", "app", "inference", "widgets"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(OODSCOPE_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".h" && entry.path().extension() != ".cpp") continue;
      std::ifstream in(entry.path());
      EXPECT_THAT(privateWordsIn({std::istreambuf_iterator<char>(in), {}}), IsEmpty()) << entry.path();
    }
}

TEST(Words, AreFoundInNamesAndNowhereElse) {
  EXPECT_THAT(privateWordsIn("bool isSettled(); // settled\n"),
              ElementsAre("Settle: say idle, released, resolved or finished"));
  EXPECT_THAT(privateWordsIn("// settled\nf(\"settled \\\" and exact\");"), IsEmpty());
}

}  // namespace

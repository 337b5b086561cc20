// SPDX-License-Identifier: GPL-3.0-or-later
// One definition a fact: what the program knows by a number or a text is written in one file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// Sources below the folders whose text holds `needle`, letters of either case, by their paths in the repository.
std::vector<std::string> sourcesThatHold(const std::string& needle, const std::vector<const char*>& folders) {
  const fs::path root(OODSCOPE_SOURCE_DIR);
  std::vector<std::string> out;
  const auto isSame = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  for (const char* folder : folders) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const fs::path ending = entry.path().extension();
      if (!entry.is_regular_file() || (ending != ".h" && ending != ".cpp" && ending != ".py")) continue;
      if (entry.path().filename() == "one_definition_test.cpp") continue;
      std::ifstream in(entry.path());
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      if (std::search(text.begin(), text.end(), needle.begin(), needle.end(), isSame) != text.end())
        out.push_back(entry.path().lexically_relative(root).string());
    }
  }
  return out;
}

const std::vector<const char*> kEverywhere{"analysis", "inference", "widgets", "app", "tests", "packaging"};
const std::vector<const char*> kProgram{"analysis", "inference", "widgets", "app"};

}  // namespace

using ::testing::ElementsAre;

TEST(OneDefinition, OfTheRandomGenerator) {
  EXPECT_THAT(sourcesThatHold("9E3779B97F4A7C15", kEverywhere), ElementsAre("analysis/core/random.h"));
  EXPECT_THAT(sourcesThatHold("94D049BB133111EB", kProgram), ElementsAre("analysis/core/random.h"));
}

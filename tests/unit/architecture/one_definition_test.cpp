// SPDX-License-Identifier: GPL-3.0-or-later
// One definition a fact: what the program knows by a number or a text is written in one file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

/// The text without what follows "//" in a line: comments may name what they explain.
std::string withoutComments(const std::string& text) {
  std::istringstream lines(text);
  std::string out;
  for (std::string line; std::getline(lines, line);) out += line.substr(0, line.find("//")) + "\n";
  return out;
}

/// Sources below the folders whose code holds `needle`, letters of either case, by their paths in the repository.
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
      const std::string text = withoutComments({std::istreambuf_iterator<char>(in), {}});
      if (std::search(text.begin(), text.end(), needle.begin(), needle.end(), isSame) != text.end())
        out.push_back(entry.path().lexically_relative(root).string());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

const std::vector<const char*> kEverywhere{"analysis", "inference", "widgets", "app", "tests", "packaging"};
const std::vector<const char*> kProgram{"analysis", "inference", "widgets", "app"};

}  // namespace

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(OneDefinition, OfTheRandomGenerator) {
  EXPECT_THAT(sourcesThatHold("9E3779B97F4A7C15", kEverywhere), ElementsAre("analysis/core/random.h"));
  EXPECT_THAT(sourcesThatHold("94D049BB133111EB", kProgram), ElementsAre("analysis/core/random.h"));
}

TEST(OneDefinition, OfTheReaderOfZipFiles) {
  EXPECT_THAT(sourcesThatHold("0x06054b50", kProgram), ElementsAre("analysis/formats/zip_archive.cpp"));
  EXPECT_THAT(sourcesThatHold("inflateInit", kProgram), ElementsAre("analysis/formats/zip_archive.cpp"));
}

TEST(OneDefinition, OfWhatCityscapesIs) {
  // Blanks do not count: WildDash has a class "trafficlight" of its own.
  EXPECT_THAT(sourcesThatHold("\"traffic light\"", kProgram),
              ElementsAre("analysis/datasets/cityscapes.h", "inference/training/labelled_folders.cpp"));
  EXPECT_THAT(sourcesThatHold("255, 255, 255, 255, 255, 255, 255, 0,", kProgram),
              ElementsAre("analysis/datasets/cityscapes.h"));
}

TEST(OneDefinition, OfExitCodesAndOfDocumentOptions) {
  EXPECT_THAT(sourcesThatHold("kNothingDone = ", kProgram), ElementsAre("app/options/exit_code.h"));
  EXPECT_THAT(sourcesThatHold("Font size in points, as printed", kProgram),
              ElementsAre("app/documents/document_options.cpp"));
}

TEST(OneDefinition, OfTheCheckThatAModelIsTheSessions) {
  EXPECT_THAT(sourcesThatHold("is not the one the session was made with", kProgram),
              ElementsAre("app/sources/open_source.cpp"));
}

/// Losses, networks and formats are named by their declarations, as defaults, by presets of the command line and in
/// the tables that were published; whoever else asks the lists.
TEST(Declarations, AreNamedAtHomeAndAsDefaults) {
  EXPECT_THAT(sourcesThatHold("\"focal\"", kProgram),
              ElementsAre("app/cli/train_recipes.cpp", "app/documents/reproduction_tables.cpp",
                          "inference/training/focal.cpp"));
  EXPECT_THAT(sourcesThatHold("\"cross-entropy\"", kProgram),
              ElementsAre("app/cli/train_recipes.cpp", "inference/training/cross_entropy.cpp",
                          "inference/training/training.h"));
  EXPECT_THAT(sourcesThatHold("focal-gamma", kProgram), ElementsAre("inference/training/loss_terms.inl.h"));
  EXPECT_THAT(sourcesThatHold("\"ENet\"", kProgram),
              ElementsAre("app/cli/train_recipes.cpp", "app/documents/reproduction_tables.cpp",
                          "inference/networks/enet_kind.cpp"));
  EXPECT_THAT(sourcesThatHold("\"ERFNet\"", kProgram),
              ElementsAre("app/cli/train_recipes.cpp", "app/documents/reproduction_tables.cpp",
                          "inference/networks/erfnet_kind.cpp", "inference/training/training.h"));
  for (const char* format : {"\"latex\"", "\"latex-fragment\""})
    EXPECT_THAT(sourcesThatHold(format, kProgram), ElementsAre("analysis/tables/latex.cpp"));
  EXPECT_THAT(sourcesThatHold("\"csv\"", kProgram), ElementsAre("analysis/tables/csv.cpp"));
}

/// A command that is not there does not compile: nothing asks whether it is.
TEST(Declarations, NoSourceAsksWhichCommandsWereBuilt) {
  EXPECT_THAT(sourcesThatHold("OODSCOPE_HAS_", kProgram), IsEmpty());
}

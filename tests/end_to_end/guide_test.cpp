// SPDX-License-Identifier: GPL-3.0-or-later
// A command in the guide works as it stands there: from the source folder, with the demo's files.
#include "tests/end_to_end/command.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;

/// The lines "oodscope-cli …" of a page's fenced blocks.
std::vector<std::string> commandsIn(const fs::path& page) {
  std::vector<std::string> out;
  std::ifstream in(page);
  bool isFenced = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) isFenced = !isFenced;
    if (isFenced && line.starts_with("oodscope-cli ")) out.push_back(line);
  }
  return out;
}

/// Its words after the program's name, those in double quotes without them, files of the repository by their place.
std::vector<std::string> argumentsOf(const std::string& command) {
  std::istringstream words(command.substr(command.find(' ')));
  std::vector<std::string> out;
  for (std::string word; words >> word;) {
    if (word.size() > 1 && word.front() == '"' && word.back() == '"') word = word.substr(1, word.size() - 2);
    const fs::path file = fs::path(OODSCOPE_SOURCE_DIR) / word;
    out.push_back(word.find('/') != std::string::npos && fs::exists(file) ? file.string() : word);
  }
  return out;
}

TEST(Guide, EveryCommandWorksAsItStands) {
  // What they write by a bare name goes here.
  const TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  std::size_t commands = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(OODSCOPE_SOURCE_DIR) / "resources/guide")) {
    if (entry.path().extension() != ".md") continue;
    for (const std::string& command : commandsIn(entry.path())) {
      ++commands;
      const CommandResult result = runCli(argumentsOf(command));
      EXPECT_EQ(result.code, 0) << entry.path().filename() << ": " << command << "\n" << result.err;
      EXPECT_FALSE(result.out.empty() && result.err.empty()) << command;
    }
  }
  fs::current_path(before);
  EXPECT_GE(commands, 4U);
}

}  // namespace
}  // namespace oodscope::testing

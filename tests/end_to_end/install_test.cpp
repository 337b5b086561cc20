// SPDX-License-Identifier: GPL-3.0-or-later
// The installed tree stands alone: what `cmake --install` puts down runs and finds its own resources.
#include "tests/end_to_end/command.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Installed : public ::testing::Test {
protected:
  void SetUp() override {
    for (const char* component : {"oodscope-cli", "resources"}) {
      const testing::CommandResult done = testing::runCli(
          {"--install", OODSCOPE_BINARY_DIR, "--prefix", folder.path().string(), "--component", component},
          {.program = OODSCOPE_CMAKE});
      ASSERT_EQ(done.code, 0) << done.out << done.err;
    }
  }
  testing::CommandResult run(const std::vector<std::string>& arguments) const {
    return testing::runCli(arguments, {.program = (folder.path() / "bin/oodscope-cli").string()});
  }
  const testing::TemporaryFolder folder;
};

TEST_F(Installed, TheCommandLineReadsAndEvaluatesTheDemoThatShipsWithIt) {
  const auto info = run({"info", (folder.path() / "share/oodscope/demo/set").string()});
  EXPECT_EQ(info.code, 0) << info.err;
  EXPECT_THAT(info.out, HasSubstr("24"));
  const auto rows = run({"evaluate", "--session", (folder.path() / "share/oodscope/demo/session.json").string(),
                         "--method", "msp", "--temperature", "1", "--format", "json", "--quiet"});
  ASSERT_EQ(rows.code, 0) << rows.err;
  EXPECT_EQ(nlohmann::json::parse(rows.out).at("rows").size(), 1U);
}

TEST_F(Installed, ItsOwnResourcesComeBeforeThoseOfTheSourceTree) {
  std::ofstream(folder.path() / "share/oodscope/demo/session.json") << "{";
  const auto bench = run({"bench"});
  EXPECT_EQ(bench.code, 3);
  EXPECT_THAT(bench.err, HasSubstr(fs::weakly_canonical(folder.path()).string())) << "the damaged one is named";
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace oodscope::testing {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Interrupt : public ::testing::Test {
protected:
  Interrupt() {
    writeSmallSet(first, 2);
    writeSmallSet(second, 1500);
    writeSmallModel(scratch / "small.pth");
  }
  /// Sends Ctrl-C, or another signal, once the store holds so many frames.
  [[nodiscard]] CommandResult evaluate(std::size_t frames, int signal = SIGINT) const {
    const std::filesystem::path cache = scratch.path() / "cache";
    return runCli({"evaluate", "--set", first, "--set", second, "--model", scratch / "small.pth", "--cache-dir", cache,
                   "--format", "json"},
                  {.interruptWhen = [&] { return countFiles(cache, ".npy") >= frames; }, .signal = signal});
  }
  const TemporaryFolder scratch;
  const std::filesystem::path first = scratch.path() / "First", second = scratch.path() / "Second";
};

TEST_F(Interrupt, KeepsTheSetThatIsCompleteAndSaysWhatIsNot) {
  const CommandResult result = evaluate(4);  // the first set's two, and two of the second's
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.err, AllOf(HasSubstr("stopped: 1 rows are complete"), HasSubstr("not done: Second")));
  const auto table = nlohmann::json::parse(result.out);
  EXPECT_EQ(table.at("complete"), false);
  EXPECT_THAT(table.at("unfinished").dump(), HasSubstr("Second"));
  const auto& rows = table.at("rows");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.at(0).at("set"), "First");
  EXPECT_EQ(rows.at(0).at("frames"), 2);
}

// Nothing noticed it, and the fingerprint in the provenance was of the new file.
TEST_F(Interrupt, ALabelThatIsReplacedMeanwhileIsNoticed) {
  const std::filesystem::path cache = scratch.path() / "cache";
  bool isReplaced = false;
  const CommandResult result =
      runCli({"evaluate", "--set", second, "--model", scratch / "small.pth", "--cache-dir", cache, "--format", "json"},
             {.interruptWhen = [&] {
               if (!isReplaced && countFiles(cache, ".npy") >= 2) {
                 fillLabel(second, 1499, 1);
                 isReplaced = true;
               }
               return false;
             }});
  ASSERT_TRUE(isReplaced);
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("not done: Second: files changed while it was evaluated"), HasSubstr("1499")));
  const auto table = nlohmann::json::parse(result.out);
  EXPECT_EQ(table.at("complete"), false);
  EXPECT_EQ(table.at("rows").at(0).at("exact"), false);
}

TEST_F(Interrupt, ATerminalThatGoesAwayIsLikeCtrlC) {
  const CommandResult result = evaluate(4, SIGHUP);
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_EQ(nlohmann::json::parse(result.out).at("rows").size(), 1U);
  EXPECT_EQ(countFiles(scratch.path() / "cache", ".part"), 0U);
}

TEST_F(Interrupt, BeforeAnythingIsCompleteExitsWithThree) {
  std::filesystem::remove_all(first);
  const CommandResult result = evaluate(1);
  EXPECT_EQ(result.code, 3) << result.err;
  EXPECT_THAT(result.err, HasSubstr("stopped: 0 rows are complete"));
  EXPECT_EQ(result.out, "");
}

}  // namespace oodscope::testing

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace oodscope {
namespace {

using ::testing::HasSubstr;

TEST(Commands, HaveNamesOfTheirOwnAndSayWhatTheyDo) {
  std::set<std::string> names;
  for (const CommandKind* kind : commandKinds()) {
    EXPECT_TRUE(names.insert(kind->name).second) << kind->name;
    EXPECT_NE(std::string(kind->description), "") << kind->name;
  }
  EXPECT_GE(names.size(), 9U);
}

TEST(Commands, EachAddsItsOptionsAndGivesWhatToRun) {
  CLI::App app("all", "oodscope-cli");
  for (const CommandKind* kind : commandKinds()) {
    CLI::App* sub = app.add_subcommand(kind->name, kind->description);
    EXPECT_TRUE(kind->addOptions(*sub)) << kind->name;
    EXPECT_FALSE(sub->get_options().empty()) << kind->name;
    EXPECT_THAT(app.help(), HasSubstr(kind->description));
  }
}

}  // namespace
}  // namespace oodscope

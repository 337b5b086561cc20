// SPDX-License-Identifier: GPL-3.0-or-later
// Values that mean nothing, on the command line and in files, are refused in words: never a crash, never a hang.
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope::testing {
namespace {

using ::testing::HasSubstr;

TEST(ImpossibleValues, EveryNumericOptionHasARange) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> evaluate{
      {"--threads", {"-1", "100000", "nan", "1.5", "1e3", "99999999999999999999", ""}},
      {"--cache-size", {"0", "-1", "nan", "inf", "1e999", "1,5"}},
      {"--memory", {"-1", "nan", "1e300", "99999999999999999999"}},
      {"--input-width", {"-8", "0", "7", "1e9", "nan", "4294967296"}},
      {"--input-height", {"-8", "100000000"}},
      {"--void-channel", {"-2", "-7", "99999", "nan", "x"}},
      {"--channels", {"0", "-3", "99999999999", "5-2", "0-99999999", "1.5", "nan"}},
      {"--values", {"99999999999=anomaly", "nan=anomaly", "1.5=void"}},
  };
  for (const auto& [option, values] : evaluate)
    for (const std::string& value : values) {
      const CommandResult run = runCli({"evaluate", "--set", ".", "--model", "x.pth", option + "=" + value});
      EXPECT_EQ(run.code, 2) << option << " '" << value << "': " << run.err;
      EXPECT_THAT(run.err, HasSubstr(option));
    }
  const std::vector<std::vector<std::string>> others{
      {"sweep", "--from=nan"},        {"sweep", "--to=inf"},           {"sweep", "--steps=0"},
      {"sweep", "--steps=100000"},    {"sweep", "--refine=-1"},        {"sweep", "--refine=1e3"},
      {"bench", "--runs=0"},          {"bench", "--runs=1e9"},         {"miou", "--threads=100000"},
      {"report", "--threads=-1"},     {"train", "--seed=-1"},          {"train", "--epochs=-1"},
      {"train", "--batch=0"},         {"train", "--batch=1e9"},        {"train", "--learning-rate=nan"},
      {"train", "--learning-rate=0"}, {"train", "--weight-decay=inf"}, {"train", "--threads=100000"},
  };
  for (const std::vector<std::string>& arguments : others) {
    const CommandResult run = runCli(arguments);
    EXPECT_EQ(run.code, 2) << arguments[0] << " " << arguments[1];
    EXPECT_THAT(run.err, HasSubstr(arguments[1].substr(0, arguments[1].find('=')))) << run.err;
  }
  for (const char* option : {"--seed=-1", "--frames=0", "--frames=1e9", "--frames=nan"}) {
    const TemporaryFolder folder;
    EXPECT_EQ(runCli({"demo", "generate", option, "--output", folder / "demo"}).code, 2) << option;
  }
}

TEST(ImpossibleValues, SessionsAreRefusedByFileAndPlace) {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& text, const char* part) {
    const std::string file = folder.write("s.json", text).string();
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"evaluate", "--session", file}, {"sweep", "--session", file}, {"info", file}}) {
      const CommandResult run = runCli(arguments);
      EXPECT_GE(run.code, 1) << arguments[0] << text.substr(0, 100);
      EXPECT_LE(run.code, 3) << arguments[0] << text.substr(0, 100);
      EXPECT_THAT(run.err + run.out, HasSubstr(part)) << arguments[0];
      EXPECT_THAT(run.err + run.out, HasSubstr("s.json")) << arguments[0];
    }
  };
  const std::string start = R"({"oodscope_session": 1, )";
  refused(start + R"("temperatures": [0]})", "temperatures[0]");
  refused(start + R"("models": [{"path": "m", "preprocessing": {"width": -8}}]})", "models[0].preprocessing.width");
  refused(start + R"("models": [{"path": "m", "preprocessing": {"deviation": [1, 1, 0]}}]})", "deviation[2]");
  refused(start + R"("sets": [{"path": "a", "generic": {"values": {"12345678901": 1}}}]})", "12345678901");
  refused(start + "\"sets\": " + std::string(200'000, '[') + std::string(200'000, ']') + "}", "nested");
  refused(start + R"("methods": ["msp"], "methods": ["msp"]})", "twice");
}

}  // namespace
}  // namespace oodscope::testing

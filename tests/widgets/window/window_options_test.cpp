// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/window_options.h"

#include <gtest/gtest.h>

#include <clocale>

namespace oodscope {
namespace {

std::optional<int> codeOf(const std::vector<std::string>& arguments) {
  WindowOptions options;
  return parseWindowOptions(arguments, options);
}

TEST(WindowOptionsTest, NumbersAreReadWithAPointOnEveryDesktop) {
  WindowOptions options;
  ASSERT_FALSE(parseWindowOptions({"--temperature", "1.6", "--threshold", "-0.25"}, options));
  EXPECT_EQ(options.request.score->temperature, 1.6F);
  EXPECT_EQ(options.request.threshold, -0.25F);
}

TEST(WindowOptionsTest, ASessionIsGivenByPlaceOrByName) {
  WindowOptions byName, byPlace;
  ASSERT_FALSE(parseWindowOptions({"--session", "a.json"}, byName));
  ASSERT_FALSE(parseWindowOptions({"a.json"}, byPlace));
  EXPECT_EQ(byName.request.session, "a.json");
  EXPECT_EQ(byPlace.request.session, "a.json");
  EXPECT_EQ(codeOf({"a.json", "--session", "b.json"}), 2);
}

TEST(WindowOptionsTest, ValuesOutsideTheirRangeAreWrongUsage) {
  for (const auto& [option, value] : std::vector<std::pair<std::string, std::string>>{{"--temperature", "0"},
                                                                                      {"--temperature", "-1"},
                                                                                      {"--temperature", "nan"},
                                                                                      {"--temperature", "inf"},
                                                                                      {"--temperature", "1,6"},
                                                                                      {"--temperature", "1e999"},
                                                                                      {"--threshold", "nan"},
                                                                                      {"--threshold", "x"},
                                                                                      {"--threads", "-1"},
                                                                                      {"--threads", "100000"},
                                                                                      {"--threads", "1.5"},
                                                                                      {"--size", "1x1"},
                                                                                      {"--size", "1680"},
                                                                                      {"--size", "99999999999x1000"},
                                                                                      {"--size", "1680x1050x"},
                                                                                      {"--theme", "beige"}})
    EXPECT_EQ(codeOf({option + "=" + value}), 2) << option << " " << value;
}

TEST(WindowOptionsTest, QtsArgumentsAreTakenOutAndSessionIsNoneOfThem) {
  std::vector<std::string> given{"oodscope", "-platform",      "offscreen", "--session", "a.json",  "-session",
                                 "id_key",   "--style=fusion", "--size",    "800x600",   "-reverse"};
  std::vector<char*> pointers;
  for (std::string& argument : given) pointers.push_back(argument.data());
  const CommandLine line = partedCommandLine(static_cast<int>(pointers.size()), pointers.data());
  EXPECT_EQ(line.own, (std::vector<std::string>{"--session", "a.json", "--size", "800x600"}));
  ASSERT_EQ(line.qt.size(), 8U);
  EXPECT_STREQ(line.qt[1], "-platform");
  EXPECT_STREQ(line.qt[4], "id_key");
  EXPECT_STREQ(line.qt[6], "-reverse");
  EXPECT_EQ(line.qt.back(), nullptr);
  EXPECT_TRUE(whyNoDisplay(line).empty()) << "a platform was asked for";
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/json_text.h"

#include "analysis/core/error.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <limits>

namespace oodscope {
namespace {

using testing::TemporaryFolder;

/// The message of the Error that `run` throws; empty where it throws none.
template <class Run>
std::string refusal(const Run& run) {
  try {
    run();
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}
std::string refusalOf(const std::string& text) {
  return refusal([&] { static_cast<void>(parseJson(text, "session", "a.json")); });
}
std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(JsonText, ByteOrderMarkAndWindowsLineEndsAreOrdinary) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.json", "\xEF\xBB\xBF{\r\n \"a\": [1, 2.5],\r\n \"b\": \"x\"\r\n}\r\n");
  const JsonValue value = readJsonFile(file, "session");
  EXPECT_EQ(value.at("a").list().at(1).number({0.0, 3.0}), 2.5);
  EXPECT_EQ(value.at("b").text(), "x");
  EXPECT_EQ(value.members().front().first, "a");
}

TEST(JsonText, DeepNestingIsRefusedAndNotFollowed) {
  EXPECT_EQ(refusalOf(nested(32)), "");
  EXPECT_EQ(
      refusalOf(nested(33)),
      "The session cannot be used: expected lists and objects nested at most 32 deep, found deeper ones (a.json)");
  EXPECT_NE(refusalOf(nested(200'000)), "");
  std::string objects;
  for (int i = 0; i < 200'000; ++i) objects += "{\"a\":";
  EXPECT_NE(refusalOf(objects), "");
}

TEST(JsonText, ErrorsSayWhereTheyAre) {
  const std::string text = refusalOf("{\n  \"a\": 1,\n  \"b\": nul\n}");
  EXPECT_NE(text.find("line 3"), std::string::npos) << text;
  EXPECT_NE(text.find("(a.json)"), std::string::npos) << text;
  EXPECT_NE(refusalOf("{\"a\": 1} x"), "");
  EXPECT_NE(refusalOf("{\"a\": NaN}"), "");
  EXPECT_NE(refusalOf("[Infinity]"), "");
  EXPECT_NE(refusalOf(""), "");
  EXPECT_NE(refusalOf("\xFF\xFE{\0}\0").find("UTF-16"), std::string::npos);
}

TEST(JsonText, ANumberThatNoDoubleHoldsAndANameTwiceAreRefused) {
  EXPECT_NE(refusalOf("[1e999]").find("64 bits"), std::string::npos) << refusalOf("[1e999]");
  EXPECT_NE(refusalOf(R"({"a": {"b": 1, "c": 2, "b": 3}})").find("\"b\" twice"), std::string::npos);
  EXPECT_EQ(refusalOf(R"([{"b": 1}, {"b": 2}])"), "");
}

TEST(JsonText, LimitsOfTextCountAndSize) {
  EXPECT_NE(refusalOf("[\"" + std::string(100'001, 'x') + "\"]"), "");
  const JsonLimits few{.bytes = 100, .values = 5};
  EXPECT_NE(refusal([&] { static_cast<void>(parseJson("[1,2,3,4,5]", "session", {}, few)); }), "");
  EXPECT_EQ(refusal([&] { static_cast<void>(parseJson("[1,2,3,4]", "session", {}, few)); }), "");
  EXPECT_NE(refusal([&] { static_cast<void>(parseJson(std::string(101, ' '), "session", {}, few)); }), "");
}

TEST(JsonText, RangesNameThePlaceTheRangeAndTheValue) {
  const JsonValue value =
      parseJson(R"({"view": {"t": [1, -3], "n": 3.5, "s": "abc", "big": 18446744073709551615}})", "session", "a.json");
  const JsonValue view = value.at("view");
  EXPECT_EQ(refusal([&] {
              static_cast<void>(view.at("t").list().at(1).number({0.01, 1000.0}));
            }),
            "The session cannot be used at \"view.t[1]\": expected a number from 0.01 to 1000, found -3 (a.json)");
  EXPECT_EQ(refusal([&] {
              static_cast<void>(view.at("n").integer({1, 5}));
            }),
            "The session cannot be used at \"view.n\": expected a whole number from 1 to 5, found 3.5 (a.json)");
  EXPECT_EQ(refusal([&] {
              static_cast<void>(view.at("s").text({0, 2}));
            }),
            "The session cannot be used at \"view.s\": expected a text of at most 2 bytes, found \"abc\" (a.json)");
  EXPECT_EQ(refusal([&] {
              static_cast<void>(view.at("t").list({3, 3}));
            }),
            "The session cannot be used at \"view.t\": expected a list of 3 entries, found a list of 2 (a.json)");
  EXPECT_EQ(refusal([&] { static_cast<void>(view.at("missing")); }),
            "The session cannot be used at \"view\": expected an object with \"missing\", found an object with \"t\" "
            "(a.json)");
  EXPECT_NE(refusal([&] {
              static_cast<void>(view.at("big").integer({0, std::numeric_limits<std::int64_t>::max()}));
            }),
            "");
  EXPECT_NE(refusal([&] { static_cast<void>(view.at("s").boolean()); }), "");
  EXPECT_NE(refusal([&] { static_cast<void>(view.at("s").find("x")); }), "");
}

TEST(JsonText, WholeNumbersMayBeWrittenWithAPoint) {
  EXPECT_EQ(parseJson("[1024.0]", "session").list().front().integer({8, 4096}), 1024);
}

TEST(JsonText, NullIsAbsentAndAZeroByteIsNoText) {
  const JsonValue value = parseJson(R"({"a": null, "b": "x\u0000y"})", "session");
  EXPECT_FALSE(value.find("a"));
  EXPECT_TRUE(value.at("a").isNull());
  EXPECT_NE(refusal([&] { static_cast<void>(value.at("b").text()); }), "");
}

TEST(JsonText, WhatIsNoJsonFileIsNamed) {
  const TemporaryFolder folder;
  const auto message = [](const std::filesystem::path& file) {
    return refusal([&] { static_cast<void>(readJsonFile(file, "session")); });
  };
  EXPECT_NE(message(folder.write("a.json", std::string("\x89PNG\r\n\x1A\n", 8) + std::string(30, '\0'))).find("PNG"),
            std::string::npos);
  EXPECT_NE(message(folder.write("empty.json", "")).find("empty"), std::string::npos);
  EXPECT_NE(message(folder.path()).find("a folder"), std::string::npos);
  EXPECT_NE(message("/dev/zero").find("device"), std::string::npos);
  EXPECT_NE(message(folder.path() / "none.json").find("none.json"), std::string::npos);
}

}  // namespace
}  // namespace oodscope

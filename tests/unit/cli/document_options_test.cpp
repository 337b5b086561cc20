// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/document_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace oodscope {
namespace {

using ::testing::ElementsAre;

FigureOptions parsed(std::vector<std::string> arguments) {
  FigureOptions options;
  CLI::App app;
  options.addFigureTo(app, {"ieee-1", "slides"}, "FILE");
  std::reverse(arguments.begin(), arguments.end());
  app.parse(std::move(arguments));
  return options;
}

/// What oodscope-cli hands over, the desktop program reads as the same.
TEST(DocumentOptions, ArgumentsSayTheSame) {
  const FigureOptions options =
      parsed({"a session.json", "pr",      "--output",    "x.pdf", "--preset",  "slides", "--width",     "3.25",
              "--font",         "7.5",     "--dpi",       "600",   "--threads", "2",      "--precision", "single",
              "--no-cache",     "--quiet", "--cache-dir", "cache", "--title",   "off",    "--legend",    "top-right"});
  EXPECT_EQ(options.opening().threads, 2);
  EXPECT_EQ(options.opening().store.precision, StorePrecision::Single);
  EXPECT_TRUE(options.opening().store.temporary);
  const FigureOptions again = parsed(options.arguments());
  EXPECT_EQ(again.arguments(), options.arguments());
  EXPECT_EQ(again.name, "pr");
  EXPECT_EQ(again.width, 3.25);
  EXPECT_EQ(again.height, 0.0) << "as the preset has it";
  EXPECT_EQ(again.dpi, 600);
  EXPECT_EQ(again.cacheFolder, "cache");
  EXPECT_EQ(again.title, "off");
  EXPECT_EQ(again.legend, "top-right");
}

TEST(DocumentOptions, WhatIsNotSaidOfTheLookIsAsTheSessionHasIt) {
  FigureLook kept;
  kept.isoF1 = false;
  kept.legend = FigureLegend::Below;
  EXPECT_EQ(parsed({"s.json", "--list"}).lookOver(kept), kept);
  const FigureLook look =
      parsed({"s.json", "--list", "--iso-f1", "on", "--operating-point", "off", "--legend", "none"}).lookOver(kept);
  EXPECT_EQ(look, (FigureLook{.title = true, .isoF1 = true, .operatingPoint = false, .legend = FigureLegend::None}));
  EXPECT_THROW(parsed({"s.json", "--list", "--legend", "middle"}), CLI::ValidationError);
  EXPECT_THROW(parsed({"s.json", "--list", "--title", "maybe"}), CLI::ValidationError);
}

TEST(DocumentOptions, AListNeedsNoNameAndAFigureBoth) {
  EXPECT_TRUE(parsed(parsed({"s.json", "--list"}).arguments()).list);
  EXPECT_THROW(parsed({"s.json"}), CLI::RequiredError);
  EXPECT_THROW(parsed({"s.json", "pr"}), CLI::RequiredError);
  EXPECT_THROW(parsed({"s.json", "pr", "--output", "x.pdf", "--preset", "a3"}), CLI::ValidationError);
}

TEST(DocumentOptions, AReportsArgumentsAreItsOwn) {
  DocumentOptions options;
  CLI::App app;
  options.addReportTo(app);
  app.parse("s.json --output out");
  EXPECT_THAT(options.arguments(),
              ElementsAre("s.json", "--device", "cpu", "--threads", "0", "--precision", "half", "--output", "out"));
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/filters/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::HasSubstr;

std::string messageOf(std::string_view text) {
  try {
    static_cast<void>(parseFilteredName(text));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(FilteredNames, AreReadAndWritten) {
  for (const char* text : {"energy", "energy+gaussian", "sml+boundary+dilated", "msp+gaussian+gaussian"})
    EXPECT_EQ(textOf(parseFilteredName(text)), text);
  const FilteredName name = parseFilteredName("sml+boundary+dilated");
  EXPECT_EQ(name.base, "sml");
  ASSERT_EQ(name.filters.size(), 2U);
  EXPECT_EQ(name.filters[0], Filter::named("boundary"));
  EXPECT_TRUE(needsClasses(name.filters));
  EXPECT_FALSE(needsClasses(parseFilteredName("energy+gaussian").filters));
  EXPECT_EQ(haloOf(name.filters), 26);
}

TEST(FilteredNames, ThatAreWrongSayWhatThereIs) {
  EXPECT_THAT(messageOf("energy+blur"), HasSubstr("gaussian, boundary, dilated, found 'blur'"));
  EXPECT_THAT(messageOf("energy+"), HasSubstr("found ''"));
  EXPECT_THAT(messageOf("energy+Gaussian"), HasSubstr("found 'Gaussian'"));
  EXPECT_THAT(messageOf("+gaussian"), HasSubstr("a score is missing before its filters"));
  EXPECT_THAT(messageOf(""), HasSubstr("a score is missing"));
}

TEST(Filters, AreDeclaredWhole) {
  for (const Filter filter : allFilters()) {
    EXPECT_EQ(Filter::named(filter.name()), filter);
    EXPECT_FALSE(filter.kind().title.empty() || filter.kind().reference.empty() || filter.kind().summary.empty());
    EXPECT_GT(filter.kind().halo, 0);
    EXPECT_NE(filter.kind().apply, nullptr);
  }
  EXPECT_EQ(filterNames(), "gaussian, boundary, dilated");
}

}  // namespace
}  // namespace oodscope

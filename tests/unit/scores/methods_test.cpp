// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_function.h"

#include <gtest/gtest.h>

#include <set>

namespace oodscope {
namespace {

TEST(Methods, EveryNameLeadsBackToItsMethod) {
  std::set<std::string_view> names;
  for (const Method method : allMethods()) {
    EXPECT_EQ(methodFromName(methodName(method)), method);
    names.insert(methodName(method));
  }
  EXPECT_EQ(names,
            (std::set<std::string_view>{"msp", "max-logit", "max-entropy", "energy", "softmax-distance", "void"}));
}

TEST(Methods, AnUnknownNameIsNoMethod) {
  EXPECT_FALSE(methodFromName("MSP").has_value());
  EXPECT_FALSE(methodFromName("").has_value());
}

TEST(Methods, OnlyMaxLogitIgnoresTemperature) {
  for (const Method method : allMethods()) EXPECT_EQ(dependsOnTemperature(method), method != Method::MaxLogit);
}

}  // namespace
}  // namespace oodscope

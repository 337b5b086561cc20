// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/tab_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace oodscope {
namespace {

std::multiset<std::string> titles() {
  std::multiset<std::string> out;
  for (const TabKind& kind : tabKinds()) out.insert(kind.title);
  return out;
}

TEST(TabKinds, HaveTitlesThatTellThemApart) {
  const auto all = titles();
  EXPECT_GE(all.size(), 10U);
  for (const std::string& title : all) {
    EXPECT_FALSE(title.empty());
    EXPECT_EQ(all.count(title), 1U) << title;
  }
}

}  // namespace
}  // namespace oodscope

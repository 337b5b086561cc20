// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/window_actions.h"

#include "analysis/scores/method_kinds.h"

#include <QMainWindow>
#include <QUndoStack>

#include <gtest/gtest.h>

namespace oodscope {
namespace {

TEST(WindowActions, HaveAnEntryForEachMethodInTheListsOrder) {
  QMainWindow window;
  QUndoStack stack;
  const WindowActions actions(window, stack);
  const auto methods = allMethods();
  ASSERT_EQ(actions.methods.size(), methods.size());
  for (std::size_t i = 0; i < methods.size(); ++i)
    EXPECT_EQ(actions.methods[i]->text().toStdString(), methods[i].title());
}

TEST(WindowActions, OnlyTheFirstNineMethodsHaveADigit) {
  QMainWindow window;
  QUndoStack stack;
  const WindowActions actions(window, stack);
  for (std::size_t i = 0; i < actions.methods.size(); ++i) {
    const std::string key = actions.methods[i]->shortcut().toString().toStdString();
    EXPECT_EQ(key, i < 9 ? std::to_string(i + 1) : std::string());
  }
}

}  // namespace
}  // namespace oodscope

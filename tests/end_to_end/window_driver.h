// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/main_window.h"
#include "widgets/theme/theme.h"

#include <QTemporaryDir>

#include <gtest/gtest.h>

class QComboBox;

namespace oodscope {

class ScaleSlider;

/// Waits until everything the window was asked for is open, exact and drawn. False where that takes too long.
[[nodiscard]] bool waitUntilIdle(MainWindow& window, int limitMs = 60'000);
/// Presses, moves in ten steps and releases, as a hand does.
void dragSlider(ScaleSlider* slider, double from, double to);
/// Chooses the item `text` begins, with the keyboard. False where there is none.
[[nodiscard]] bool choose(QComboBox* combo, const QString& text);
/// The toolbar's choice of that accessible name; nullptr where there is none.
[[nodiscard]] QComboBox* comboNamed(MainWindow& window, const QString& name);
/// Writes a window's picture into screenshots/ of the build folder, to be looked at.
void picture(QWidget& window, const QString& name);

/// A home of its own for each test: settings, recent entries and autosaves of the person at the keyboard stay out.
class WindowFixture : public ::testing::Test {
protected:
  void SetUp() override;
  [[nodiscard]] QTemporaryDir& home() { return m_home; }
  [[nodiscard]] Theme& theme() { return *m_theme; }

private:
  QTemporaryDir m_home;
  std::unique_ptr<Theme> m_theme;
};

}  // namespace oodscope

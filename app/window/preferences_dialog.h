// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/workspace.h"
#include "app/session/session.h"
#include "widgets/theme/tokens.h"

#include <QDialog>

#include <vector>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;
class QVBoxLayout;

namespace oodscope {

/// What a new session begins with.
struct SessionDefaults {
  Method method = {};
  Protocol protocol = {};
  std::string colourMap = "inferno";
  friend bool operator==(const SessionDefaults&, const SessionDefaults&) = default;
};

struct Preferences {
  WorkOptions work;
  ThemeChoice theme = ThemeChoice::System;
  SessionDefaults defaults;
};

/// Device, threads, cache, memory, theme, defaults. Not modal; OK and Apply say what was chosen.
class PreferencesDialog : public QDialog {
  Q_OBJECT

public:
  PreferencesDialog(const Preferences& now, QWidget* parent);
  [[nodiscard]] Preferences edited() const;
  void setCacheBytes(std::uint64_t bytes);

Q_SIGNALS:
  void accepted(const oodscope::Preferences& preferences);
  void clearCacheRequested();

private:
  [[nodiscard]] QFormLayout* addGroup(QVBoxLayout& column, const QString& title);
  void fillWork(QFormLayout& work);
  void fillCache(QFormLayout& cache);
  void fillLooks(QFormLayout& looks);
  void fillDefaults(QFormLayout& defaults);
  /// One column of labels for all groups.
  void alignLabels(const std::vector<QFormLayout*>& forms);
  void addButtons(QVBoxLayout& column);

  Preferences m_before;
  QComboBox *m_device = nullptr, *m_precision = nullptr, *m_theme = nullptr, *m_method = nullptr, *m_protocol = nullptr,
            *m_map = nullptr;
  QSpinBox *m_threads = nullptr, *m_memory = nullptr;
  QLineEdit* m_folder = nullptr;
  QDoubleSpinBox* m_size = nullptr;
  QLabel* m_used = nullptr;
};

}  // namespace oodscope

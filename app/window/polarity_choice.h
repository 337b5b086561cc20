// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/imported_scores.h"

#include <QComboBox>
#include <QFileDialog>

#include <optional>

namespace oodscope {

/// "High values mean": as the files' form says, anomalous, or normal. Of a folder of score maps that is to be opened.
class PolarityChoice : public QComboBox {
  Q_OBJECT

public:
  explicit PolarityChoice(QWidget* parent = nullptr);
  /// None: as the files' form says, or as was chosen for the folder before.
  [[nodiscard]] std::optional<Polarity> polarity() const;
};

/// Asks for a folder of score maps and what their high values mean. Qt's own dialog: a desktop's has no room for that.
class ScoresFolderDialog : public QFileDialog {
  Q_OBJECT

public:
  ScoresFolderDialog(QWidget* parent, const QString& start);
  [[nodiscard]] std::optional<Polarity> polarity() const { return m_polarity->polarity(); }

private:
  PolarityChoice* m_polarity;
};

}  // namespace oodscope

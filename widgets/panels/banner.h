// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/severity.h"

#include <QString>
#include <QWidget>

class QLabel;
class QPushButton;
class QToolButton;

namespace oodscope {

[[nodiscard]] QString severityText(Severity severity);
[[nodiscard]] QString severityIcon(Severity severity);

struct BannerView {
  Severity severity = Severity::Info;
  QString subject;  ///< bold, first: "RoadAnomaly21"; may be empty
  QString sentence;
  QString buttonText;  ///< empty: no button
};

/// A sentence above the views, on as many lines as it needs, with an edge in the colour of its severity, at most one
/// button, and a close. Not modal.
class Banner : public QWidget {
  Q_OBJECT

public:
  explicit Banner(QWidget* parent = nullptr);
  /// Shows it, replacing what it said.
  void setView(const BannerView& view);
  /// What it says, or said last; and what its button offers.
  [[nodiscard]] QString text() const;
  [[nodiscard]] QString buttonText() const;

Q_SIGNALS:
  void actionTriggered();
  void closed();

protected:
  bool event(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

private:
  void showIcon();

  Severity m_severity = Severity::Info;
  QString m_said;
  QLabel* m_icon = nullptr;
  QLabel* m_text = nullptr;
  QPushButton* m_button = nullptr;
};

}  // namespace oodscope

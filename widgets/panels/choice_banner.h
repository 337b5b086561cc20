// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/severity.h"

#include <QString>
#include <QWidget>

#include <vector>

class QHBoxLayout;
class QLabel;

namespace oodscope {

struct BannerChoice {
  QString name;  ///< of the button as an object, and what chosen() says
  QString text;
  bool isPrimary = false;
};

/// A question above the views that waits for an answer: a sentence, which wraps, and a button for each answer. Not
/// modal, and nothing but an answer takes it away.
class ChoiceBanner : public QWidget {
  Q_OBJECT

public:
  explicit ChoiceBanner(QWidget* parent = nullptr);
  /// Shows it, in place of what it asked.
  void ask(Severity severity, const QString& sentence, const std::vector<BannerChoice>& choices);
  [[nodiscard]] QString sentence() const;

Q_SIGNALS:
  /// It has hidden itself; who asks again shows it again.
  void chosen(const QString& name);

protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  void showIcon();

  Severity m_severity = Severity::Info;
  QLabel *m_icon = nullptr, *m_text = nullptr;
  QHBoxLayout* m_buttons = nullptr;
};

}  // namespace oodscope

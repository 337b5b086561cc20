// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/edits.h"

#include <QWidget>

namespace oodscope {

/// A tab below the views that works something out of the session. It says what its user edited; who it is shown with it
/// does not know.
class AnalysisTab : public QWidget {
  Q_OBJECT

public:
  using QWidget::QWidget;

  /// The session's view; `dragging`: more changes are coming.
  virtual void follow(const ViewState&, bool /*dragging*/) {}
  /// Whether it speaks of all frames of the set that is shown: those that are not scored yet are offered to be run
  /// above it. Its layout is a column then.
  [[nodiscard]] virtual bool needsWholeSet() const { return false; }
  /// Beside the tab's title; nullptr: nothing is.
  [[nodiscard]] virtual QWidget* badge() const { return nullptr; }

Q_SIGNALS:
  void edited(const oodscope::Edit& edit);
  /// An edit of a hand that moves on, and its end.
  void dragged(const oodscope::Edit& edit);
  void released();
  void failed(const QString& text);
  void warned(const QString& text);
  /// The badge has another size.
  void badgeChanged();
};

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

#include <optional>

class QLabel;
class QProgressBar;
class QPushButton;

namespace oodscope {

/// What must be run before something can be shown: how many frames and how long, with a button that starts it; then how
/// far it has come, with one that cancels. Hidden where nothing is needed.
class RunFirstPanel : public QWidget {
  Q_OBJECT

public:
  explicit RunFirstPanel(QWidget* parent = nullptr);

  /// `seconds`: that a frame takes; empty: none was measured yet.
  void offer(qint64 frames, const QString& sets, std::optional<double> seconds);
  void showProgress(qint64 done, qint64 total, std::optional<double> secondsLeft, bool isPaused);
  void finish();
  [[nodiscard]] QString text() const;
  [[nodiscard]] QPushButton* startButton() const { return m_start; }
  [[nodiscard]] QPushButton* cancelButton() const { return m_cancel; }

Q_SIGNALS:
  void startRequested();
  void cancelRequested();

private:
  void show(const QString& text, bool isRunning);

  QLabel* m_text = nullptr;
  QProgressBar* m_bar = nullptr;
  QPushButton *m_start = nullptr, *m_cancel = nullptr;
};

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

#include <optional>

class QLabel;
class QProgressBar;
class QTimer;
class QToolButton;

namespace oodscope {

struct ProgressView {
  QString what;  ///< "exact pass"
  int done = 0;
  int total = 0;  ///< 0: not known
  std::optional<double> secondsLeft = {};
  QString rate = {};  ///< "7.4 frames/s"
  bool canPause = false;
  bool isPaused = false;
};

/// "exact pass 6 of 10 [bar] 0.4 s left [pause] [stop]". What ends within 0.3 s is never shown.
class ProgressItem : public QWidget {
  Q_OBJECT

public:
  explicit ProgressItem(QWidget* parent = nullptr);
  void setView(const ProgressView& view);
  void finish();

Q_SIGNALS:
  void pauseRequested(bool pause);
  void stopRequested();

private:
  bool m_running = false;
  bool m_paused = false;
  QTimer* m_delay = nullptr;
  QLabel* m_what = nullptr;
  QProgressBar* m_bar = nullptr;
  QLabel* m_left = nullptr;
  QToolButton* m_pause = nullptr;
  QToolButton* m_stop = nullptr;
};

/// The parts of the status bar: facts left with lines between them, progress, a sentence and the messages button right.
class StatusLine : public QWidget {
  Q_OBJECT

public:
  explicit StatusLine(QWidget* parent = nullptr);
  void setData(const QString& text);  ///< "10 frames · 5.06 Mpx"
  /// "= exact", "≈ estimated", "6 of 10 frames"; empty: no numbers.
  void setState(const QString& text);
  void setCache(const QString& text);   ///< "cache 0.2 GB of 8"
  void setTiming(const QString& text);  ///< "slider 9 ms"
  void setSentence(const QString& text);
  void setMessageCount(int count);
  [[nodiscard]] ProgressItem* progress() const { return m_progress; }
  [[nodiscard]] QString state() const;
  [[nodiscard]] QString data() const;

Q_SIGNALS:
  void messagesRequested();

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  QLabel* m_data = nullptr;
  QLabel* m_state = nullptr;
  QLabel* m_cache = nullptr;
  QLabel* m_timing = nullptr;
  QLabel* m_sentence = nullptr;
  ProgressItem* m_progress = nullptr;
  QToolButton* m_messages = nullptr;
};

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/session_model.h"

#include <QObject>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <optional>

namespace oodscope {

class Workspace;

/// The session as a file: opening and saving it, what a crash would leave, and the question before work is lost. Who
/// asks the user, and how, is handed in.
class SessionFile : public QObject {
  Q_OBJECT

public:
  enum class Answer { Save, Discard, Cancel };

  SessionFile(SessionModel& session, Workspace& workspace, QObject* parent = nullptr);

  /// What is asked before unsaved work goes; without a question it goes.
  void setQuestion(std::function<Answer()> ask) { m_ask = std::move(ask); }
  /// Where a session that is in no file is to be saved; empty: nowhere.
  void setPlace(std::function<std::optional<std::filesystem::path>()> place) { m_place = std::move(place); }
  /// How long after the latest change the session is put by for a start after a crash.
  void setAutosaveDelay(int ms) { m_timer.setInterval(ms); }

  /// Opens a session's file in place of all that is open. Nothing changes where it cannot be read or the user keeps
  /// what there is.
  void open(const std::filesystem::path& file);
  /// Opens a session that is in no file: what a crash left. It counts as unsaved.
  void restore(Session session);
  /// To its file, or where the user says.
  bool save();
  bool saveAs();
  bool saveTo(const std::filesystem::path& file);
  [[nodiscard]] const std::optional<std::filesystem::path>& file() const { return m_file; }

  /// Whether what is open may go: nothing is unsaved, it has been saved, or the user lets it go.
  [[nodiscard]] bool mayGo();
  /// The program ends in order: nothing is left for the next start.
  void finish();

Q_SIGNALS:
  void opened(const QString& file);
  void saved(const QString& file);
  void autosaved();
  void failed(const QString& text, const QString& file);
  /// The work goes on, but a crash would lose it.
  void autosaveFailed(const QString& text);

private:
  void load(Session session);
  void autosave();

  SessionModel& m_session;
  Workspace& m_workspace;
  std::optional<std::filesystem::path> m_file;
  std::function<Answer()> m_ask;
  std::function<std::optional<std::filesystem::path>()> m_place;
  QTimer m_timer;
};

}  // namespace oodscope

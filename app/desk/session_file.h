// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/autosave.h"
#include "app/desk/session_model.h"

#include <QObject>
#include <QTimer>

#include <filesystem>
#include <functional>
#include <optional>

namespace oodscope {

class Workspace;

/// The file by the name that sessions have: "my" becomes "my.oodscope", what ends in .oodscope or .json stays.
[[nodiscard]] std::filesystem::path withSessionEnding(std::filesystem::path file);
/// Why a session is not written over a file, a sentence; empty: it may be, or there is none. What ships with the
/// program and what somebody made read-only stay as they are, although a folder that can be written would let both be
/// replaced.
[[nodiscard]] QString whyNotOver(const std::filesystem::path& file);

/// The session as a file: opening and saving it, what a crash would leave, and the question before work is lost. Who
/// asks the user, and how, is handed in.
class SessionFile : public QObject {
  Q_OBJECT

public:
  enum class Answer { Save, Discard, Cancel };
  using Question = std::function<Answer(const UnsavedParts& parts)>;
  /// `why`: the reason that the session's own file is not written; empty where it has none.
  using Place = std::function<std::optional<std::filesystem::path>(const QString& why)>;

  SessionFile(SessionModel& session, Workspace& workspace, QObject* parent = nullptr);

  /// What is asked before unsaved work goes; without a question it goes.
  void setQuestion(Question ask) { m_ask = std::move(ask); }
  /// Where a session is to be saved that is in no file, or in one that is not written; empty: nowhere.
  void setPlace(Place place) { m_place = std::move(place); }
  /// How long after the latest change the session is put by for a start after a crash.
  void setAutosaveDelay(int ms) { m_timer.setInterval(ms); }
  /// Where that is from now on.
  void setAutosaveFolder(std::filesystem::path folder);
  /// A window that only makes a picture leaves nothing.
  void setAutosaving(bool on);
  [[nodiscard]] Autosave& autosaves() { return m_autosave; }

  /// Opens a session's file in place of all that is open. Nothing changes where it cannot be read or the user keeps
  /// what there is.
  void open(const std::filesystem::path& file);
  /// Opens what a window left, the newest of it, and puts it by as this window's own before its files go. It counts as
  /// unsaved. Nothing changes where nothing was left or the user keeps what there is.
  void restoreLeft();
  /// To its file, or where the user says.
  bool save();
  bool saveAs(const QString& why = {});
  bool saveTo(const std::filesystem::path& file);
  [[nodiscard]] const std::optional<std::filesystem::path>& file() const { return m_file; }
  /// What saving would put into a file that it is not in. Knobs and what is open count for a session that has a file of
  /// its own: without one nobody has said that they are to be kept.
  [[nodiscard]] UnsavedParts unsaved() const;

  /// Whether what is open may go: nothing is unsaved, it has been saved, or the user lets it go.
  [[nodiscard]] bool mayGo();
  /// The program ends in order: nothing is left for the next start.
  void finish();
  /// Puts the session by now, as it is done a while after each change.
  void autosave();

Q_SIGNALS:
  void opened(const QString& file);
  void saved(const QString& file);
  /// What a window left is open here.
  void restored();
  void autosaved();
  void failed(const QString& text, const QString& file);
  /// The work goes on, but a crash would lose it. Said once, and again when the reason is another.
  void autosaveFailed(const QString& text);

private:
  void load(Session session);

  SessionModel& m_session;
  Workspace& m_workspace;
  std::optional<std::filesystem::path> m_file;
  Question m_ask;
  Place m_place;
  Autosave m_autosave;
  QString m_autosaveFailure;
  bool m_isAutosaving = true;
  QTimer m_timer;
};

}  // namespace oodscope

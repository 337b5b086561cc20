// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/session_file.h"

#include "analysis/core/failure_text.h"
#include "app/desk/workspace.h"
#include "app/options/resource_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace oodscope {
namespace {

constexpr int kAutosaveMs = 2000;

namespace fs = std::filesystem;

QString textOf(const fs::path& file) { return QString::fromStdString(file.string()); }

/// Nothing of the user's would be missed.
bool isBlank(const Session& session) {
  return session.sets.empty() && session.models.empty() && session.scores.empty() && session.notes.empty() &&
         session.runs.empty() && session.grid.rows.empty();
}

/// Whether the program came with it.
bool isShipped(const fs::path& file) {
  std::error_code unknown;
  const fs::path folder = fs::weakly_canonical(resourceFile("demo"), unknown);
  const fs::path own = fs::weakly_canonical(file, unknown);
  return std::mismatch(folder.begin(), folder.end(), own.begin(), own.end()).first == folder.end();
}

}  // namespace

fs::path withSessionEnding(fs::path file) {
  std::string ending = file.extension().string();
  std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
  if (ending != ".oodscope" && ending != ".json") file += ".oodscope";
  return file;
}

QString whyNotOver(const fs::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return {};
  const QString name = textOf(file.filename());
  if (isShipped(file)) return SessionFile::tr("“%1” comes with the program and is not changed.").arg(name);
  constexpr mode_t kAnyWriter = S_IWUSR | S_IWGRP | S_IWOTH;
  if ((status.st_mode & kAnyWriter) == 0 || access(file.c_str(), W_OK) != 0)
    return SessionFile::tr("“%1” is read-only.").arg(name);
  return {};
}

SessionFile::SessionFile(SessionModel& session, Workspace& workspace, QObject* parent)
    : QObject(parent), m_session(session), m_workspace(workspace) {
  m_timer.setInterval(kAutosaveMs);
  m_timer.setSingleShot(true);
  connect(&m_timer, &QTimer::timeout, this, &SessionFile::autosave);
  connect(&m_session, &SessionModel::changed, this, [this] {
    if (m_isAutosaving) m_timer.start();
  });
}

void SessionFile::setAutosaveFolder(fs::path folder) {
  m_autosave.setFolder(std::move(folder));
  m_autosaveFailure.clear();
}

void SessionFile::setAutosaving(bool on) {
  m_isAutosaving = on;
  if (!on) m_timer.stop();
}

void SessionFile::open(const fs::path& file) {
  if (!mayGo()) return;
  try {
    Session session = readSession(file);
    m_file = file;
    load(std::move(session));
    Q_EMIT opened(textOf(file));
  } catch (const std::exception& failure) {
    Q_EMIT failed(QString::fromStdString(failureText(failure)), textOf(file));
  }
}

void SessionFile::restoreLeft() {
  const std::optional<LeftWork> left = m_autosave.left();
  if (!left || !mayGo()) return;
  m_file = left->file;
  load(left->session);
  m_session.markUnsaved();
  // Killed right now, this window would leave the same again: only then may the other's go.
  try {
    m_autosave.write(m_session.session(), m_file);
    m_autosave.dropLeft();
  } catch (const std::exception&) {
    m_timer.start();  // says why
  }
  Q_EMIT restored();
}

void SessionFile::load(Session session) {
  m_workspace.closeAll();
  m_session.load(std::move(session));
  m_workspace.openAll();
}

bool SessionFile::save() {
  const QString why = m_file ? whyNotOver(*m_file) : QString();
  return m_file && why.isEmpty() ? saveTo(*m_file) : saveAs(why);
}

bool SessionFile::saveAs(const QString& why) {
  const auto file = m_place ? m_place(why) : std::nullopt;
  return file && saveTo(*file);
}

bool SessionFile::saveTo(const fs::path& file) {
  if (const QString why = whyNotOver(file); !why.isEmpty()) {
    Q_EMIT failed(why, textOf(file));
    return false;
  }
  try {
    writeSession(m_session.session(), file);
  } catch (const std::exception& failure) {
    Q_EMIT failed(QString::fromStdString(failureText(failure)), textOf(file));
    return false;
  }
  m_file = file;
  m_session.markSaved();
  Q_EMIT saved(textOf(file));
  return true;
}

UnsavedParts SessionFile::unsaved() const {
  UnsavedParts parts = m_session.unsaved();
  if (!m_file || !whyNotOver(*m_file).isEmpty()) parts.items = parts.knobs = false;
  return parts;
}

bool SessionFile::mayGo() {
  const UnsavedParts parts = unsaved();
  if (!parts.any() || !m_ask) return true;
  switch (m_ask(parts)) {
    case Answer::Save:
      return save();
    case Answer::Discard:
      return true;
    case Answer::Cancel:
      return false;
  }
  return false;
}

void SessionFile::finish() {
  m_timer.stop();
  m_autosave.remove();
  m_autosave.putLeftBack();
}

void SessionFile::autosave() {
  if (m_workspace.isOpening()) {  // what is only half open must not replace what was whole
    m_timer.start();
    return;
  }
  try {
    if (isBlank(m_session.session())) {
      m_autosave.remove();
      m_autosave.begin();  // says so where nothing can be kept
    } else {
      m_autosave.write(m_session.session(), m_file);
    }
    m_autosaveFailure.clear();
    Q_EMIT autosaved();
  } catch (const std::exception& failure) {
    const QString text = QString::fromStdString(failureText(failure));
    if (std::exchange(m_autosaveFailure, text) != text) Q_EMIT autosaveFailed(text);
  }
}

}  // namespace oodscope

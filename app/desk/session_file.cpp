// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/session_file.h"

#include "analysis/core/failure_text.h"
#include "app/desk/autosave.h"
#include "app/desk/workspace.h"

namespace oodscope {
namespace {

constexpr int kAutosaveMs = 2000;

QString textOf(const std::filesystem::path& file) { return QString::fromStdString(file.string()); }

}  // namespace

SessionFile::SessionFile(SessionModel& session, Workspace& workspace, QObject* parent)
    : QObject(parent), m_session(session), m_workspace(workspace) {
  m_timer.setInterval(kAutosaveMs);
  m_timer.setSingleShot(true);
  connect(&m_timer, &QTimer::timeout, this, &SessionFile::autosave);
  connect(&m_session, &SessionModel::changed, &m_timer, qOverload<>(&QTimer::start));
}

void SessionFile::open(const std::filesystem::path& file) {
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

void SessionFile::restore(Session session) {
  load(std::move(session));
  m_session.markUnsaved();
}

void SessionFile::load(Session session) {
  m_workspace.closeAll();
  m_session.load(std::move(session));
  m_workspace.openAll();
}

bool SessionFile::save() { return m_file ? saveTo(*m_file) : saveAs(); }

bool SessionFile::saveAs() {
  const auto file = m_place ? m_place() : std::nullopt;
  return file && saveTo(*file);
}

bool SessionFile::saveTo(const std::filesystem::path& file) {
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

bool SessionFile::mayGo() {
  if (!m_session.hasUnsavedWork() || !m_ask) return true;
  switch (m_ask()) {
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
  markCleanExit();
}

void SessionFile::autosave() {
  if (m_workspace.isOpening()) {  // what is only half open must not replace what was whole
    m_timer.start();
    return;
  }
  try {
    writeAutosave(m_session.session());
    Q_EMIT autosaved();
  } catch (const std::exception& failure) {
    Q_EMIT autosaveFailed(QString::fromStdString(failureText(failure)));
  }
}

}  // namespace oodscope

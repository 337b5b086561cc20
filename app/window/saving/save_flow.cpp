// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/saving/save_flow.h"

#include "app/desk/desk.h"
#include "app/window/notices.h"
#include "app/window/saving/unsaved_dialog.h"
#include "app/window/settings.h"
#include "app/window/window_actions.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>

namespace oodscope {
namespace {

constexpr int kTitleMs = 100;  // a drag changes a hundred times what the title says once

bool isDemoSession(const std::filesystem::path& file) {
  const auto demo = demoSession();
  std::error_code unknown;
  return demo && std::filesystem::equivalent(*demo, file, unknown);
}

}  // namespace

SaveFlow::SaveFlow(Desk& desk, Notices& notices, WindowActions& actions, QWidget& window)
    : QObject(&window), m_desk(desk), m_notices(notices), m_window(window) {
  SessionFile& file = m_desk.file;
  file.setPlace([this](const QString& why) { return askWhere(why); });
  file.setQuestion([this](const UnsavedParts& parts) { return askAbout(parts); });
  connect(actions.save, &QAction::triggered, this, [this] { m_desk.file.save(); });
  connect(actions.saveAs, &QAction::triggered, this, [this] { m_desk.file.saveAs(); });
  m_titleDue.setSingleShot(true);
  m_titleDue.setInterval(kTitleMs);
  connect(&m_titleDue, &QTimer::timeout, this, &SaveFlow::showTitle);
  connect(&m_desk.session, &SessionModel::changed, &m_titleDue, [this] {
    if (!m_titleDue.isActive()) m_titleDue.start();
  });
  connect(&file, &SessionFile::opened, this, [this](const QString& path) {
    m_shownFile = path;
    showTitle();
    Q_EMIT fileUsed(path);
  });
  connect(&file, &SessionFile::restored, this, &SaveFlow::showTitle);
  connect(&file, &SessionFile::saved, this, &SaveFlow::tellSaved);
  connect(&file, &SessionFile::failed, this, [this](const QString& text, const QString& path) {
    m_notices.tell(Severity::Error, text, path, Concern::Saving);
  });
}

QString SaveFlow::sessionName() const {
  const auto& file = m_desk.file.file();
  if (file) return isDemoSession(*file) ? tr("Demo") : QString::fromStdString(file->stem().string());
  return m_desk.file.unsaved().any() ? tr("Unsaved session") : QString();
}

void SaveFlow::showTitle() {
  const QString name = sessionName();
  m_window.setWindowTitle(name.isEmpty() ? tr("Oodscope") : tr("%1[*] – Oodscope").arg(name));
  m_window.setWindowModified(m_desk.file.unsaved().any());
}

void SaveFlow::tellSaved(const QString& file) {
  showTitle();
  m_notices.succeed(Concern::Saving, tr("The session is saved."), file);
  m_shownFile = file;
  Q_EMIT fileUsed(file);
  Q_EMIT saved(file);
}

SessionFile::Answer SaveFlow::askAbout(const UnsavedParts& parts) {
  const auto& file = m_desk.file.file();
  const bool isWritten = file && whyNotOver(*file).isEmpty();
  const QString name = sessionName();
  UnsavedDialog dialog(parts, name.isEmpty() ? tr("Unsaved session") : name,
                       isWritten ? QString::fromStdString(file->string()) : QString(), &m_window);
  dialog.exec();
  return dialog.answer();
}

std::optional<std::filesystem::path> SaveFlow::askWhere(const QString& why) {
  const auto& file = m_desk.file.file();
  const QString name =
      file ? QString::fromStdString(withSessionEnding(file->stem()).string()) : QStringLiteral("session.oodscope");
  // Beside its own file, unless that is where nothing is written.
  const QString folder = file && why.isEmpty() ? QString::fromStdString(file->parent_path().string()) : lastFolder();
  if (!why.isEmpty()) m_notices.note(tr("%1 Choose another place for the session.").arg(why));
  QFileDialog dialog(&m_window, why.isEmpty() ? tr("Save session") : tr("Save session: %1").arg(why), folder,
                     tr("Sessions (*.oodscope *.json);;All files (*)"));
  dialog.setObjectName(QStringLiteral("save-session"));
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setFileMode(QFileDialog::AnyFile);
  dialog.setDefaultSuffix(QStringLiteral("oodscope"));
  dialog.selectFile(name);
  while (dialog.exec() == QDialog::Accepted && !dialog.selectedFiles().isEmpty()) {
    const std::filesystem::path asked = dialog.selectedFiles().front().toStdString();
    const std::filesystem::path chosen = withSessionEnding(asked);
    // The dialog has asked about the name as it was typed.
    const QString text = QString::fromStdString(chosen.string());
    if (chosen != asked && QFileInfo::exists(text) &&
        QMessageBox::question(&m_window, tr("Save session"), tr("Replace %1?").arg(text)) != QMessageBox::Yes)
      continue;
    rememberFolder(text);
    return chosen;
  }
  return std::nullopt;
}

}  // namespace oodscope

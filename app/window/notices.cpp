// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/notices.h"

#include "app/window/helper_programs.h"
#include "widgets/panels/messages_panel.h"

#include <QApplication>
#include <QDateTime>
#include <QDialog>
#include <QFileInfo>
#include <QMessageBox>

namespace oodscope {
namespace {

/// The dialog that the user is at; nullptr where it is the window. What says an error itself is none.
QWidget* dialogAtHand() {
  QWidget* active = QApplication::activeModalWidget();
  if (active == nullptr) active = QApplication::activeWindow();
  return qobject_cast<QDialog*>(active) != nullptr && qobject_cast<QMessageBox*>(active) == nullptr ? active : nullptr;
}

/// The file with the folder that holds it: names alone are shared by many.
QString nameOfFile(const QString& file) {
  const QFileInfo info(file);
  const QString folder = QFileInfo(info.absolutePath()).fileName();
  return file.isEmpty() ? QString() : folder.isEmpty() ? info.fileName() : folder + QLatin1Char('/') + info.fileName();
}

void tellAbove(QWidget& dialog, const QString& text, const QString& file) {
  auto* box = new QMessageBox(QMessageBox::Critical, dialog.windowTitle(), text, QMessageBox::Ok, &dialog);
  box->setObjectName(QStringLiteral("error"));
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setTextInteractionFlags(Qt::TextSelectableByMouse);
  box->setInformativeText(file);
  box->open();
}

}  // namespace

Notices::Notices(Banner& banner, MessagesPanel& messages, QObject* parent)
    : QObject(parent), m_banner(banner), m_messages(messages) {
  m_banner.hide();
  connect(&m_banner, &Banner::closed, this, [this] {
    forgive();
    m_banner.hide();
  });
  connect(&m_banner, &Banner::actionTriggered, this, &Notices::act);
  connect(&m_messages, &MessagesPanel::fileActivated, this, &Notices::showFile);
}

void Notices::show(const BannerView& view, const QString& file) {
  m_file = file;
  m_banner.setView(view);
  m_banner.show();
}

void Notices::tell(Severity severity, const QString& text, const QString& file, Concern concern) {
  m_messages.add({QDateTime::currentDateTime(), severity, text, file});
  if (severity == Severity::Info) return;
  m_isWarned = true;
  m_concern = concern;
  const bool isNamed = file.isEmpty() || text.contains(QFileInfo(file).fileName());
  show({severity, isNamed ? QString() : nameOfFile(file), text, tr("Messages")}, {});
  if (severity != Severity::Error) return;
  if (QWidget* dialog = dialogAtHand()) tellAbove(*dialog, text, file);
}

void Notices::succeed(Concern concern, const QString& text, const QString& file) {
  m_messages.add({QDateTime::currentDateTime(), Severity::Info, text, file});
  resolve(concern);
  if (m_isWarned) return;
  show({Severity::Info, nameOfFile(file), text, file.isEmpty() ? tr("Messages") : tr("Show")}, file);
}

void Notices::resolve(Concern concern) {
  if (!m_isWarned || m_concern != concern || concern == Concern::Other) return;
  forgive();
  m_banner.hide();
}

void Notices::announce(const QString& about, const QString& text) {
  if (!m_isWarned) show({Severity::Info, about, text, about.isEmpty() ? tr("Messages") : tr("Details")}, {});
  m_banner.show();
}

void Notices::note(const QString& text) {
  tell(Severity::Info, text);
  if (!m_isWarned) announce(QString(), text);
}

void Notices::act() {
  if (m_file.isEmpty())
    Q_EMIT messagesRequested();
  else
    showFile(m_file);
}

void Notices::showFile(const QString& file) {
  openOutside(documentOrFolder(file), this, [this, file](const QString& why) { tell(Severity::Warning, why, file); });
}

}  // namespace oodscope

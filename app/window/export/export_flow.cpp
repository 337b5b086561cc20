// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/export_flow.h"

#include "analysis/core/error.h"
#include "app/desk/desk.h"
#include "app/figures/figure_writer.h"
#include "app/window/export/window_results.h"
#include "app/window/notices.h"
#include "app/window/settings.h"
#include "app/window/window_actions.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QProcess>
#include <QTemporaryDir>

namespace oodscope {

ExportFlow::ExportFlow(Desk& desk, Notices& notices, WindowActions& actions, PartInView partInView, QWidget& window)
    : QObject(&window), m_desk(desk), m_notices(notices), m_partInView(std::move(partInView)), m_window(window) {
  const auto on = [this](QAction* action, auto function) { connect(action, &QAction::triggered, this, function); };
  on(actions.exportFigure, [this] { open(ExportDialog::FigurePage); });
  on(actions.exportTable, [this] { open(ExportDialog::TablePage); });
  on(actions.makeReport, [this] { open(ExportDialog::ReportPage); });
  on(actions.savePicture, [this] { savePicture(); });
}

void ExportFlow::open(ExportDialog::Page page) {
  std::stop_source stop;
  auto results = windowResults(m_desk.workspace, m_desk.session.session(), stop.get_token());
  if (!results) {
    m_notices.tell(Severity::Warning, tr("Nothing to export yet: open a set and a model, and wait for a frame."));
    return;
  }
  auto* dialog = new ExportDialog(std::move(results), std::move(stop), m_desk.workspace.options().threads,
                                  &m_window);  // deletes itself
  connect(dialog, &ExportDialog::failed, this,
          [this](const QString& text) { m_notices.tell(Severity::Error, text, QString(), Concern::Export); });
  connect(dialog, &ExportDialog::exported, this, [this](const QString& file, bool hasData) {
    m_notices.succeed(Concern::Export, hasData ? tr("Exported, with its data beside it.") : tr("Exported."), file);
  });
  connect(dialog, &ExportDialog::reportRequested, this, &ExportFlow::makeReport);
  connect(dialog, &ExportDialog::gridEdited, &m_desk.session, &SessionModel::setGrid);
  connect(dialog, &ExportDialog::lookEdited, &m_desk.session, &SessionModel::setFigureLook);
  connect(dialog, &ExportDialog::overlayEdited, this,
          [this](const RunChoice& run, bool on) { m_desk.session.edit(edits::setOverlaid({run}, on)); });
  dialog->setPartInView(m_partInView);
  dialog->showPage(page);
  dialog->show();
}

QStringList ExportFlow::reportArguments(const QString& session, const QString& folder) const {
  QStringList arguments{QStringLiteral("report"), session, QStringLiteral("--output"), folder};
  const WorkOptions& work = m_desk.workspace.options();
  if (!work.store.folder.empty())
    arguments << QStringLiteral("--cache-dir") << QString::fromStdString(work.store.folder.string());
  // The report scores what the window scores.
  arguments << QStringLiteral("--precision")
            << (work.store.precision == StorePrecision::Single ? QStringLiteral("single") : QStringLiteral("half"));
  if (work.threads > 0) arguments << QStringLiteral("--threads") << QString::number(work.threads);
  return arguments;
}

void ExportFlow::makeReport(const QString& folder) {
  // A process of its own: the report is the command line's to the byte, and the window stays quick.
  const auto scratch = std::make_shared<QTemporaryDir>();
  const auto& file = m_desk.file.file();  // whose name the report bears
  const QString name = file ? QString::fromStdString(file->stem().string()) : QStringLiteral("session");
  const QString session = scratch->filePath(name + QStringLiteral(".json"));
  try {
    writeSession(m_desk.session.session(), session.toStdString());
  } catch (const std::exception& error) {
    m_notices.tell(Severity::Error, QString::fromUtf8(error.what()), session, Concern::Report);
    return;
  }
  auto* process = new QProcess(this);
  connect(process, &QProcess::finished, this, [this, process, scratch, folder](int code) {
    reportEnded(code, QString::fromLocal8Bit(process->readAllStandardError()).trimmed(), folder);
    process->deleteLater();
  });
  connect(process, &QProcess::errorOccurred, this, [this, process, scratch, folder](QProcess::ProcessError error) {
    if (error != QProcess::FailedToStart) return;  // any other ends it, and is said then
    reportEnded(-1, process->errorString(), folder);
    process->deleteLater();
  });
  m_notices.note(tr("The report is being made in %1; the window stays usable.").arg(folder));
  process->start(QCoreApplication::applicationFilePath(), reportArguments(session, folder));
}

void ExportFlow::reportEnded(int code, const QString& said, const QString& folder) {
  if (code == 0)
    m_notices.succeed(Concern::Report, tr("The report is made."), folder + QStringLiteral("/report.html"));
  else if (code == 1)
    m_notices.tell(Severity::Warning, tr("The report is made, with parts missing: %1").arg(said), folder,
                   Concern::Report);
  else
    m_notices.tell(Severity::Error, tr("The report could not be made: %1").arg(said), folder, Concern::Report);
}

void ExportFlow::savePicture() {
  const QString file = QFileDialog::getSaveFileName(&m_window, tr("Save the window's picture"),
                                                    lastFolder() + QStringLiteral("/oodscope.png"), tr("PNG (*.png)"));
  if (file.isEmpty()) return;
  try {
    writePicture(m_window.grab().toImage(), file);
    m_notices.succeed(Concern::Export, tr("The window's picture is saved."), file);
  } catch (const Error& error) {
    m_notices.tell(Severity::Error, QString::fromUtf8(error.what()), file, Concern::Export);
  }
}

}  // namespace oodscope

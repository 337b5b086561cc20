// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/export_dialog.h"
#include "app/window/export/window_results.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/main_window.h"
#include "app/window/scene3d/scene_tab.h"
#include "widgets/views/view_grid.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTabWidget>
#include <QTemporaryDir>

namespace oodscope {

void MainWindow::connectDocuments() {
  connect(m_actions->exportFigure, &QAction::triggered, this, [this] { exportDocuments(ExportDialog::FigurePage); });
  connect(m_actions->exportTable, &QAction::triggered, this, [this] { exportDocuments(ExportDialog::TablePage); });
  connect(m_actions->makeReport, &QAction::triggered, this, [this] { exportDocuments(ExportDialog::ReportPage); });
}

void MainWindow::exportDocuments(int page) {
  std::stop_source stop;
  auto results = windowResults(m_workspace, m_session.session(), stop.get_token());
  if (!results) {
    tell(Severity::Warning, tr("Nothing to export yet: open a set and a model, and wait for a frame."), QString());
    return;
  }
  auto* dialog =
      new ExportDialog(std::move(results), std::move(stop), m_workspace.options().threads, this);  // deletes itself
  connect(dialog, &ExportDialog::failed, this, [this](const QString& text) { tell(Severity::Error, text, QString()); });
  connect(dialog, &ExportDialog::exported, this,
          [this](const QString& file) { tell(Severity::Info, tr("Exported, with its data beside it."), file); });
  connect(dialog, &ExportDialog::reportRequested, this, &MainWindow::makeReportIn);
  connect(dialog, &ExportDialog::gridEdited, this, [this](const GridRecipe& grid) { m_session.setGrid(grid); });
  dialog->setPartInView([this](const GridRecipe::Row& row) { return partInView(row.set, row.frame); });
  dialog->showPage(static_cast<ExportDialog::Page>(page));
  dialog->show();
}

std::optional<FrameRectangle> MainWindow::partInView(const std::string& set, const std::string& frame) const {
  const auto& picture = m_controller.picture();
  const ViewState& view = m_session.view();
  if (!picture || !picture->decoded.image || view.set != set || view.frame != frame || m_views->count() == 0)
    return std::nullopt;
  const ImageView& shown = *m_views->view(0);
  const Size size = picture->decoded.image->size();
  const QRectF whole(0, 0, size.width, size.height);
  const QRect part = QRectF(shown.pictureAt({0, 0}), shown.pictureAt(QPointF(shown.width(), shown.height())))
                         .intersected(whole)
                         .toAlignedRect();
  if (part.isEmpty() || QRectF(part) == whole) return std::nullopt;
  return FrameRectangle{part.x(), part.y(), part.width(), part.height()};
}

void MainWindow::makeReportIn(const QString& folder) {
  // A process of its own: the report is the command line's to the byte, and the window stays quick.
  const auto scratch = std::make_shared<QTemporaryDir>();
  const QString session = scratch->filePath(QStringLiteral("session.json"));
  try {
    writeSession(m_session.session(), session.toStdString());
  } catch (const std::exception& error) {
    tell(Severity::Error, QString::fromUtf8(error.what()), session);
    return;
  }
  auto* process = new QProcess(this);
  connect(process, &QProcess::finished, this, [this, process, scratch, folder](int code) {
    const QString said = QString::fromLocal8Bit(process->readAllStandardError()).trimmed();
    if (code == 0)
      tell(Severity::Info, tr("The report is made."), folder);
    else
      tell(code == 1 ? Severity::Warning : Severity::Error,
           (code == 1 ? tr("The report is made, with parts missing: %1") : tr("The report could not be made: %1"))
               .arg(said),
           folder);
    process->deleteLater();
  });
  QStringList arguments{QStringLiteral("report"), session, QStringLiteral("--output"), folder};
  const WorkOptions& work = m_workspace.options();
  if (!work.store.folder.empty())
    arguments << QStringLiteral("--cache-dir") << QString::fromStdString(work.store.folder.string());
  // The report scores what the window scores.
  arguments << QStringLiteral("--precision")
            << (work.store.precision == StorePrecision::Single ? QStringLiteral("single") : QStringLiteral("half"));
  if (work.threads > 0) arguments << QStringLiteral("--threads") << QString::number(work.threads);
  tell(Severity::Info, tr("The report is being made."), folder);
  process->start(QCoreApplication::applicationFilePath(), arguments);
}

void MainWindow::connectScene() {
  connect(m_scene, &SceneTab::pixelPicked, this, [this](QPointF at) {
    m_cursor = at;
    m_views->setCrosshair(at);
    showCursor();
  });
  connect(m_scene, &SceneTab::operatingPointEdited, this, [this](double temperature, double threshold) {
    m_session.drag(edits::setOperatingPoint(temperature, threshold));
  });
  connect(m_scene, &SceneTab::operatingPointSettled, &m_session, &SessionModel::endDrag);
  connect(m_scene, &SceneTab::methodPicked, this,
          [this](Method method, double temperature) { m_session.edit(edits::setMethodAt(method, temperature)); });
  connect(m_scene, &SceneTab::becameVisible, this, [this] { showScene(false); });
  connect(m_scene, &SceneTab::failed, this, [this](const QString& text) { tell(Severity::Error, text, QString()); });
  connect(&m_controller, &LiveController::pictureChanged, this, [this] { showScene(m_session.isDragging()); });
  connect(&m_controller, &LiveController::numbersChanged, this, [this] { showScene(m_session.isDragging()); });
  connect(&m_controller, &LiveController::detailsChanged, this, [this] { showScene(m_session.isDragging()); });
  connect(m_failures, &FailureDesk::settledChanged, this, [this] { m_scene->setStudy(m_failures->study()); });
  connect(&m_controller, &LiveController::thresholdChanged, this,
          [this](std::optional<float> threshold) { m_scene->setThreshold(threshold); });
}

void MainWindow::showScene(bool dragging) {
  if (m_scene == nullptr || !m_scene->isVisible()) return;
  const ViewState& view = m_session.view();
  const auto& picture = m_controller.picture();
  m_scene->setPicture(picture);
  if (picture && picture->scores) {
    const ScaleLimits limits = scaleLimits(view, *picture->scores, picture->ordered, m_controller.scales());
    m_scene->setScale(limits.low, limits.high, colourMapFromName(QString::fromStdString(view.colourMap)),
                      view.colourMapReversed);
  }
  m_scene->setThreshold(m_controller.threshold());
  m_scene->setStudy(m_failures->study());
  m_scene->setRun(m_controller.liveSet(), view, dragging);
}

}  // namespace oodscope

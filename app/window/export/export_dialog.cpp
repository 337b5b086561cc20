// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/export_dialog.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/tables/table_writers.h"
#include "app/figures/figure_writer.h"
#include "app/figures/picture_plans.h"
#include "app/figures/plot_data.h"
#include "app/window/helper_programs.h"
#include "app/window/settings.h"
#include "widgets/controls/decimal_box.h"
#include "widgets/theme/utf8_text.h"

#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QFontDatabase>
#include <QFormLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kRenderAfterMs = 150;    // a typed number is followed once the hand rests
constexpr const char* kGrid = "grid";  // the figure that has an editor
constexpr int kEditorHeight = 210, kRunsHeight = 96;

QDoubleSpinBox* inches(double value, const QString& name) {
  auto* box = new DecimalBox;
  box->setRange(0.0, 48.0);
  box->setDecimals(3);
  box->setSingleStep(0.25);
  box->setSuffix(QStringLiteral(" in"));
  box->setValue(value);
  box->setAccessibleName(name);
  return box;
}

}  // namespace

ExportDialog::ExportDialog(std::shared_ptr<SessionResults> results, std::stop_source stop, int threads, QWidget* parent)
    : QDialog(parent),
      m_results(std::move(results)),
      m_stop(std::move(stop)),
      m_threads(threads),
      m_figureJob(
          this, JobPriority::Exact,
          [this](const FigureRequest& request, const std::stop_token&) {
            if (request.name != kGrid) return PlannedFigure{planFigure(*m_results, request.name, request.hidden), {}};
            GridRecipe complete = completeGrid(*m_results, request.grid);
            return PlannedFigure{planGrid(*m_results, complete), std::move(complete)};
          },
          [this](const FigureRequest& request, const Outcome<PlannedFigure>& outcome) {
            if (request.name != chosenFigure()) return;
            // What the user edits stays as it is; what was left open is filled in once.
            if (outcome.hasValue() && outcome.value().grid && m_grid.rows.empty()) {
              m_grid = *outcome.value().grid;
              m_gridEditor->setRecipe(m_grid);
            }
            m_figure.reset();
            m_image = QImage();
            try {
              if (outcome.isFailure()) throw Error(outcome.failure(), {});
              if (outcome.hasValue()) m_figure = outcome.value().plan();
              if (m_figure) {
                m_figure->setLook(m_look->look());
                m_look->setParts(m_figure->parts());
              }
              renderPreview();
            } catch (const std::exception& error) {
              m_picture->setPixmap(QPixmap());
              m_picture->setText(QString::fromUtf8(error.what()));
              m_facts->clear();
            }
            m_save->setEnabled(m_figure != nullptr);
            m_copy->setEnabled(m_figure != nullptr);
          }),
      m_tableJob(
          this, JobPriority::Background,
          [this](const int&, const std::stop_token&) {
            return makeReportTables(*m_results, provenanceOf(*m_results, m_threads), [](const Progress&) {});
          },
          [this](const int&, const Outcome<ReportTables>& outcome) {
            if (outcome.isFailure()) m_text->setPlainText(QString::fromStdString(outcome.failure()));
            if (outcome.hasValue()) m_tables = outcome.value();
            showTable();
          }) {
  setWindowTitle(tr("Export"));
  setAttribute(Qt::WA_DeleteOnClose);
  m_pages = new QTabWidget;
  m_pages->setDocumentMode(true);
  m_pages->addTab(figurePage(), tr("Figure"));
  m_pages->addTab(tablePage(), tr("Table"));
  m_pages->addTab(reportPage(), tr("Report"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(m_pages);
  column->addWidget(makeConfirmation());
  connect(m_pages, &QTabWidget::currentChanged, this, [this] { showTable(); });
  m_render.setSingleShot(true);
  m_render.setInterval(kRenderAfterMs);
  connect(&m_render, &QTimer::timeout, this, &ExportDialog::renderPreview);
  resize(1080, 720);
  applyPreset(0);
  m_list->setCurrentRow(0);
}

ExportDialog::~ExportDialog() { m_stop.request_stop(); }

QWidget* ExportDialog::figurePage() {
  auto* page = new QWidget;
  auto* row = new QHBoxLayout(page);
  auto* left = new QVBoxLayout;
  makeFigureList();
  left->addWidget(m_filter);
  left->addWidget(m_list, 1);
  makeRunList();
  left->addWidget(m_runsLabel);
  left->addWidget(m_runs);
  left->addLayout(makeFigureForm());
  left->addLayout(makeFigureButtons());
  row->addLayout(left, 2);
  row->addLayout(makePreview(), 5);
  applyPreset(0);
  return page;
}

void ExportDialog::makeFigureList() {
  m_filter = new QLineEdit;
  m_filter->setPlaceholderText(tr("Filter figures"));
  m_filter->setClearButtonEnabled(true);
  m_filter->setAccessibleName(tr("Filter figures"));
  m_list = new QListWidget;
  m_list->setAccessibleName(tr("Figures"));
  for (const FigureName& figure : figureNames(*m_results)) {
    auto* item = new QListWidgetItem(figure.title, m_list);
    item->setData(Qt::UserRole, QString::fromStdString(figure.name));
    item->setToolTip(QString::fromStdString(figure.name));
  }
  connect(m_list, &QListWidget::currentRowChanged, this, [this] { planChosen(); });
  connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
    for (int i = 0; i < m_list->count(); ++i)
      m_list->item(i)->setHidden(!m_list->item(i)->text().contains(text, Qt::CaseInsensitive));
  });
}

void ExportDialog::makeRunList() {
  const Session& session = m_results->session();
  m_hidden = session.view.hiddenRuns;
  m_runs = new QListWidget;
  m_runs->setAccessibleName(tr("Kept runs in the figure"));
  m_runs->setMaximumHeight(kRunsHeight);
  m_runsLabel = new QLabel(tr("Kept runs drawn beside the run in view"));
  m_runsLabel->setBuddy(m_runs);
  for (const RunChoice& run : session.runs) {
    auto* item = new QListWidgetItem(QStringLiteral("%1 · %2 · %3")
                                         .arg(configurationTitle(configurationOf(run.score)),
                                              qs(run.score.imported.value_or(run.model)), qs(run.set)),
                                     m_runs);
    const QString why = whyNotDrawn(*m_results, run);
    item->setFlags(why.isEmpty() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable
                                 : Qt::NoItemFlags);
    item->setCheckState(why.isEmpty() && isOverlaid(session.view, run) ? Qt::Checked : Qt::Unchecked);
    item->setToolTip(why.isEmpty() ? tr("Drawn in plots of %1").arg(qs(run.set)) : tr("Not drawn: %1").arg(why));
  }
  for (QWidget* part : {static_cast<QWidget*>(m_runsLabel), static_cast<QWidget*>(m_runs)})
    part->setVisible(!session.runs.empty());
  connect(m_runs, &QListWidget::itemChanged, this, [this](const QListWidgetItem* item) { editRun(m_runs->row(item)); });
}

void ExportDialog::editRun(int row) {
  const std::vector<RunChoice>& runs = m_results->session().runs;
  if (row < 0 || row >= static_cast<int>(runs.size())) return;
  const RunChoice& run = runs[static_cast<std::size_t>(row)];
  const bool on = m_runs->item(row)->checkState() == Qt::Checked;
  std::erase(m_hidden, run);
  if (!on) m_hidden.push_back(run);
  Q_EMIT overlayEdited(run, on);
  planChosen();
}

QLayout* ExportDialog::makeFigureForm() {
  auto* form = new QFormLayout;
  m_preset = new QComboBox;
  m_preset->setAccessibleName(tr("Size"));
  for (const FigurePreset& preset : figurePresets()) m_preset->addItem(preset.title, preset.name);
  m_preset->addItem(tr("Free"));
  m_width = inches(3.5, tr("Width"));
  m_width->setMinimum(0.5);
  m_height = inches(0.0, tr("Height"));
  m_height->setSpecialValueText(tr("by the figure"));
  m_font = new DecimalBox;
  m_font->setRange(3.0, 48.0);
  m_font->setSuffix(tr(" pt"));
  m_font->setAccessibleName(tr("Font size as printed"));
  m_dpi = new QSpinBox;
  m_dpi->setLocale(QLocale::c());
  m_dpi->setRange(72, 1200);
  m_dpi->setSingleStep(100);
  m_dpi->setValue(300);
  m_dpi->setSuffix(tr(" dpi"));
  m_dpi->setAccessibleName(tr("Resolution"));
  form->addRow(tr("Size"), m_preset);
  form->addRow(tr("Width"), m_width);
  form->addRow(tr("Height"), m_height);
  form->addRow(tr("Font"), m_font);
  form->addRow(tr("Resolution"), m_dpi);
  m_look = new FigureLookBox(m_results->session().figure);
  form->addRow(m_look);
  connect(m_look, &FigureLookBox::lookEdited, this, [this](const FigureLook& look) {
    if (m_figure) m_figure->setLook(look);
    Q_EMIT lookEdited(look);
    m_render.start();
  });
  connect(m_preset, &QComboBox::activated, this, &ExportDialog::applyPreset);
  for (QDoubleSpinBox* box : {m_width, m_height, m_font})
    connect(box, &QDoubleSpinBox::valueChanged, this, [this] {
      m_preset->setCurrentIndex(m_preset->count() - 1);
      m_render.start();
    });
  connect(m_dpi, &QSpinBox::valueChanged, this, [this] { m_render.start(); });
  return form;
}

QLayout* ExportDialog::makeFigureButtons() {
  m_save = new QPushButton(tr("Save…"));
  m_save->setDefault(true);
  m_copy = new QPushButton(tr("Copy"));
  connect(m_save, &QPushButton::clicked, this, &ExportDialog::saveFigure);
  connect(m_copy, &QPushButton::clicked, this, &ExportDialog::copyFigure);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(m_copy);
  buttons->addWidget(m_save);
  return buttons;
}

QLayout* ExportDialog::makePreview() {
  auto* right = new QVBoxLayout;
  m_picture = new QLabel;
  m_picture->setAlignment(Qt::AlignCenter);
  m_picture->setMinimumSize(320, 240);
  m_picture->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
  m_picture->setWordWrap(true);
  m_picture->setAccessibleName(tr("Preview"));
  m_facts = new QLabel;
  m_facts->setAlignment(Qt::AlignCenter);
  right->addWidget(m_picture, 1);
  right->addWidget(m_facts);
  m_gridEditor = new GridEditor(m_results);
  m_gridEditor->setMaximumHeight(kEditorHeight);
  m_gridEditor->hide();
  right->addWidget(m_gridEditor);
  m_grid = m_results->session().grid;
  if (!m_grid.rows.empty()) m_gridEditor->setRecipe(completeGrid(*m_results, m_grid));
  connect(m_gridEditor, &GridEditor::recipeEdited, this, [this] {
    m_grid = m_gridEditor->recipe();
    Q_EMIT gridEdited(m_grid);
    planChosen();
  });
  return right;
}

QWidget* ExportDialog::tablePage() {
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  auto* row = new QHBoxLayout;
  m_table = new QComboBox;
  m_table->setAccessibleName(tr("Table"));
  for (const ReportTableKind& kind : reportTableKinds()) m_table->addItem(tr(kind.title.data()), qs(kind.name));
  m_format = new QComboBox;
  m_format->setAccessibleName(tr("Format"));
  for (const TableWriter* writer : reportTableWriters()) m_format->addItem(tr(writer->title.data()), qs(writer->name));
  m_saveTable = new QPushButton(tr("Save…"));
  m_copyTable = new QPushButton(tr("Copy"));
  row->addWidget(m_table);
  row->addWidget(m_format);
  row->addStretch(1);
  row->addWidget(m_copyTable);
  row->addWidget(m_saveTable);
  m_text = new QPlainTextEdit;
  m_text->setReadOnly(true);
  m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
  m_text->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  m_text->setAccessibleName(tr("The table's file"));
  column->addLayout(row);
  column->addWidget(m_text, 1);
  connect(m_table, &QComboBox::currentIndexChanged, this, &ExportDialog::showTable);
  connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::showTable);
  connect(m_copyTable, &QPushButton::clicked, this,
          [this] { QGuiApplication::clipboard()->setText(m_text->toPlainText()); });
  connect(m_saveTable, &QPushButton::clicked, this, &ExportDialog::saveTable);
  return page;
}

QWidget* ExportDialog::reportPage() {
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  auto* text = new QLabel(
      tr("One HTML and one PDF file with configuration, provenance, tables, curves, qualitative grid and the worst "
         "failures of every open set, and each table as LaTeX, Markdown, CSV and JSON. Made in the background by "
         "oodscope report; a message says when it is there."));
  text->setWordWrap(true);
  auto* make = new QPushButton(tr("Make the report…"));
  column->addWidget(text);
  column->addWidget(make, 0, Qt::AlignLeft);
  column->addStretch(1);
  connect(make, &QPushButton::clicked, this, [this] {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("The report's folder"), lastFolder());
    if (folder.isEmpty()) return;
    Q_EMIT reportRequested(folder);
    close();
  });
  return page;
}

QWidget* ExportDialog::makeConfirmation() {
  auto* done = new QLabel;
  done->setTextFormat(Qt::RichText);
  done->setWordWrap(true);
  done->setMargin(8);
  done->setAccessibleName(tr("What was exported"));
  done->hide();
  connect(this, &ExportDialog::exported, done, [done](const QString& file, bool hasData) {
    done->setText((hasData ? tr("Exported, with its data beside it: %1") : tr("Exported: %1"))
                      .arg(QStringLiteral("<a href=\"%1\">%1</a>").arg(file.toHtmlEscaped())));
    done->show();
  });
  connect(done, &QLabel::linkActivated, this, [this](const QString& file) {
    openOutside(documentOrFolder(file), this, [this](const QString& why) { Q_EMIT failed(why); });
  });
  return done;
}

void ExportDialog::showPage(Page page) { m_pages->setCurrentIndex(page); }

void ExportDialog::chooseFigure(const QString& name) {
  for (int i = 0; i < m_list->count(); ++i)
    if (m_list->item(i)->data(Qt::UserRole).toString() == name) m_list->setCurrentRow(i);
}

std::string ExportDialog::chosenFigure() const {
  const QListWidgetItem* item = m_list->currentItem();
  return item == nullptr ? std::string() : item->data(Qt::UserRole).toString().toStdString();
}

FigureStyle ExportDialog::style() const {
  FigureStyle style;
  style.lineScale = m_lineScale;  // a free size keeps the lines of the preset it started from
  style.widthInches = m_width->value();
  if (m_height->value() > 0.0) style.heightInches = m_height->value();
  style.fontPoints = m_font->value();
  style.dpi = m_dpi->value();
  return style;
}

void ExportDialog::applyPreset(int index) {
  const auto style = figurePreset(m_preset->itemData(index).toString());
  if (!style) return;
  const QSignalBlocker width(m_width), height(m_height), font(m_font);
  m_width->setValue(style->widthInches);
  m_height->setValue(0.0);
  m_font->setValue(style->fontPoints);
  m_lineScale = style->lineScale;
  m_render.start();
}

void ExportDialog::planChosen() {
  const std::string name = chosenFigure();
  if (name.empty()) return;
  m_save->setEnabled(false);
  m_copy->setEnabled(false);
  m_facts->setText(tr("Gathering exact values…"));
  m_gridEditor->setVisible(name == kGrid);
  m_figureJob.request({name, m_grid, m_hidden});
}

void ExportDialog::renderPreview() {
  if (!m_figure) return;
  const FigureStyle wanted = style();
  m_image = figureImage(*m_figure, wanted);
  const QSizeF points = figureSize(*m_figure, wanted);
  m_facts->setText(tr("%1 × %2 in · %3 × %4 px at %5 dpi · %6")
                       .arg(points.width() / 72.0, 0, 'f', 2)
                       .arg(points.height() / 72.0, 0, 'f', 2)
                       .arg(m_image.width())
                       .arg(m_image.height())
                       .arg(wanted.dpi)
                       .arg(m_figure->caption()));
  showPreview();
}

void ExportDialog::showPreview() {
  if (m_image.isNull()) return;
  const double ratio = devicePixelRatioF();
  QPixmap shown =
      QPixmap::fromImage(m_image.scaled(m_picture->size() * ratio, Qt::KeepAspectRatio, Qt::SmoothTransformation));
  shown.setDevicePixelRatio(ratio);
  m_picture->setPixmap(shown);
}

void ExportDialog::resizeEvent(QResizeEvent* event) {
  QDialog::resizeEvent(event);
  showPreview();
}

void ExportDialog::saveFigure() {
  if (!m_figure) return;
  QString base = QString::fromStdString(chosenFigure());
  for (const char c : {':', '/', ' '}) base.replace(QLatin1Char(c), QLatin1Char('_'));
  QStringList filters;
  for (const FigureFormat& format : figureFormats()) filters << figureFilter(format);
  QString chosen;
  QString file = QFileDialog::getSaveFileName(
      this, tr("Save the figure"),
      lastFolder() + QLatin1Char('/') + base + QLatin1Char('.') + figureFormats().front().ending,
      filters.join(QStringLiteral(";;")), &chosen);
  if (file.isEmpty()) return;
  const auto index = std::max<qsizetype>(filters.indexOf(chosen), 0);
  if (QFileInfo(file).suffix().isEmpty())
    file += QLatin1Char('.') + figureFormats()[static_cast<std::size_t>(index)].ending;
  saveFigureTo(file);
}

void ExportDialog::saveFigureTo(const QString& file) {
  if (!m_figure) return;
  try {
    writeFigure(*m_figure, style(), file);
    Q_EMIT exported(file, true);
  } catch (const std::exception& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

void ExportDialog::copyFigure() {
  if (!m_figure) return;
  auto* copied = new QMimeData;  // the clipboard takes it
  copied->setImageData(m_image);
  copied->setData(QStringLiteral("image/svg+xml"), figureSvg(*m_figure, style()));
  QGuiApplication::clipboard()->setMimeData(copied);
}

void ExportDialog::showTable() {
  if (m_pages->currentIndex() != TablePage) return;
  for (QPushButton* button : {m_saveTable, m_copyTable}) {
    button->setEnabled(m_tables.has_value());
    button->setToolTip(m_tables ? QString()
                                : tr("There is no table before every method and temperature is evaluated."));
  }
  if (!m_tables) {
    if (!m_tablesAsked) m_text->setPlainText(tr("Evaluating every method and temperature exactly…"));
    if (!m_tablesAsked) m_tableJob.request(0);
    m_tablesAsked = true;
    return;
  }
  m_text->setPlainText(QString::fromStdString(chosenTable()));
}

std::string ExportDialog::chosenTable() const {
  const ReportTableKind& kind = reportTableKinds()[static_cast<std::size_t>(m_table->currentIndex())];
  return writeTable(kind.of(*m_tables), m_format->currentData().toString().toStdString());
}

void ExportDialog::saveTable() {
  if (!m_tables) return;
  const TableWriter& writer = *tableWriter(m_format->currentData().toString().toStdString());
  const QString ending = qs(writer.ending);
  const QString file = QFileDialog::getSaveFileName(
      this, tr("Save the table"),
      lastFolder() + QLatin1Char('/') + m_table->currentData().toString() + qs(writer.suffix) + ending,
      QLatin1Char('*') + ending);
  if (!file.isEmpty()) saveTableTo(file);
}

void ExportDialog::saveTableTo(const QString& file) {
  if (!m_tables) return;
  try {
    writeFileAtomically(file.toStdString(), chosenTable());
    Q_EMIT exported(file, false);
  } catch (const std::exception& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

}  // namespace oodscope

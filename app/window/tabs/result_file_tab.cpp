// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/result_file_tab.h"

#include "analysis/core/error.h"
#include "app/figures/figure_writer.h"
#include "app/figures/result_figure.h"
#include "app/window/settings.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"
#include "widgets/theme/utf8_text.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {
namespace {

enum ResultColumn { kGroup, kPlace, kMean, kRuns, kResultColumns };
constexpr double kScreenFont = 9.0;  // points

/// Whether a column holds numbers alone, so that it can be a metric.
bool holdsNumbers(const ResultFile& file, std::size_t column) {
  bool any = false;
  for (const auto& row : file.rows) {
    try {
      any |= numberIn(row[column], {}).has_value();
    } catch (const Error&) {
      return false;
    }
  }
  return any;
}

/// "loss=ce|fl+h" as a filter; empty text: none. Throws Error for other text.
std::optional<ResultQuery::Filter> resultFilterFrom(const QString& text) {
  if (text.trimmed().isEmpty()) return std::nullopt;
  const auto at = text.indexOf(QLatin1Char('='));
  if (at <= 0)
    throw Error(ErrorParts{.what = "the filter cannot be read",
                           .expected = "COLUMN=VALUE or COLUMN=VALUE|VALUE",
                           .found = text.toStdString()});
  ResultQuery::Filter out{text.left(at).trimmed().toStdString(), {}};
  for (const QString& value : text.mid(at + 1).split(QLatin1Char('|')))
    out.values.push_back(value.trimmed().toStdString());
  return out;
}

}  // namespace

void FigureCanvas::setFigure(std::unique_ptr<Figure> figure, const QString& empty) {
  m_figure = std::move(figure);
  m_empty = empty;
  update();
}

void FigureCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  const Tokens& t = tokensFor(this);
  painter.fillRect(rect(), t.panel);
  if (!m_figure) {
    painter.setPen(t.text2);
    painter.drawText(rect().adjusted(16, 16, -16, -16), static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, m_empty);
    return;
  }
  RenderOptions options;
  options.fontPoints = kScreenFont;
  options.dark = t.dark;
  painter.scale(kPixelsPerPoint, kPixelsPerPoint);
  m_figure->draw(painter, QRectF(0, 0, width() / kPixelsPerPoint, height() / kPixelsPerPoint), options);
}

ResultFileTab::ResultFileTab(QWidget* parent)
    : AnalysisTab(parent),
      m_metric(new QComboBox),
      m_against(new QComboBox),
      m_group(new QComboBox),
      m_scale(new QComboBox),
      m_filter(new QLineEdit),
      m_open(new QPushButton(tr("Open a result file…"))),
      m_export(new QPushButton(tr("Export the figure…"))),
      m_note(new QLabel),
      m_table(new QTableWidget),
      m_canvas(new FigureCanvas),
      m_ask([this](bool save) { return askFile(save); }) {
  usePanelBackground(this);
  const Metrics m(this);
  m_scale->addItems({tr("linear"), tr("symlog")});
  auto* choices = new QHBoxLayout;
  choices->addWidget(m_open);
  const auto add = [&](const QString& text, QWidget* field, const QString& name) {
    auto* label = new QLabel(text);
    label->setBuddy(field);
    field->setAccessibleName(name);
    choices->addWidget(label);
    choices->addWidget(field, 1);
  };
  for (QComboBox* box : {m_metric, m_against, m_group})
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  add(tr("Metric"), m_metric, tr("Metric of the result file"));
  add(tr("against"), m_against, tr("Column that the metric is shown against"));
  add(tr("by"), m_group, tr("Column that groups the runs"));
  add(tr("axis"), m_scale, tr("Scale of the numbered axis"));
  m_filter->setPlaceholderText(tr("COLUMN=VALUE|VALUE"));
  m_filter->setToolTip(tr("Rows that count: their value in the column is one of these"));
  add(tr("where"), m_filter, tr("Filter of rows"));
  choices->addWidget(m_export);
  m_note->setFont(captionFont(font()));
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setWordWrap(true);
  m_table->setColumnCount(kResultColumns);
  m_table->setHorizontalHeaderLabels({tr("Group"), tr("Place"), tr("Mean ± deviation"), tr("Runs")});
  m_table->verticalHeader()->hide();
  m_table->horizontalHeader()->setStretchLastSection(true);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setAccessibleName(tr("Mean and deviation over runs"));
  auto* row = new QHBoxLayout;
  row->addWidget(m_canvas, 3);
  row->addWidget(m_table, 2);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(12), m.px(8), m.px(12), m.px(8));
  column->addLayout(choices);
  column->addWidget(m_note);
  column->addLayout(row, 1);
  connect(m_open, &QPushButton::clicked, this, [this] {
    if (const QString file = m_ask(false); !file.isEmpty()) open(file);
  });
  connect(m_export, &QPushButton::clicked, this, [this] {
    if (const QString file = m_ask(true); !file.isEmpty()) exportTo(file);
  });
  for (QComboBox* box : {m_metric, m_against, m_group, m_scale})
    connect(box, &QComboBox::currentIndexChanged, this, [this] { show(); });
  connect(m_filter, &QLineEdit::editingFinished, this, [this] { show(); });
  show();
}

ResultFileTab::~ResultFileTab() = default;

QString ResultFileTab::note() const { return m_note->text(); }

QString ResultFileTab::askFile(bool save) {
  if (!save)
    return QFileDialog::getOpenFileName(this, tr("Open a result file"), lastFolder(),
                                        tr("Tables (*.csv *.tsv *.txt);;All files (*)"));
  QStringList filters;
  for (const FigureFormat& format : figureFormats()) filters << figureFilter(format);
  return QFileDialog::getSaveFileName(this, tr("Save the figure"), lastFolder() + QStringLiteral("/results.pdf"),
                                      filters.join(QStringLiteral(";;")));
}

void ResultFileTab::open(const QString& file) {
  try {
    m_file = readResultFile(file.toStdString());
    rememberFolder(QFileInfo(file).absolutePath());
  } catch (const Error& error) {
    m_file.reset();
    fillChoices();
    show();
    m_note->setText(QString::fromUtf8(error.what()));
    return;
  }
  fillChoices();
  show();
}

void ResultFileTab::fillChoices() {
  for (QComboBox* box : {m_metric, m_against, m_group}) {
    const QSignalBlocker quiet(box);
    box->clear();
  }
  const QSignalBlocker quietMetric(m_metric), quietAgainst(m_against), quietGroup(m_group);
  m_filter->clear();
  if (!m_file) return;
  m_group->addItem(tr("nothing"));
  for (std::size_t c = 0; c < m_file->columns.size(); ++c) {
    const QString name = qs(m_file->columns[c]);
    if (holdsNumbers(*m_file, c)) m_metric->addItem(name);
    m_against->addItem(name);
    m_group->addItem(name);
  }
  // Something else than the metric, so that the first picture says something.
  if (m_against->currentText() == m_metric->currentText() && m_against->count() > 1) m_against->setCurrentIndex(1);
}

ResultQuery ResultFileTab::query() const {
  ResultQuery out{.metric = m_metric->currentText().toStdString(), .against = m_against->currentText().toStdString()};
  if (m_group->currentIndex() > 0) out.groups = {m_group->currentText().toStdString()};
  if (auto filter = resultFilterFrom(m_filter->text())) out.filters.push_back(std::move(*filter));
  return out;
}

void ResultFileTab::show() {
  m_series.clear();
  m_table->setRowCount(0);
  for (QWidget* field : std::initializer_list<QWidget*>{m_metric, m_against, m_group, m_scale, m_filter})
    field->setEnabled(m_file.has_value());
  m_export->setEnabled(false);
  if (!m_file) {
    m_note->setText(
        tr("Any CSV with a line of column names and a line a run: tuning.csv, ablation.csv, or what "
           "evaluate --format csv wrote."));
    m_canvas->setFigure(nullptr, tr("No result file is open"));
    return;
  }
  if (m_metric->count() == 0) {
    m_note->setText(qs(m_file->file.string()));
    m_canvas->setFigure(nullptr, tr("No column of the file holds numbers"));
    return;
  }
  try {
    const ResultQuery asked = query();
    m_series = resultSeries(*m_file, asked);
    showTable(asked);
    const bool isNumbered = hasNumbers(m_series);
    m_scale->setEnabled(isNumbered);
    m_scale->setToolTip(isNumbered ? QString() : tr("Places are words: bars have no scale"));
    m_canvas->setFigure(
        resultFigure(m_series, {.metric = asked.metric,
                                .against = asked.against,
                                .scale = m_scale->currentIndex() == 1 ? ChartScale::Symlog : ChartScale::Linear}),
        {});
    m_export->setEnabled(true);
    m_note->setText(tr("%1 · %2").arg(qs(m_file->file.string()),
                                      countedText(static_cast<qint64>(m_file->rows.size()), tr("run"), tr("runs"))));
  } catch (const Error& error) {
    m_series.clear();
    m_table->setRowCount(0);
    m_canvas->setFigure(nullptr, QString::fromUtf8(error.what()));
    m_note->setText(QString::fromUtf8(error.what()));
  }
}

void ResultFileTab::showTable(const ResultQuery& query) {
  m_table->setHorizontalHeaderLabels({query.groups.empty() ? tr("Group") : qs(query.groups.front()), qs(query.against),
                                      tr("%1 ± deviation").arg(qs(query.metric)), tr("Runs")});
  for (const ResultSeries& each : m_series)
    for (const ResultPoint& point : each.points) {
      const int row = m_table->rowCount();
      m_table->insertRow(row);
      const QStringList cells{qs(each.label), qs(point.place), qs(meanText(point)),
                              QString::number(static_cast<qulonglong>(point.runs))};
      for (int c = 0; c < kResultColumns; ++c) m_table->setItem(row, c, new QTableWidgetItem(cells[c]));
    }
  m_table->resizeColumnsToContents();
}

void ResultFileTab::exportTo(const QString& file) {
  if (m_canvas->figure() == nullptr) return;
  try {
    const std::vector<QString> files = writeFigure(*m_canvas->figure(), FigureStyle{}, file);
    rememberFolder(QFileInfo(file).absolutePath());
    QStringList names;
    for (const QString& written : files) names << QFileInfo(written).fileName();
    m_note->setText(tr("Saved %1.").arg(names.join(tr(" and "))));
  } catch (const Error& error) {
    m_note->setText(QString::fromUtf8(error.what()));
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
// Any number of runs in one picture: kept runs over the one in view, and the matrix of all of them.
#include "analysis/scores/method_kinds.h"
#include "app/window/compare/results_tab.h"
#include "app/window/compare/runs_tab.h"
#include "app/window/main_window.h"
#include "app/window/polarity_choice.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFont>
#include <QGuiApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QStyleOptionViewItem>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTreeView>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>

namespace oodscope {
namespace {

class WindowRuns : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    const std::filesystem::path root = home().path().toStdString();
    made = makeScoredSet(root);
    logits = root / "made_logits";
    writeMadeLogits(logits, 4);
    window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    window->resize(1920, 1080);
    window->show();
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    request.scores = {logits, made.scores};
    window->open(request);
    ASSERT_TRUE(waitUntilIdle(*window));
    window->session().edit(edits::setImported("made_logits", true));
    ASSERT_TRUE(waitUntilIdle(*window));
  }
  void keep(Method method, double temperature = 1.0) {
    RunChoice run = runChoiceOf(window->session().view());
    run.score.method = method;
    run.score = atTemperature(run.score, temperature);
    window->runs()->keep(run);
  }
  /// Presses the check box of a kept run.
  void toggleOverlay(int row) {
    window->analysis()->setCurrentWidget(window->runs());
    QTreeView* table = window->runs()->table();
    const QModelIndex index = table->model()->index(row, 0);
    table->scrollTo(index);
    QStyleOptionViewItem option;
    option.initFrom(table);
    option.rect = table->visualRect(index);
    option.features = QStyleOptionViewItem::HasCheckIndicator | QStyleOptionViewItem::HasDisplay;
    const QRect box = table->style()->subElementRect(QStyle::SE_ItemViewItemCheckIndicator, &option, table);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, box.center());
  }
  [[nodiscard]] ResultsTab& results() const { return *window->analysis()->findChild<ResultsTab*>(); }
  void showResults() const { window->analysis()->setCurrentWidget(&results()); }
  void clickCell(int row, int column) const {
    QTableView* table = results().table();
    const QModelIndex index = table->model()->index(row, column);
    table->scrollTo(index);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(index).center());
  }
  void evaluateAll() {
    showResults();
    ASSERT_TRUE(waitUntilIdle(*window));
    ASSERT_TRUE(results().evaluateButton()->isEnabled());
    QTest::mouseClick(results().evaluateButton(), Qt::LeftButton);
    EXPECT_EQ(results().evaluateButton()->text(), QStringLiteral("Stop"));
    ASSERT_TRUE(waitUntilIdle(*window));
    EXPECT_EQ(results().evaluateButton()->text(), QStringLiteral("Evaluate all"));
  }

  MadeSet made;
  std::filesystem::path logits;
  std::unique_ptr<MainWindow> window;
};

TEST_F(WindowRuns, KeptRunsAreDrawnWithColoursAndNamesOfTheirOwn) {
  keep(methods::kMaxLogit);
  keep(methods::kMsp, 2.0);
  keep(methods::kEnergy);
  ASSERT_TRUE(waitUntilIdle(*window));
  const CurvesPanel& curves = *window->curves();
  const Tokens& t = tokensFor(window.get());
  for (const PlotWidget* plot : {static_cast<PlotWidget*>(curves.precisionRecall()),
                                 static_cast<PlotWidget*>(curves.roc()), static_cast<PlotWidget*>(curves.f1())}) {
    const auto legend = plot->legend();
    ASSERT_EQ(legend.size(), 4U) << plot->title().toStdString();
    EXPECT_EQ(legend[0].colour, t.a.line);
    std::set<QString> names;
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(legend[i + 1].colour, t.runs[i]);
    for (const PlotLegendEntry& entry : legend) names.insert(entry.text);
    EXPECT_EQ(names.size(), 4U);
  }
  const auto histogram = curves.histogram()->legend();
  ASSERT_EQ(histogram.size(), 5U) << "the run in view, three kept ones, what dotted lines are";
  EXPECT_EQ(histogram[2].text, QStringLiteral("MSP · T 2.00"));
  EXPECT_EQ(histogram[2].colour, t.runs[1]);
  EXPECT_TRUE(histogram[1].text.startsWith(QStringLiteral("Max-logit (own axis"))) << histogram[1].text.toStdString();
  picture(*window, QStringLiteral("kept-runs-overlaid"));
}

TEST_F(WindowRuns, ACheckBoxHidesARunAndUndoBringsItBack) {
  keep(methods::kMaxLogit);
  keep(methods::kMsp, 2.0);
  ASSERT_TRUE(waitUntilIdle(*window));
  CurvePlot& plot = *window->curves()->precisionRecall();
  ASSERT_EQ(plot.legend().size(), 3U);
  toggleOverlay(0);
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_EQ(plot.legend().size(), 2U);
  EXPECT_EQ(plot.legend()[1].colour, tokensFor(window.get()).runs[1]) << "a run keeps its colour";
  EXPECT_EQ(window->curves()->histogram()->legend().size(), 3U);
  EXPECT_EQ(window->session().view().hiddenRuns.size(), 1U);
  window->actions().undo->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(plot.legend().size(), 3U);
  toggleOverlay(0);
  toggleOverlay(1);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(plot.legend().empty()) << "the run in view is alone";
  const std::filesystem::path file = std::filesystem::path(home().path().toStdString()) / "kept.oodscope";
  writeSession(window->session().session(), file);
  EXPECT_EQ(readSession(file).view.hiddenRuns, window->session().view().hiddenRuns);
}

/// Null: not defined.
std::optional<double> numberOf(const nlohmann::json& field) {
  return field.is_null() ? std::nullopt : std::optional(field.get<double>());
}

TEST_F(WindowRuns, KeptRunsAreDrawnInAComparisonToo) {
  keep(methods::kMaxLogit);
  keep(methods::kEnergy);
  ScoreChoice other = window->session().view().score;
  other.method = methods::kMaxLogit;
  window->session().edit(edits::setOther(ComparedRun{.model = {}, .score = other}, "compare"));
  ASSERT_TRUE(waitUntilIdle(*window));
  const CurvesPanel& curves = *window->curves();
  const QColor second = tokensFor(window.get()).runs[1];
  for (const PlotWidget* plot :
       {static_cast<PlotWidget*>(curves.precisionRecall()), static_cast<PlotWidget*>(curves.roc())}) {
    const auto legend = plot->legend();
    ASSERT_EQ(legend.size(), 3U) << "A, B, and of the kept runs the one that is neither";
    EXPECT_EQ(std::ranges::count(legend, second, &PlotLegendEntry::colour), 1);
  }
  EXPECT_EQ(curves.f1()->legend().size(), 2U) << "B has another unit";
  EXPECT_EQ(curves.histogram()->legend().size(), 3U) << "A, the kept run, what dotted lines are";
  picture(*window, QStringLiteral("kept-runs-compared"));
  toggleOverlay(1);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(curves.precisionRecall()->legend().empty()) << "hidden here as there";
  window->actions().undo->trigger();
  window->actions().wipe->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_EQ(curves.precisionRecall()->legend().size(), 3U);
  EXPECT_TRUE(curves.precisionRecall()->operatingPoint(0));
  EXPECT_FALSE(curves.precisionRecall()->operatingPoint(1)) << "B's threshold went with it";
}

TEST_F(WindowRuns, TheResultsAreThoseOfTheCommandLineToTheLastBit) {
  evaluateAll();
  const ResultsMatrix& matrix = results().model().matrix();
  const auto cells = matrix.count(RunState::Done);
  EXPECT_EQ(cells, matrix.cells.size()) << results().note().toStdString();
  std::string methods;
  std::size_t defined = 0;
  for (std::size_t r = 0; r < matrix.rows.size(); ++r) {
    const Configuration& configuration = matrix.rows[r].configuration;
    if (!matrix.at(r, 0).result->ap) {  // these logits have no void channel: no number is made up
      EXPECT_EQ(configuration.name, "void");
      continue;
    }
    ++defined;
    if (configuration.method) methods.append(methods.empty() ? "" : ",").append(configuration.name);
  }
  const testing::CommandResult printed =
      testing::runCli({"evaluate", "--set", made.set.string(), "--scores", logits.string(), "--scores",
                       made.scores.string(), "--method", methods, "--components", "auto", "--format", "json"});
  ASSERT_EQ(printed.code, 0) << printed.err;
  std::size_t compared = 0;
  const auto document = nlohmann::json::parse(printed.out);  // outlives the loop over its rows
  for (const auto& row : document.at("rows"))
    for (std::size_t r = 0; r < matrix.rows.size(); ++r) {
      const ResultRow& shown = *matrix.at(r, 0).result;
      const bool isSame = shown.method == row.at("method").get<std::string>() &&
                          (row.at("model").is_null() ? shown.model.empty() : row.at("model") == shown.model);
      if (!isSame) continue;
      ++compared;
      EXPECT_EQ(shown.ap, numberOf(row.at("ap"))) << shown.method;
      EXPECT_EQ(shown.fpr95, numberOf(row.at("fpr95"))) << shown.method;
      EXPECT_EQ(shown.auroc, numberOf(row.at("auroc"))) << shown.method;
      EXPECT_EQ(shown.components->f1Star, numberOf(row.at("components").at("f1_star"))) << shown.method;
    }
  EXPECT_EQ(compared, defined);
  picture(*window, QStringLiteral("results"));
}

TEST_F(WindowRuns, AClickLoadsTheRunOfACell) {
  showResults();
  ASSERT_TRUE(waitUntilIdle(*window));
  const ResultsMatrix& matrix = results().model().matrix();
  const auto last = static_cast<int>(matrix.rows.size()) - 1;
  ASSERT_EQ(matrix.rows.back().source, "made_scores");
  clickCell(last, ResultsModel::FirstSet);
  EXPECT_EQ(window->session().view().score.imported, "made_scores");
  EXPECT_FALSE(window->session().view().score.importedLogits);
  ASSERT_TRUE(waitUntilIdle(*window));
  clickCell(1, ResultsModel::FirstSet);
  EXPECT_EQ(window->session().view().score.imported, "made_logits");
  EXPECT_EQ(window->session().view().score.method, matrix.rows[1].configuration.method);
  EXPECT_EQ(results().model().shown(), std::pair(std::size_t{1}, std::size_t{0})) << "it is marked";
  window->actions().undo->trigger();
  EXPECT_EQ(window->session().view().score.imported, "made_scores");
}

TEST_F(WindowRuns, TemperaturesThatAreTypedAreRowsAndAreSaved) {
  showResults();
  ASSERT_TRUE(waitUntilIdle(*window));
  const int before = results().model().rowCount();
  QLineEdit* field = results().temperatures();
  EXPECT_EQ(field->text(), QStringLiteral("1"));
  field->setFocus();
  field->selectAll();
  QTest::keyClicks(field, QStringLiteral("0.5, 1"));
  QTest::keyClick(field, Qt::Key_Return);
  EXPECT_GT(results().model().rowCount(), before);
  EXPECT_EQ(window->session().session().temperatures, (std::vector<double>{0.5, 1.0}));
  EXPECT_TRUE(window->session().isModified());
  const std::filesystem::path file = std::filesystem::path(home().path().toStdString()) / "temperatures.oodscope";
  writeSession(window->session().session(), file);
  EXPECT_EQ(readSession(file).temperatures, (std::vector<double>{0.5, 1.0}));
  field->selectAll();
  QTest::keyClicks(field, QStringLiteral("warm"));
  QTest::keyClick(field, Qt::Key_Return);
  EXPECT_TRUE(results().note().contains(QStringLiteral("“warm” is not"))) << results().note().toStdString();
  EXPECT_EQ(window->session().session().temperatures, (std::vector<double>{0.5, 1.0}));
}

TEST_F(WindowRuns, WhatTheTableShowsIsSavedWithTheSession) {
  showResults();
  ASSERT_TRUE(waitUntilIdle(*window));
  const auto pick = [](QComboBox* box, const char* text) {
    const int index = box->findText(QLatin1String(text));
    ASSERT_GE(index, 0) << text;
    box->setCurrentIndex(index);
    Q_EMIT box->activated(index);
  };
  pick(results().metricChoice(), "FPR95");
  pick(results().bestChoice(), "best of a model");
  EXPECT_TRUE(window->session().isModified());
  const std::filesystem::path file = std::filesystem::path(home().path().toStdString()) / "look.oodscope";
  ASSERT_TRUE(window->file().saveTo(file));
  window->close();
  window = std::make_unique<MainWindow>(theme(), WorkOptions{});
  window->show();
  showResults();
  EXPECT_EQ(results().metricChoice()->currentIndex(), 0);
  WindowRequest request;
  request.session = file;
  window->open(request);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(results().metricChoice()->currentText(), QStringLiteral("FPR95"));
  EXPECT_EQ(results().bestChoice()->currentText(), QStringLiteral("best of a model"));
  EXPECT_TRUE(results()
                  .model()
                  .headerData(ResultsModel::FirstSet, Qt::Horizontal, Qt::DisplayRole)
                  .toString()
                  .contains(QStringLiteral("FPR95")));
}

TEST_F(WindowRuns, TheBestIsBoldAndTheTableIsCopiedAndWritten) {
  evaluateAll();
  ResultsTab& tab = results();
  ASSERT_TRUE(choose(tab.metricChoice(), QStringLiteral("AP")));
  QTest::keyClick(tab.metricChoice(), Qt::Key_Down);
  ASSERT_EQ(tab.metricChoice()->currentText(), QStringLiteral("AP"));
  Q_EMIT tab.metricChoice()->activated(tab.metricChoice()->currentIndex());
  double most = 0.0;
  for (int row = 0; row < tab.model().rowCount(); ++row)
    most = std::max(most, tab.model().index(row, ResultsModel::FirstSet).data().toString().toDouble());
  for (int row = 0; row < tab.model().rowCount(); ++row) {
    const QModelIndex index = tab.model().index(row, ResultsModel::FirstSet);
    EXPECT_EQ(index.data(Qt::FontRole).value<QFont>().bold(), index.data().toString().toDouble() == most) << row;
  }
  QTest::mouseClick(tab.copyButton(), Qt::LeftButton);
  const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
  ASSERT_EQ(lines.size(), tab.model().rowCount() + 1);
  EXPECT_EQ(lines[0], QStringLiteral("model or maps\tmethod\tT\tMadeSet AP, %"));
  for (const char* format : {"csv", "markdown", "latex"}) {
    const QString file = home().filePath(QStringLiteral("results.") + QString::fromLatin1(format));
    tab.exportTo(file, format);
    std::ifstream in(file.toStdString());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    if (std::string(format) != "csv") {  // which holds fractions
      EXPECT_NE(text.find(numberText(most, 2).toStdString()), std::string::npos) << format;
    }
    EXPECT_NE(text.find("MadeSet"), std::string::npos) << format;
  }
}

TEST_F(WindowRuns, SelectedCellsAreKeptAndDrawn) {
  evaluateAll();
  QTableView* table = results().table();
  clickCell(0, ResultsModel::FirstSet);
  ASSERT_TRUE(waitUntilIdle(*window));
  table->clearSelection();
  for (const int row : {1, 2})
    table->selectionModel()->select(table->model()->index(row, ResultsModel::FirstSet), QItemSelectionModel::Select);
  QTest::mouseClick(results().keepButton(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().session().runs.size(), 2U);
  EXPECT_EQ(window->curves()->precisionRecall()->legend().size(), 3U);
}

TEST_F(WindowRuns, ScoresAreOpenedWithAPolarityThatTheMatrixSays) {
  const std::filesystem::path root = home().path().toStdString();
  const std::filesystem::path folder = root / "confidences";
  std::filesystem::copy(made.scores, folder, std::filesystem::copy_options::recursive);
  for (QAction* action : window->findChildren<QAction*>())
    if (action->objectName() == QStringLiteral("open-scores")) action->trigger();
  auto* dialog = window->findChild<ScoresFolderDialog*>();
  ASSERT_NE(dialog, nullptr);
  dialog->setDirectory(QString::fromStdString(root.string()));
  dialog->selectFile(QStringLiteral("confidences"));
  auto* means = dialog->findChild<PolarityChoice*>();
  ASSERT_TRUE(means && means->isVisible());
  ASSERT_TRUE(choose(means, QStringLiteral("normal")));
  picture(*dialog, QStringLiteral("scores_folder"));
  auto* buttons = dialog->findChild<QDialogButtonBox*>();
  QTest::mouseClick(buttons->buttons().front(), Qt::LeftButton);
  ASSERT_TRUE(waitUntilIdle(*window));
  const OpenScores* open = window->workspace().findScores(QStringLiteral("confidences"));
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(open->polarity, Polarity::NormalHigh);
  EXPECT_EQ(polarityOf(window->session().session().polarities, folder), Polarity::NormalHigh) << "the session keeps it";

  showResults();
  ASSERT_TRUE(waitUntilIdle(*window));
  const QAbstractItemModel& table = *results().table()->model();
  std::map<QString, QString> methods;
  for (int row = 0; row < table.rowCount(); ++row)
    methods[table.index(row, 0).data().toString()] = table.index(row, 1).data().toString();
  EXPECT_EQ(methods[QStringLiteral("confidences")], QStringLiteral("score maps, normal-high"));
  EXPECT_EQ(methods[QString::fromStdString(made.scores.filename().string())],
            QStringLiteral("score maps, anomaly-high"));
  const auto auroc = [&](const std::string& name) {
    window->session().edit(edits::setImported(name, false));
    EXPECT_TRUE(waitUntilIdle(*window));
    return window->run().numbers()->metrics.auroc.value();
  };
  const double before = auroc(made.scores.filename().string());
  EXPECT_NE(before, 0.5);
  EXPECT_NEAR(auroc("confidences"), 1.0 - before, 1e-6) << "the same maps the other way round";
}

}  // namespace
}  // namespace oodscope

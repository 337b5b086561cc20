// SPDX-License-Identifier: GPL-3.0-or-later
// Two sets, two networks and two folders of scores of one name are open: whatever text of the window names one of them
// says which.
#include "analysis/metrics/protocol_rules.h"
#include "app/figures/figure.h"
#include "app/figures/figure_plans.h"
#include "app/window/export/export_dialog.h"
#include "app/window/export/window_results.h"
#include "app/window/item_menus.h"
#include "app/window/main_window.h"
#include "app/window/settings.h"
#include "app/window/stage/compare_stage.h"
#include "tests/end_to_end/small_set.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/start_page.h"
#include "widgets/plots/curves_panel.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QTabBar>
#include <QTest>
#include <QTreeView>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kFrames = 3;
constexpr int kLongestMs = 240'000;  // on a busy machine

/// A name of twins that has none of its parents before it.
const QRegularExpression& bareName() {
  static const QRegularExpression bare(
      QStringLiteral("(?<![xy]/)TwinSet|(?<!run[AB]/)weights\\.pth|(?<![ab]/)twinmaps"));
  return bare;
}

std::string utf8(const QString& text) { return text.toStdString(); }

/// A text of the window, and the widget that shows it.
struct ShownText {
  std::string where, text;
};

/// Every text that a tree of widgets shows, offers or tells a screen reader, hidden widgets' too.
class TextsOf {
public:
  explicit TextsOf(QWidget& root) {
    readWidget(root);
    for (QWidget* widget : root.findChildren<QWidget*>()) readWidget(*widget);
    for (const QAction* action : root.findChildren<QAction*>()) add("action", action->text());
  }
  /// Those that name a twin without saying which.
  [[nodiscard]] std::vector<std::string> bare() const {
    std::vector<std::string> out;
    for (const ShownText& shown : m_texts)
      if (QString::fromStdString(shown.text).contains(bareName())) out.push_back(shown.where + ": " + shown.text);
    return out;
  }
  [[nodiscard]] std::vector<std::string> all() const {
    std::vector<std::string> out;
    for (const ShownText& shown : m_texts) out.push_back(shown.text);
    return out;
  }

private:
  void add(const std::string& where, const QString& text) {
    if (!text.isEmpty()) m_texts.push_back({where, utf8(text)});
  }
  void readWidget(const QWidget& widget) {
    const std::string where = std::string(widget.metaObject()->className()) + " " + utf8(widget.accessibleName());
    add(where, widget.accessibleName());
    add(where, widget.accessibleDescription());
    add(where, widget.toolTip());
    add(where, widget.windowTitle());
    if (const auto* label = qobject_cast<const QLabel*>(&widget)) add(where, label->text());
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget)) add(where, button->text());
    if (const auto* line = qobject_cast<const QLineEdit*>(&widget)) add(where, line->text());
    if (const auto* text = qobject_cast<const QPlainTextEdit*>(&widget)) add(where, text->toPlainText());
    if (const auto* tabs = qobject_cast<const QTabBar*>(&widget))
      for (int i = 0; i < tabs->count(); ++i) add(where, tabs->tabText(i));
    if (const auto* combo = qobject_cast<const QComboBox*>(&widget))
      for (int i = 0; i < combo->count(); ++i) {
        add(where, combo->itemText(i));
        add(where, combo->itemData(i, Qt::ToolTipRole).toString());
      }
    if (const auto* plot = qobject_cast<const CurvePlot*>(&widget))
      for (const QString& value : plot->headerValues()) add(where, value);
    if (const auto* view = qobject_cast<const QAbstractItemView*>(&widget); view != nullptr && view->model() != nullptr)
      readRows(where, *view->model(), {});
  }
  /// A row that says the file it speaks of tells the twins apart by that.
  void readRows(const std::string& where, const QAbstractItemModel& model, const QModelIndex& parent) {
    for (int row = 0; row < model.rowCount(parent); ++row) {
      QStringList cells;
      for (int column = 0; column < model.columnCount(parent); ++column)
        cells << model.index(row, column, parent).data().toString();
      const bool saysFile = cells.last().startsWith(QLatin1Char('/'));
      if (!saysFile)
        for (const QString& cell : cells) add(where, cell);
      if (const QModelIndex below = model.index(row, 0, parent); model.hasChildren(below))
        readRows(where, model, below);
    }
  }

  std::vector<ShownText> m_texts;
};

std::vector<std::string> itemsOf(const QComboBox& combo) {
  std::vector<std::string> out;
  for (int i = 0; i < combo.count(); ++i) out.push_back(utf8(combo.itemText(i)));
  return out;
}

class WindowTwins : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    options.store.folder = root() / "cache";
    for (const char* parent : {"x", "y"}) testing::writeSmallSet(root() / parent / "TwinSet", kFrames);
    testing::writeSmallModel(root() / "runA/weights.pth", 5);
    testing::writeSmallModel(root() / "runB/weights.pth", 6);
    cv::RNG noise(3);
    for (const char* parent : {"a", "b"}) {
      fs::create_directories(root() / parent / "twinmaps");
      for (int frame = 0; frame < kFrames; ++frame) {
        cv::Mat scores(testing::kSmallSize.height, testing::kSmallSize.width, CV_16UC1);
        noise.fill(scores, cv::RNG::UNIFORM, 0, 60000);
        cv::imwrite((root() / parent / "twinmaps" / (std::to_string(frame) + ".png")).string(), scores);
      }
    }
    window = std::make_unique<MainWindow>(theme(), options);
    window->resize(1680, 1050);
    window->show();
    open("x", "runA", "a");
    keepRun();
    open("y", "runB", "b");
  }
  [[nodiscard]] fs::path root() { return home().path().toStdString(); }
  void open(const fs::path& set, const fs::path& model, const fs::path& scores) {
    WindowRequest request;
    request.sets.push_back({root() / set / "TwinSet", std::nullopt});
    request.models.push_back(
        {.path = root() / model / "weights.pth", .preprocessing = {}, .outputs = {}, .sha256 = {}});
    request.scores.push_back(root() / scores / "twinmaps");
    window->open(request);
    ASSERT_TRUE(waitUntilIdle(*window, kLongestMs));
  }
  void keepRun() { window->session().keepRun(runChoiceOf(window->session().view())); }
  /// Chooses a set or source by its label; false where none is called so.
  [[nodiscard]] bool choose(const char* combo, const QString& label) {
    QComboBox* choices = comboNamed(*window, QString::fromUtf8(combo));
    const int index = choices->findData(label);
    if (index < 0) return false;
    choices->setCurrentIndex(index);
    Q_EMIT choices->activated(index);
    return waitUntilIdle(*window, kLongestMs);
  }
  [[nodiscard]] bool chooseSource(const QString& label) { return choose("Model", label); }

  WorkOptions options;
  std::unique_ptr<MainWindow> window;
};

TEST_F(WindowTwins, EveryTextThatNamesOneOfThemSaysWhich) {
  for (const char* source : {"runB/weights.pth", "a/twinmaps", "b/twinmaps", "runA/weights.pth"}) {
    ASSERT_TRUE(chooseSource(QString::fromUtf8(source))) << source;
    keepRun();
    EXPECT_THAT(TextsOf(*window).bare(), IsEmpty()) << source;
    EXPECT_FALSE(window->metrics()->asText().contains(bareName())) << utf8(window->metrics()->asText());
  }
}

TEST_F(WindowTwins, ChoicesAndListsOfferBoth) {
  const auto offers = [&](const QString& combo, const std::vector<std::string>& labels) {
    const auto* choice = comboNamed(*window, combo);
    ASSERT_NE(choice, nullptr) << utf8(combo);
    for (const std::string& label : labels) EXPECT_THAT(itemsOf(*choice), Contains(HasSubstr(label))) << utf8(combo);
  };
  const std::vector<std::string> sets{"x/TwinSet", "y/TwinSet"}, models{"runA/weights.pth", "runB/weights.pth"};
  std::vector<std::string> sources = models;
  sources.insert(sources.end(), {"a/twinmaps", "b/twinmaps"});
  offers(QStringLiteral("Set"), sets);
  offers(QStringLiteral("Model"), sources);
  offers(QStringLiteral("Models of the session"), models);
  const auto rows = window->frames()->model();
  ASSERT_EQ(rows->rowCount(), 2);
  EXPECT_THAT(utf8(rows->sets()[0].name), "x/TwinSet");
  EXPECT_THAT(utf8(rows->sets()[1].name), "y/TwinSet");

  window->compare().setOn(true);
  ASSERT_TRUE(waitUntilIdle(*window, kLongestMs));
  offers(QStringLiteral("Model of run A"), sources);
  offers(QStringLiteral("Model of run B"), sources);
}

TEST_F(WindowTwins, AComparisonOfBothNamesBoth) {
  ASSERT_TRUE(chooseSource(QStringLiteral("runA/weights.pth")));
  ComparedRun other;
  other.model = "runB/weights.pth";
  other.score = window->session().view().score;
  window->session().edit(edits::setOther(other, "compare"));
  ASSERT_TRUE(waitUntilIdle(*window, kLongestMs));
  EXPECT_THAT(TextsOf(*window).bare(), IsEmpty());
  const std::string metrics = utf8(window->metrics()->asText());
  EXPECT_THAT(metrics, HasSubstr("runA/weights.pth"));
  EXPECT_THAT(metrics, HasSubstr("runB/weights.pth"));
  picture(*window, QStringLiteral("twins-compared"));
}

TEST_F(WindowTwins, KeptRunsAreCalledAsTodayAndTheirCurvesApart) {
  ASSERT_TRUE(chooseSource(QStringLiteral("runA/weights.pth")));
  keepRun();
  ASSERT_TRUE(chooseSource(QStringLiteral("runB/weights.pth")));
  const auto& runs = window->session().session().runs;
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].score.imported, "a/twinmaps") << "it was kept as twinmaps";
  EXPECT_EQ(runs[0].model, "runA/weights.pth") << "and with weights.pth beside it";
  EXPECT_EQ(runs[0].set, "x/TwinSet");
  EXPECT_EQ(runs[1].model, "runA/weights.pth");
  const auto results = windowResults(window->workspace(), window->session().session(), {});
  ASSERT_TRUE(results);
  std::set<std::string> curves;
  for (const QByteArray& line : planFigure(*results, "pr")()->csv().split('\n').mid(1))
    if (!line.isEmpty()) curves.insert(line.left(line.indexOf(',')).toStdString());
  EXPECT_THAT(curves, ElementsAre(HasSubstr("runA/weights.pth"), HasSubstr("runB/weights.pth"), "a/twinmaps"));
}

TEST_F(WindowTwins, TheExportDialogNamesBothSets) {
  // What was scored can be exported: each source of one set, and one source of both.
  for (const char* source : {"runA/weights.pth", "runB/weights.pth", "b/twinmaps", "a/twinmaps"})
    ASSERT_TRUE(choose("Model", QString::fromUtf8(source))) << source;
  ASSERT_TRUE(choose("Set", QStringLiteral("y/TwinSet")));
  window->actions().exportTable->trigger();
  ExportDialog* dialog = window->findChild<ExportDialog*>();
  ASSERT_NE(dialog, nullptr);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !dialog->isBusy(); }, 60'000));
  const TextsOf texts(*dialog);
  EXPECT_THAT(texts.bare(), IsEmpty());
  for (const char* label :
       {"x/TwinSet", "y/TwinSet", "runA/weights.pth", "runB/weights.pth", "a/twinmaps", "b/twinmaps"})
    EXPECT_THAT(texts.all(), Contains(HasSubstr(label)));
  const auto* figures = dialog->findChild<QListWidget*>();
  for (const char* label : {"Worst frames, x/TwinSet", "Worst frames, y/TwinSet"})
    EXPECT_EQ(figures->findItems(QString::fromUtf8(label), Qt::MatchExactly).size(), 1) << label;
}

TEST_F(WindowTwins, MenusSayWhichOneTheyClose) {
  ItemMenus menus(window->workspace(), window.get());
  for (const char* label : {"x/TwinSet", "y/TwinSet"}) {
    QMenu menu;
    menus.fillSetMenu(menu, QString::fromUtf8(label));
    EXPECT_THAT(utf8(menu.actions().first()->text()), HasSubstr(label));
  }
  for (const char* label : {"runA/weights.pth", "runB/weights.pth"}) {
    QMenu menu;
    menus.fillModelMenu(menu, QString::fromUtf8(label));
    EXPECT_THAT(utf8(menu.actions().first()->text()), HasSubstr(label));
  }
}

TEST_F(WindowTwins, TheStartPageTellsRecentOnesApart) {
  window.reset();  // unasked: a kept run is in no file
  MainWindow again(theme(), options);
  const auto* page = again.findChild<StartPage*>();
  ASSERT_NE(page, nullptr);
  EXPECT_THAT(TextsOf(again).bare(), IsEmpty());
  const auto* recent = page->findChild<QListWidget*>();
  std::set<std::string> texts;
  for (int i = 0; i < recent->count(); ++i) texts.insert(utf8(recent->item(i)->text()));
  EXPECT_EQ(texts.size(), static_cast<std::size_t>(recent->count()));
  EXPECT_THAT(texts, ::testing::IsSupersetOf({"x/TwinSet · set", "y/TwinSet · set", "runA/weights.pth · model",
                                              "runB/weights.pth · model"}));
}

}  // namespace
}  // namespace oodscope

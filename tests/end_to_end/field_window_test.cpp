// SPDX-License-Identifier: GPL-3.0-or-later
// Class maps, the open-set tab and result files in the window: every control is pressed and its effect seen.
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/layout_kinds.h"
#include "app/figures/confusion_figure.h"
#include "app/live/set_numbers.h"
#include "app/session/edits.h"
#include "app/studies/open_set_study.h"
#include "app/window/item_menus.h"
#include "app/window/main_window.h"
#include "app/window/tabs/open_set_tab.h"
#include "app/window/tabs/result_file_tab.h"
#include "app/window/tabs/tab_stack.h"
#include "app/window/view_menus.h"
#include "app/window/window_actions.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/plots/confusion_plot.h"
#include "widgets/views/view_grid.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QFile>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTableWidget>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <span>

namespace oodscope {
namespace {

const std::filesystem::path kWindowDemo = std::filesystem::path(OODSCOPE_SOURCE_DIR) / "resources/demo";

class FieldWindow : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    window = std::make_unique<MainWindow>(theme(), WorkOptions{});
    window->resize(1680, 1050);
    window->show();
    WindowRequest request;
    request.session = kWindowDemo / "session.json";
    window->open(request);
    ASSERT_TRUE(waitUntilIdle(*window));
    tabs = window->findChild<TabStack*>();
    ASSERT_NE(tabs, nullptr);
  }
  /// The view of that kind; nullptr where none is seen.
  [[nodiscard]] ImageView* seen(ViewKind kind) const {
    for (ImageView* view : window->findChildren<ImageView*>())
      if (view->look().kind == kind && view->isVisible()) return view;
    return nullptr;
  }
  [[nodiscard]] QAction* action(const QString& name) const {
    for (QAction* each : window->findChildren<QAction*>())
      if (each->objectName() == name) return each;
    return nullptr;
  }

  std::unique_ptr<MainWindow> window;
  TabStack* tabs = nullptr;
};

TEST_F(FieldWindow, ClassMapsAreALayoutThatFollowsFrameAndThreshold) {
  EXPECT_EQ(seen(ViewKind::PredictedClasses), nullptr);
  QAction* classes = action(QStringLiteral("layout-classes"));
  ASSERT_NE(classes, nullptr);
  classes->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(window->session().view().layout, ViewLayout::Classes);
  ImageView* truth = seen(ViewKind::TrueClasses);
  ImageView* predicted = seen(ViewKind::PredictedClasses);
  ImageView* open = seen(ViewKind::OpenSet);
  ASSERT_TRUE(truth && predicted && open);
  ASSERT_TRUE(predicted->layers().classes && truth->layers().trueClasses);
  const DataSet set = openDataSet(kWindowDemo / "set");
  const auto frame = set.find(window->session().view().frame);
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(*truth->layers().trueClasses, readClassLabel(set, set.frames[*frame]));
  std::size_t right = 0;
  const ClassMap &a = *predicted->layers().classes, &b = *truth->layers().trueClasses;
  ASSERT_EQ(b.width() % a.width(), 0) << "the network's own resolution";
  const int step = b.width() / a.width();
  for (int y = 0; y < a.height(); ++y)
    for (int x = 0; x < a.width(); ++x) right += a.at(x, y) == b.at(x * step, y * step) ? 1 : 0;
  EXPECT_GT(right, a.values().size() / 2) << "the network knows the road";
  picture(*window, QStringLiteral("class-maps"));

  // The open-set map changes with the threshold alone. Panes of one size can be compared.
  if (open->size() != predicted->size()) window->resize(window->width() + 1, window->height());
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_EQ(open->size(), predicted->size());
  const QImage before = open->grab().toImage();
  const QImage closed = predicted->grab().toImage();
  window->session().edit(edits::setThreshold(0.05, RunSide::A, "lower"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_NE(open->grab().toImage(), before);
  EXPECT_EQ(predicted->grab().toImage(), closed);
  window->session().edit(edits::setThreshold(1e9, RunSide::A, "none"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(open->grab().toImage(), closed) << "nothing is above it: the closed map";

  QAction* four = action(QStringLiteral("layout-2x2"));
  four->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(seen(ViewKind::PredictedClasses), nullptr);
  action(QStringLiteral("layout-methods"))->trigger();
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_EQ(seen(ViewKind::PredictedClasses), nullptr) << "the methods' views are back";
  EXPECT_NE(seen(ViewKind::Heatmap), nullptr);
}

TEST_F(FieldWindow, TheOpenSetTabFollowsTheThreshold) {
  auto* tab = tabs->find<OpenSetTab>();
  ASSERT_NE(tab, nullptr);
  tabs->setCurrentWidget(tab);
  ASSERT_TRUE(waitUntilIdle(*window));
  ASSERT_TRUE(tab->calibrated()) << tab->note().toStdString();
  ASSERT_TRUE(tab->calibrated()->reason.isEmpty()) << tab->calibrated()->reason.toStdString();
  EXPECT_EQ(tab->calibrated()->report.folds.size(), 2U);
  EXPECT_TRUE(tab->calibrated()->report.means.gap().has_value());
  EXPECT_GT(tab->means().rows().size(), 8U);
  ASSERT_TRUE(tab->now() && tab->now()->confusion);
  EXPECT_FALSE(tab->plot()->isEmpty());
  EXPECT_EQ(tab->ious().rows().size(), 21U) << "a head, 19 classes, their mean";
  picture(*window, QStringLiteral("open-set-tab"));

  const OpenSetConfusion before = *tab->now()->confusion;
  const auto anomaliesFound = [](const OpenSetConfusion& confusion) { return confusion.open().at(19, 19); };
  window->session().edit(edits::setThreshold(0.01, RunSide::A, "lower"));
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_GT(anomaliesFound(*tab->now()->confusion), anomaliesFound(before));
  EXPECT_LT(tab->now()->confusion->openMiou().occurring.value(), before.openMiou().occurring.value());
  EXPECT_EQ(tab->now()->confusion->closedMiou(), before.closedMiou());
  EXPECT_FLOAT_EQ(tab->now()->threshold, 0.01F);

  // Its menu copies numbers.
  QMenu menu;
  window->findChild<ViewMenus*>()->fillConfusionMenu(menu, *tab->plot(), tab->plot()->cellRect(0, 0).center());
  for (QAction* entry : menu.actions())
    if (QString(entry->text()).remove(QLatin1Char('&')) == QStringLiteral("Copy the data")) entry->trigger();
  EXPECT_TRUE(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("true\tpredicted\tpixels")));

  // And saves the picture, in each form of a figure.
  QAction* save = nullptr;
  for (QAction* entry : menu.actions())
    if (QString(entry->text()).remove(QLatin1Char('&')) == QStringLiteral("Save the picture as…")) save = entry;
  ASSERT_NE(save, nullptr);
  EXPECT_TRUE(save->isEnabled());
  for (const char* ending : {"png", "pdf", "svg"}) {
    const QString file = home().filePath(QStringLiteral("confusion.") + QString::fromLatin1(ending));
    window->findChild<ViewMenus*>()->setAskFile([&](const QString&, const QString&, const QString&) { return file; });
    save->trigger();
    EXPECT_GT(QFile(file).size(), 500) << ending;
  }
  const QImage saved(home().filePath(QStringLiteral("confusion.png")));
  ASSERT_FALSE(saved.isNull());
  EXPECT_NEAR(static_cast<double>(saved.width()) / saved.height(),
              static_cast<double>(tab->plot()->width()) / tab->plot()->height(), 0.02);
  const QRgb corner = saved.pixel(1, 1);
  bool isDrawn = false;
  for (int y = 0; y < saved.height() && !isDrawn; ++y)
    for (int x = 0; x < saved.width() && !isDrawn; ++x) isDrawn = saved.pixel(x, y) != corner;
  EXPECT_TRUE(isDrawn);
}

TEST_F(FieldWindow, ResultFilesAreDrawnGroupedFilteredAndExported) {
  auto* tab = tabs->find<ResultFileTab>();
  ASSERT_NE(tab, nullptr);
  tabs->setCurrentWidget(tab);
  EXPECT_EQ(tab->canvas()->figure(), nullptr);
  const QString file = home().filePath(QStringLiteral("tuning.csv"));
  QFile csv(file);
  ASSERT_TRUE(csv.open(QIODevice::WriteOnly));
  csv.write("loss,gamma,mIoU\nce,0,60\nce,0,62\nce,2,64\nfl,0,58\nfl,2,70\n");
  csv.close();
  const auto buttons = tab->findChildren<QPushButton*>();
  ASSERT_EQ(buttons.size(), 2);
  EXPECT_FALSE(buttons[1]->isEnabled());
  tab->setAskFile([&](bool) { return file; });
  buttons[0]->click();
  ASSERT_NE(tab->canvas()->figure(), nullptr) << tab->note().toStdString();
  const auto box = [&](const char* name) {
    for (QComboBox* each : tab->findChildren<QComboBox*>())
      if (each->accessibleName() == QLatin1String(name)) return each;
    return static_cast<QComboBox*>(nullptr);
  };
  QComboBox* metric = box("Metric of the result file");
  QComboBox* against = box("Column that the metric is shown against");
  QComboBox* group = box("Column that groups the runs");
  QComboBox* scale = box("Scale of the numbered axis");
  ASSERT_TRUE(metric && against && group && scale);
  EXPECT_EQ(metric->count(), 2) << "words are no metric";
  metric->setCurrentText(QStringLiteral("mIoU"));
  against->setCurrentText(QStringLiteral("gamma"));
  ASSERT_EQ(tab->series().size(), 1U);
  EXPECT_NEAR(tab->series()[0].points[0].mean.value(), 60.0, 1e-12) << "60, 62 and 58";
  group->setCurrentText(QStringLiteral("loss"));
  ASSERT_EQ(tab->series().size(), 2U);
  EXPECT_NEAR(tab->series()[0].points[0].mean.value(), 61.0, 1e-12);
  EXPECT_NEAR(tab->series()[0].points[0].deviation.value(), std::sqrt(2.0), 1e-12);
  picture(*window, QStringLiteral("result-files"));
  const QImage linear = tab->canvas()->grab().toImage();
  scale->setCurrentIndex(1);
  EXPECT_NE(tab->canvas()->figure(), nullptr);
  auto* filter = tab->findChild<QLineEdit*>();
  filter->setText(QStringLiteral("loss=fl"));
  QTest::keyClick(filter, Qt::Key_Return);
  ASSERT_EQ(tab->series().size(), 1U);
  EXPECT_NE(tab->canvas()->grab().toImage(), linear);
  EXPECT_EQ(tab->findChild<QTableWidget*>()->rowCount(), 2);
  against->setCurrentText(QStringLiteral("loss"));
  EXPECT_FALSE(scale->isEnabled()) << "bars";
  filter->setText(QStringLiteral("loss"));
  QTest::keyClick(filter, Qt::Key_Return);
  EXPECT_EQ(tab->canvas()->figure(), nullptr);
  EXPECT_TRUE(tab->note().contains(QStringLiteral("the filter cannot be read")));
  filter->clear();
  QTest::keyClick(filter, Qt::Key_Return);
  const QString figure = home().filePath(QStringLiteral("out.svg"));
  tab->setAskFile([&](bool) { return figure; });
  buttons[1]->click();
  EXPECT_TRUE(QFile::exists(figure));
  EXPECT_TRUE(QFile::exists(home().filePath(QStringLiteral("out.csv"))));
  tab->open(home().filePath(QStringLiteral("none.csv")));
  EXPECT_EQ(tab->canvas()->figure(), nullptr);
  EXPECT_TRUE(tab->note().contains(QStringLiteral("none.csv")));
}

/// A folder's polarity is chosen in its menu, changes what is scored and is kept with the session.
class FolderPolarityMenu : public WindowFixture {
protected:
  [[nodiscard]] static std::unique_ptr<MainWindow> opened(Theme& theme, const WindowRequest& request) {
    auto window = std::make_unique<MainWindow>(theme, WorkOptions{});
    window->resize(1680, 1050);
    window->show();
    window->open(request);
    EXPECT_TRUE(waitUntilIdle(*window));
    return window;
  }
  [[nodiscard]] static std::shared_ptr<const ScoreMap> heat(const MainWindow& window) {
    for (const ImageView* view : window.findChildren<ImageView*>())
      if (view->look().kind == ViewKind::Heatmap && view->isVisible()) return view->layers().scores;
    return nullptr;
  }
};

TEST_F(FolderPolarityMenu, TurnsTheScoresAndIsKept) {
  const MadeSet made = makeScoredSet(home().path().toStdString());
  WindowRequest request;
  request.sets.push_back({made.set, std::nullopt});
  request.scores.push_back(made.scores);
  auto window = opened(theme(), request);
  const auto before = heat(*window);
  ASSERT_NE(before, nullptr);
  const auto press = [&](const QString& text) {
    QMenu menu;
    window->findChild<ItemMenus*>()->fillScoresMenu(menu, QString::fromStdString(made.scores.filename().string()));
    for (QMenu* below : menu.findChildren<QMenu*>())
      for (QAction* action : below->actions())
        if (QString(action->text()).remove(QLatin1Char('&')).startsWith(text)) action->trigger();
    ASSERT_TRUE(waitUntilIdle(*window));
  };
  press(QStringLiteral("normal"));
  EXPECT_EQ(window->session().session().polarities, (std::vector<FolderPolarity>{{made.scores, Polarity::NormalHigh}}));
  const auto turned = heat(*window);
  ASSERT_NE(turned, nullptr);
  for (std::size_t i = 0; i < before->values().size(); i += 97)
    EXPECT_FLOAT_EQ(turned->values()[i], 1.0F - before->values()[i]);
  const auto file = std::filesystem::path(home().filePath(QStringLiteral("kept.json")).toStdString());
  writeSession(window->session().session(), file);
  press(QStringLiteral("as the files"));
  EXPECT_TRUE(window->session().session().polarities.empty());
  EXPECT_FLOAT_EQ(heat(*window)->values()[0], before->values()[0]);
  window.reset();
  WindowRequest kept;
  kept.session = file;
  const auto again = opened(theme(), kept);
  ASSERT_NE(heat(*again), nullptr);
  EXPECT_FLOAT_EQ(heat(*again)->values()[0], turned->values()[0]);
}

/// A made set as ISSU lays its own out: training ids, 254 for what is unknown, 255 for what is ignored; beside it pairs
/// of score and class maps.
class IssuWindow : public WindowFixture {
protected:
  static constexpr int kIssuWidth = 64, kIssuHeight = 32, kIssuFrames = 3;
  struct IssuFrame {
    std::vector<std::uint8_t> label, classes;
    std::vector<float> scores;
  };
  void SetUp() override {
    WindowFixture::SetUp();
    const std::filesystem::path home_ = home().path().toStdString();
    set = home_ / "dataset_ISSUTrack";
    scores = home_ / "pairs";
    for (const auto& folder : {set / "images", set / "labels_masks", scores})
      std::filesystem::create_directories(folder);
    std::uint32_t noise = 7;
    for (int f = 0; f < kIssuFrames; ++f) {
      frames.push_back(madeFrame(f, noise));
      write(frames.back(), "static_0_00000" + std::to_string(f));
    }
  }
  static IssuFrame madeFrame(int index, std::uint32_t& noise) {
    IssuFrame frame;
    for (int y = 0; y < kIssuHeight; ++y)
      for (int x = 0; x < kIssuWidth; ++x) {
        const bool isUnknown = x >= 10 + 6 * index && x < 24 + 6 * index && y >= 14 && y < 24;
        noise = noise * 1664525U + 1013904223U;
        frame.label.push_back(y < 4 ? 255 : isUnknown ? 254 : y < 12 ? 10 : 0);  // void, sky, road
        frame.classes.push_back(y < 12 ? 10 : 0);
        frame.scores.push_back(static_cast<float>(noise >> 8) / 16777216.0F + (isUnknown ? 0.4F : 0.0F));
      }
    return frame;
  }
  void write(const IssuFrame& frame, const std::string& name) const {
    QImage image(kIssuWidth, kIssuHeight, QImage::Format_RGB888);
    image.fill(QColor(90, 110, 130));
    const QImage label(frame.label.data(), kIssuWidth, kIssuHeight, kIssuWidth, QImage::Format_Grayscale8);
    image.save(QString::fromStdString((set / "images" / (name + ".png")).string()));
    label.save(QString::fromStdString((set / "labels_masks" / (name + ".png")).string()));
    const std::array<std::size_t, 2> shape{kIssuHeight, kIssuWidth};
    writeNpyAtomically(scores / (name + "_anomaly.npy"), NpyType::Float32, shape,
                       std::as_bytes(std::span(frame.scores)));
    writeNpyAtomically(scores / (name + "_segmentation.npy"), NpyType::UInt8, shape,
                       std::as_bytes(std::span(frame.classes)));
  }
  /// Average precision of all pixels that `isNormal` or 254: the mean over the anomalies of the precision at each.
  template <class IsNormal>
  [[nodiscard]] double averagePrecision(const IsNormal& isNormal) const {
    std::vector<std::pair<float, bool>> pixels;
    for (const IssuFrame& frame : frames)
      for (std::size_t i = 0; i < frame.label.size(); ++i)
        if (frame.label[i] == 254 || isNormal(frame.label[i]))
          pixels.emplace_back(frame.scores[i], frame.label[i] == 254);
    std::ranges::sort(pixels, std::greater<>(), [](const auto& pixel) { return pixel.first; });
    double hits = 0.0, sum = 0.0;
    for (std::size_t i = 0; i < pixels.size(); ++i)
      if (pixels[i].second) sum += ++hits / static_cast<double>(i + 1);
    return sum / hits;
  }

  std::filesystem::path set, scores;
  std::vector<IssuFrame> frames;
};

TEST_F(IssuWindow, ItsTwoTracksAreOpenedScoredAndShownWithTheirClasses) {
  MainWindow window(theme(), WorkOptions{});
  window.resize(1680, 1050);
  window.show();
  WindowRequest request;
  request.sets = {{set, std::nullopt}, {set.string() + "::obstacle", std::nullopt}};
  request.scores.push_back(scores);
  window.open(request);
  ASSERT_TRUE(waitUntilIdle(window));
  window.session().edit(edits::setProtocol(protocols::kCourse));
  const auto apOf = [&](const char* name) {
    window.session().edit(edits::setSet(name, "static_0_000000"));
    EXPECT_TRUE(waitUntilIdle(window));
    const ViewState& view = window.session().view();
    const auto live = window.workspace().liveSet(QString::fromLatin1(name), view);
    EXPECT_TRUE(live) << name;
    return live ? live->exact(configurationOf(view.score), view.protocol, std::nullopt, {})->metrics.ap : std::nullopt;
  };
  ASSERT_EQ(window.workspace().sets().size(), 2U);
  EXPECT_EQ(window.workspace().sets().front().set->layout, layouts::kIssu);
  EXPECT_NEAR(apOf("dataset_ISSUTrack").value(), averagePrecision([](int id) { return id < 19; }), 1e-12);
  EXPECT_NEAR(apOf("dataset_ISSUTrack_obstacle").value(), averagePrecision([](int id) { return id == 0; }), 1e-12);
  for (QAction* each : window.findChildren<QAction*>())
    if (each->objectName() == QStringLiteral("layout-classes")) each->trigger();
  ASSERT_TRUE(waitUntilIdle(window));
  const ImageView* predicted = nullptr;
  for (const ImageView* view : window.findChildren<ImageView*>())
    if (view->look().kind == ViewKind::PredictedClasses && view->isVisible()) predicted = view;
  ASSERT_TRUE(predicted && predicted->layers().classes);
  EXPECT_TRUE(std::ranges::equal(predicted->layers().classes->values(), frames.front().classes));
  picture(window, QStringLiteral("issu"));
}

}  // namespace
}  // namespace oodscope

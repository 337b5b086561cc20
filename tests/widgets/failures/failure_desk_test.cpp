// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window on RoadAnomaly21 with ERFNet: lists, jump, brush, tags. Skipped without the shared data. With
// OODSCOPE_PICTURES set to a folder, pictures of each state are written there.
#include "app/window/failures/failure_desk.h"
#include "app/window/failures/classes_tab.h"
#include "app/window/failures/failures_tab.h"
#include "app/window/main_window.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"
#include "widgets/lists/failure_view.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/region_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/theme.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QTabWidget>
#include <QTest>

namespace oodscope {
namespace {

struct Desk {
  Desk(const std::filesystem::path& set, const std::filesystem::path& model, const std::string& frame)
      : theme(*qApp, qEnvironmentVariable("OODSCOPE_THEME") == QLatin1String("light") ? ThemeChoice::Light
                                                                                      : ThemeChoice::Dark),
        window(theme, WorkOptions{}) {
    window.show();
    WindowRequest request;
    request.sets = {{set, std::nullopt}};
    request.models = {{.path = model, .preprocessing = {}, .outputs = {}, .sha256 = {}}};
    request.frame = frame;
    window.open(request);
    waitUntilIdle();
  }
  void waitUntilIdle() {
    ASSERT_TRUE(QTest::qWaitFor([this] { return window.isIdle() && window.failures()->results().study(); }, 120000));
    QTest::qWait(0);
    ASSERT_TRUE(QTest::qWaitFor([this] { return window.isIdle(); }, 120000));
  }
  void picture(const char* name) {
    const QString folder = qEnvironmentVariable("OODSCOPE_PICTURES");
    if (folder.isEmpty()) return;
    QTest::qWait(300);
    waitUntilIdle();
    window.grab().save(folder + QLatin1Char('/') + QString::fromLatin1(name) + QStringLiteral(".png"));
  }
  FailureDesk& desk() { return *window.failures(); }
  Theme theme;
  MainWindow window;
};

TEST(FailureDesk, ListsJumpsBrushesAndTagsOnRealFrames) {
  OODSCOPE_SHARED_OR_SKIP(shared, "data");
  testing::TemporaryFolder folder;
  qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(folder.path().string()));
  qputenv("XDG_DATA_HOME", QByteArray::fromStdString(folder.path().string()));
  Desk desk(shared / "course_sets/RoadAnomaly21", shared / "weights/erfnet_cityscapes_20.pth", std::string("3"));
  const auto study = desk.desk().results().study();
  ASSERT_EQ(study->frames.size(), 10U);
  const float threshold = *desk.window.run().threshold();
  EXPECT_EQ(study->failures.counts, desk.window.run().counts()->set(threshold, false));
  FailuresTab& tab = *desk.desk().failuresTab();
  EXPECT_EQ(tab.view(FailureKind::FalsePositive)->model()->rowCount(),
            static_cast<int>(study->failures.falsePositives.size()));
  desk.window.analysis()->setCurrentWidget(&tab);

  // The third step lands on the third largest region, wherever it is.
  for (int i = 0; i < 3; ++i) desk.desk().step(1);
  desk.waitUntilIdle();
  const ListedFailure& third = study->failures.falsePositives[2];
  EXPECT_EQ(desk.window.session().view().frame, desk.window.run().liveSet()->dataSet().frames[third.frame].name);
  desk.picture("failures");
  tab.view(FailureKind::FalsePositive)->setGroup(FailureGroup::Class);
  desk.picture("grouped");
  tab.view(FailureKind::FalsePositive)->setGroup(FailureGroup::None);

  // A stretch of the curve: exactly the pixels between its ends.
  Q_EMIT desk.window.curves()->brushed(0.5, 0.625);
  desk.waitUntilIdle();
  const auto& counts = *desk.window.run().counts();
  std::uint64_t pixels = 0;
  for (const std::size_t frame : study->frames)
    pixels += static_cast<std::uint64_t>(desk.desk().results().brushedPixels(frame).value());
  const ConfusionCounts loose = counts.set(0.5F, false);
  const ConfusionCounts strict = counts.set(0.625F, false);
  EXPECT_EQ(pixels, loose.tp - strict.tp + loose.fp - strict.fp);
  EXPECT_TRUE(desk.window.frames()->filter().contains(QStringLiteral("brushed > 0")));
  desk.picture("brushed");
  desk.window.analysis()->setCurrentWidget(desk.window.curves());
  desk.picture("brushed_curves");
  QTest::keyClick(&desk.window, Qt::Key_Escape);
  EXPECT_TRUE(desk.window.frames()->filter().isEmpty());
  EXPECT_FALSE(desk.desk().results().brushedPixels(0));

  // A tag reaches the session, the list and the export.
  Q_EMIT desk.desk().regionPanel()->tagsEdited({QStringLiteral("kerb")});
  ASSERT_EQ(desk.window.session().session().notes.size(), 1U);
  tab.view(FailureKind::FalsePositive)->setFilter(QStringLiteral("tag:kerb"));
  EXPECT_EQ(tab.view(FailureKind::FalsePositive)->shownRows(), std::vector<int>{2});
  EXPECT_NE(desk.desk().listsAsCsv().find(",kerb,"), std::string::npos);
  tab.view(FailureKind::FalsePositive)->setFilter({});

  // What if the class of most false positives had a threshold of its own?
  desk.desk().classesTab()->setOffset(2, 0.2);
  desk.window.analysis()->setCurrentWidget(desk.desk().classesTab());
  desk.waitUntilIdle();
  desk.picture("classes");
  desk.window.analysis()->setCurrentIndex(desk.window.analysis()->indexOf(desk.desk().classesTab()) + 1);
  desk.picture("sizes");
}

TEST(FailureDesk, TheDemoSetsFailuresHaveClassesAndDistances) {
  const std::filesystem::path demo = std::filesystem::path(OODSCOPE_SOURCE_DIR) / "resources/demo";
  if (!std::filesystem::exists(demo / "model/erfnet_slim_demo.pth")) GTEST_SKIP() << "no demo model";
  testing::TemporaryFolder folder;
  qputenv("XDG_CONFIG_HOME", QByteArray::fromStdString(folder.path().string()));
  qputenv("XDG_DATA_HOME", QByteArray::fromStdString(folder.path().string()));
  Desk desk(demo / "set", demo / "model/erfnet_slim_demo.pth", std::string());
  const auto study = desk.desk().results().study();
  EXPECT_TRUE(study->hasClasses);
  EXPECT_TRUE(study->hasDistances);
  ASSERT_FALSE(study->failures.falsePositives.empty());
  desk.window.analysis()->setCurrentWidget(desk.desk().failuresTab());
  desk.desk().step(1);
  desk.waitUntilIdle();
  desk.picture("demo_failures");
  desk.window.analysis()->setCurrentWidget(desk.desk().classesTab());
  desk.picture("demo_classes");
  desk.window.analysis()->setCurrentIndex(desk.window.analysis()->indexOf(desk.desk().classesTab()) + 1);
  desk.picture("demo_sizes");
}

}  // namespace
}  // namespace oodscope

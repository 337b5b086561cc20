// SPDX-License-Identifier: GPL-3.0-or-later
// A person's last minute with the window: closing, saving, opening again, with what is missing and what cannot be kept.
#include "app/options/resource_files.h"
#include "app/window/main_window.h"
#include "app/window/saving/unsaved_dialog.h"
#include "app/window/settings.h"
#include "tests/end_to_end/made_scores.h"
#include "tests/end_to_end/small_set.h"
#include "tests/end_to_end/when_asked.h"
#include "tests/end_to_end/window_driver.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/banner.h"
#include "widgets/panels/choice_banner.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/missing_panel.h"

#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QTest>
#include <QTreeView>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string bytesOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void press(QWidget& parent, const char* button) {
  auto* found = parent.findChild<QPushButton*>(QLatin1String(button));
  ASSERT_TRUE(found) << button;
  QTest::mouseClick(found, Qt::LeftButton);
}

/// Types a name into a file dialog and accepts it.
void typeName(QFileDialog& dialog, const QString& name) {
  auto* line = dialog.findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
  ASSERT_TRUE(line);
  line->setText(name);
  QMetaObject::invokeMethod(&dialog, "accept");
}

class SavingTest : public WindowFixture {
protected:
  void SetUp() override {
    WindowFixture::SetUp();
    root = home().path().toStdString();
    made = makeScoredSet(root);
    rememberFolder(home().filePath(QStringLiteral("any")));
  }
  std::unique_ptr<MainWindow> window() {
    auto out = std::make_unique<MainWindow>(theme(), WorkOptions{});
    out->resize(1280, 720);
    out->show();
    return out;
  }
  std::unique_ptr<MainWindow> open(const fs::path& session) {
    auto out = window();
    out->file().open(session);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !out->workspace().isOpening(); }, 60'000));
    return out;
  }
  std::unique_ptr<MainWindow> openMade() {
    auto out = window();
    WindowRequest request;
    request.sets.push_back({made.set, std::nullopt});
    request.scores.push_back(made.scores);
    out->open(request);
    EXPECT_TRUE(waitUntilIdle(*out));
    return out;
  }
  static void tag(MainWindow& window) {
    const ViewState& view = window.session().view();
    window.session().setNotes({{.set = view.set, .frame = view.frame, .tags = {"odd"}, .text = "look again"}});
  }
  fs::path root;
  MadeSet made;
};

TEST_F(SavingTest, QuittingWithTagsAsksAndEachButtonDoesWhatItSays) {
  const auto window = openMade();
  tag(*window);
  {
    WhenAsked<UnsavedDialog> cancel([](UnsavedDialog& dialog) {
      picture(dialog, QStringLiteral("unsaved"));
      press(dialog, "cancel");
    });
    window->actions().quit->trigger();
    EXPECT_EQ(cancel.asked, 1);
  }
  EXPECT_TRUE(window->isVisible());
  EXPECT_EQ(window->session().session().notes.size(), 1U);
  {
    WhenAsked<UnsavedDialog> escape([](UnsavedDialog& dialog) { QTest::keyClick(&dialog, Qt::Key_Escape); });
    EXPECT_FALSE(window->close());
    EXPECT_EQ(escape.asked, 1);
  }
  const fs::path file = root / "mine.oodscope";
  {
    WhenAsked<QFileDialog> name([](QFileDialog& dialog) { typeName(dialog, QStringLiteral("mine")); });
    WhenAsked<UnsavedDialog> save([](UnsavedDialog& dialog) { press(dialog, "save"); });
    EXPECT_TRUE(window->close());
    EXPECT_EQ(save.asked, 1);
    EXPECT_EQ(name.asked, 1);
  }
  ASSERT_TRUE(fs::exists(file)) << "with its ending";
  EXPECT_EQ(readSession(file).notes.front().tags, std::vector<std::string>{"odd"});
  EXPECT_FALSE(Autosave().left());
}

TEST_F(SavingTest, NotSavingLetsItGo) {
  const auto window = openMade();
  tag(*window);
  WhenAsked<UnsavedDialog> discard([](UnsavedDialog& dialog) { press(dialog, "discard"); });
  window->actions().quit->trigger();
  EXPECT_EQ(discard.asked, 1);
  EXPECT_FALSE(window->isVisible());
  EXPECT_FALSE(Autosave().left()) << "refused is refused";
}

TEST_F(SavingTest, SavingAsAddsTheEndingSaysWhereAndChangesTheTitle) {
  const auto window = openMade();
  EXPECT_EQ(window->windowTitle().toStdString(), "Oodscope");
  WhenAsked<QFileDialog> name([](QFileDialog& dialog) {
    picture(dialog, QStringLiteral("save-session"));
    typeName(dialog, QStringLiteral("my.v2"));
  });
  window->actions().saveAs->trigger();
  EXPECT_EQ(name.asked, 1);
  const fs::path file = root / "my.v2.oodscope";
  ASSERT_TRUE(fs::exists(file));
  EXPECT_THAT(window->windowTitle().toStdString(), HasSubstr("my.v2"));
  EXPECT_FALSE(window->isWindowModified());
  const auto* banner = window->findChild<Banner*>();
  EXPECT_TRUE(banner->isVisible());
  EXPECT_THAT(banner->accessibleName().toStdString(), HasSubstr("my.v2.oodscope"));
  EXPECT_EQ(readRecent().front().path.toStdString(), file.string());
  picture(*window, QStringLiteral("saved-as"));
  window->session().edit(edits::setContour(!window->session().view().contour));
  EXPECT_TRUE(QTest::qWaitFor([&] { return window->isWindowModified(); }, 5'000));
  window->actions().save->trigger();
  EXPECT_FALSE(window->isWindowModified());
}

TEST_F(SavingTest, TheDemoIsSavedElsewhere) {
  const fs::path demo = resourceFile("demo/session.json");
  const std::string before = bytesOf(demo);
  const auto window = open(demo);
  EXPECT_THAT(window->windowTitle().toStdString(), HasSubstr("Demo"));
  window->session().edit(edits::setContour(false));
  std::string title;
  WhenAsked<QFileDialog> name([&](QFileDialog& dialog) {
    title = dialog.windowTitle().toStdString();
    typeName(dialog, QStringLiteral("copy"));
  });
  QTest::keyClick(window.get(), Qt::Key_S, Qt::ControlModifier);
  EXPECT_EQ(name.asked, 1);
  EXPECT_THAT(title, HasSubstr("comes with the program"));
  EXPECT_EQ(bytesOf(demo), before);
  ASSERT_TRUE(fs::exists(root / "copy.oodscope"));
  EXPECT_EQ(readSession(root / "copy.oodscope").sets.size(), readSession(demo).sets.size());
  EXPECT_THAT(window->windowTitle().toStdString(), HasSubstr("copy"));
}

TEST_F(SavingTest, RecentOnesAreThereAndWhatIsGoneSaysSo) {
  const auto window = openMade();
  ASSERT_TRUE(window->file().saveTo(root / "gone.oodscope"));
  fs::remove(root / "gone.oodscope");
  QMenu* recent = window->actions().recentMenu();
  Q_EMIT recent->aboutToShow();
  ASSERT_GE(recent->actions().size(), 3);
  EXPECT_THAT(recent->actions()[0]->text().toStdString(), HasSubstr("missing"));
  EXPECT_FALSE(recent->actions()[0]->isEnabled());
  auto* forget = recent->findChild<QAction*>(QStringLiteral("forget-missing-recent"));
  ASSERT_TRUE(forget);
  forget->trigger();
  for (const RecentEntry& entry : readRecent()) EXPECT_FALSE(entry.isMissing) << entry.path.toStdString();
  // A folder of maps opens as what it was.
  const auto maps = readRecent();
  EXPECT_TRUE(
      std::ranges::any_of(maps, [](const RecentEntry& entry) { return entry.kind == QLatin1String("scores"); }));
}

TEST_F(SavingTest, ASecondWindowIsNotOfferedWhatTheFirstOneHolds) {
  const auto first = openMade();
  first->file().autosave();
  const auto second = window();
  second->offerLeftWork();
  auto* banner = second->findChild<ChoiceBanner*>(QStringLiteral("recovery"));
  ASSERT_TRUE(banner);
  EXPECT_FALSE(banner->isVisible());
}

TEST_F(SavingTest, WhatWasLeftCanBeRefusedAndIsThenGone) {
  Session left;
  left.notes = {{.set = "s", .frame = "f", .tags = {"t"}, .text = {}}};
  Autosave().write(left, {});
  {
    const auto undecided = window();
    undecided->offerLeftWork();
    EXPECT_TRUE(undecided->findChild<ChoiceBanner*>(QStringLiteral("recovery"))->isVisible());
    undecided->close();
  }
  const auto next = window();
  next->offerLeftWork();
  auto* banner = next->findChild<ChoiceBanner*>(QStringLiteral("recovery"));
  ASSERT_TRUE(banner->isVisible()) << "neither taken nor refused";
  press(*banner, "discard-left");
  EXPECT_FALSE(banner->isVisible());
  EXPECT_TRUE(next->session().session().notes.empty());
  next->close();
  EXPECT_FALSE(Autosave().left());
}

TEST_F(SavingTest, APlaceThatCannotBeUsedIsSaidAndAnotherOneRemembered) {
  const fs::path data = root / "data";
  std::ofstream(data) << "a file where a folder should be";
  const auto window = openMade();
  window->offerLeftWork();
  auto* banner = window->findChild<ChoiceBanner*>(QStringLiteral("places"));
  ASSERT_TRUE(banner && banner->isVisible());
  EXPECT_THAT(banner->sentence().toStdString(), HasSubstr("crash"));
  picture(*window, QStringLiteral("no-place"));
  fs::create_directories(root / "chosen");
  WhenAsked<QFileDialog> folder(
      [this](QFileDialog& dialog) { typeName(dialog, QString::fromStdString((root / "chosen").string())); });
  press(*banner, "choose-place");
  EXPECT_EQ(folder.asked, 1);
  EXPECT_FALSE(banner->isVisible());
  EXPECT_EQ(autosaveFolder(), root / "chosen");
  EXPECT_FALSE(fs::is_empty(root / "chosen")) << "it is put by there at once";
  window->close();
}

TEST_F(SavingTest, MissingItemsAreRowsThatCanBeLocatedAndRemoved) {
  Session session;
  session.sets = {{made.set}, {root / "gone/elsewhere"}};
  session.scores = {made.scores, root / "gone/maps"};
  const fs::path file = root / "s.oodscope";
  writeSession(session, file);
  const auto window = open(file);
  EXPECT_FALSE(window->session().view().set.empty()) << "what is open is shown";
  auto* panel = window->findChild<MissingPanel*>();
  ASSERT_TRUE(panel && panel->isVisible());
  ASSERT_EQ(panel->rows().size(), 2U);
  EXPECT_EQ(panel->rows()[0].name.toStdString(), "elsewhere");
  const auto* rows = window->frames()->model();
  ASSERT_EQ(rows->rowCount(), 2);
  EXPECT_TRUE(rows->index(1, 0).data(FrameModel::kIsMissingRole).toBool());
  picture(*window, QStringLiteral("missing"));
  ASSERT_TRUE(window->file().save());
  EXPECT_EQ(readSession(file).sets.size(), 2U);
  EXPECT_EQ(readSession(file).scores.size(), 2U);

  fs::create_directories(root / "new");
  fs::copy(made.set, root / "new/elsewhere", fs::copy_options::recursive);
  fs::copy(made.scores, root / "new/maps", fs::copy_options::recursive);
  WhenAsked<QFileDialog> folder(
      [this](QFileDialog& dialog) { typeName(dialog, QString::fromStdString((root / "new/elsewhere").string())); });
  press(*panel, "locate-0");
  EXPECT_EQ(folder.asked, 1);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(window->workspace().findSet(QStringLiteral("elsewhere")) != nullptr);
  EXPECT_TRUE(window->workspace().findScores(QStringLiteral("maps")) != nullptr) << "its brother moved along";
  EXPECT_FALSE(panel->isVisible());
  EXPECT_TRUE(window->file().unsaved().items);
}

TEST_F(SavingTest, AMissingModelIsLocatedInTheModelDock) {
  const fs::path old = root / "gone/small.pth", place = root / "new/renamed.pth";
  Session session;
  session.sets = {{made.set}};
  session.models = {{.path = old}};
  session.scores = {made.scores};
  writeSession(session, root / "s.oodscope");
  fs::create_directories(place.parent_path());
  testing::writeSmallModel(place);
  const auto window = open(root / "s.oodscope");
  QComboBox* box = comboNamed(*window, QStringLiteral("Models of the session"));
  ASSERT_TRUE(box);
  ASSERT_EQ(box->count(), 1);
  EXPECT_THAT(box->itemText(0).toStdString(), AllOf(HasSubstr("small.pth"), HasSubstr("missing")));
  WhenAsked<QFileDialog> file([&](QFileDialog& dialog) { typeName(dialog, QString::fromStdString(place.string())); });
  box->setCurrentIndex(0);
  Q_EMIT box->activated(0);
  EXPECT_EQ(file.asked, 1);
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_TRUE(window->workspace().findModel(QStringLiteral("renamed.pth")) != nullptr);
  EXPECT_EQ(window->session().session().models.at(0).path, place);
  ASSERT_EQ(box->count(), 1);
  EXPECT_EQ(box->itemData(0).toString(), QStringLiteral("renamed.pth"));
}

TEST_F(SavingTest, AMissingItemCanGo) {
  Session session;
  session.sets = {{made.set}, {root / "gone/elsewhere"}};
  writeSession(session, root / "s.oodscope");
  const auto window = open(root / "s.oodscope");
  auto* panel = window->findChild<MissingPanel*>();
  press(*panel, "remove-0");
  ASSERT_TRUE(waitUntilIdle(*window));
  EXPECT_FALSE(panel->isVisible());
  EXPECT_EQ(window->session().session().sets.size(), 1U);
  EXPECT_EQ(window->frames()->model()->rowCount(), 1);
}

}  // namespace
}  // namespace oodscope

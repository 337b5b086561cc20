// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/notices.h"

#include "app/window/helper_programs.h"
#include "tests/support/temporary_folder.h"
#include "widgets/panels/messages_panel.h"

#include <QDialog>
#include <QMessageBox>
#include <QPushButton>
#include <QTest>

#include <gtest/gtest.h>

#include <fstream>

namespace oodscope {
namespace {

class NoticesTest : public ::testing::Test {
protected:
  void SetUp() override {
    setUrlOpener([this](const QUrl& url) {
      opened << url.toLocalFile();
      return canOpen;
    });
  }
  void TearDown() override { setUrlOpener({}); }
  QString file(const char* name) {
    const auto path = m_folder.path() / name;
    std::ofstream(path) << "x";
    return QString::fromStdString(path.string());
  }
  QString folder() const { return QString::fromStdString(m_folder.path().string()); }

  Banner banner;
  MessagesPanel messages;
  Notices notices{banner, messages, nullptr};
  QStringList opened;
  bool canOpen = true;

private:
  testing::TemporaryFolder m_folder;
};

TEST_F(NoticesTest, SuccessIsConfirmedWithALinkToTheFile) {
  const QString picture = file("curve.pdf");
  notices.succeed(Concern::Export, QStringLiteral("Exported."), picture);
  EXPECT_TRUE(banner.isVisible());
  EXPECT_TRUE(banner.text().endsWith(QStringLiteral("/curve.pdf Exported."))) << banner.text().toStdString();
  EXPECT_EQ(banner.buttonText(), QStringLiteral("Show"));
  QTest::mouseClick(banner.findChild<QPushButton*>(), Qt::LeftButton);
  EXPECT_EQ(opened, QStringList{picture});
  EXPECT_TRUE(messages.shownText().endsWith(picture)) << "it can be found again";
}

TEST_F(NoticesTest, WhatIsNoDocumentIsShownInItsFolder) {
  const QString session = file("my.oodscope"), gone = folder() + QStringLiteral("/gone.pdf");
  for (const QString& shown : {session, gone, folder()})
    EXPECT_EQ(documentOrFolder(shown).toLocalFile(), folder()) << "what has gone is looked for where it was";
  notices.succeed(Concern::Saving, QStringLiteral("The session is saved."), session);
  QTest::mouseClick(banner.findChild<QPushButton*>(), Qt::LeftButton);
  EXPECT_EQ(opened, QStringList{folder()});
}

TEST_F(NoticesTest, AProgramThatCannotBeStartedIsReported) {
  canOpen = false;
  notices.succeed(Concern::Saving, QStringLiteral("The session is saved."), file("my.oodscope"));
  QTest::mouseClick(banner.findChild<QPushButton*>(), Qt::LeftButton);
  EXPECT_TRUE(banner.text().contains(QStringLiteral("could not be started"))) << banner.text().toStdString();
}

TEST_F(NoticesTest, AnErrorGoesWithASuccessOfItsKindAlone) {
  notices.tell(Severity::Error, QStringLiteral("no space left"), file("my.oodscope"), Concern::Saving);
  EXPECT_TRUE(banner.text().contains(QStringLiteral("no space left")));
  notices.succeed(Concern::Export, QStringLiteral("Exported."), file("curve.pdf"));
  EXPECT_TRUE(banner.text().contains(QStringLiteral("no space left"))) << "the session is not saved yet";
  notices.announce(QStringLiteral("set"), QStringLiteral("opened"));
  EXPECT_TRUE(banner.text().contains(QStringLiteral("no space left")));
  notices.succeed(Concern::Saving, QStringLiteral("The session is saved."), file("my.oodscope"));
  EXPECT_TRUE(banner.text().contains(QStringLiteral("saved"))) << banner.text().toStdString();
  EXPECT_EQ(messages.count(), 3) << "messages keep all";
}

TEST_F(NoticesTest, ACauseThatIsGoneTakesItsBannerAlong) {
  notices.tell(Severity::Error, QStringLiteral("scores failed"), {}, Concern::Run);
  notices.resolve(Concern::Saving);
  EXPECT_TRUE(banner.isVisible());
  notices.resolve(Concern::Run);
  EXPECT_FALSE(banner.isVisible());
}

TEST_F(NoticesTest, AnErrorAppearsAboveTheDialogThatCausedIt) {
  QDialog dialog;
  dialog.setWindowTitle(QStringLiteral("Export"));
  dialog.show();
  dialog.activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&dialog));
  notices.tell(Severity::Warning, QStringLiteral("odd"));
  EXPECT_EQ(dialog.findChild<QMessageBox*>(), nullptr) << "a warning needs no answer";
  notices.tell(Severity::Error, QStringLiteral("cannot be written"), QStringLiteral("/read/only.pdf"), Concern::Export);
  auto* box = dialog.findChild<QMessageBox*>();
  ASSERT_NE(box, nullptr);
  EXPECT_EQ(box->parentWidget(), &dialog);
  EXPECT_EQ(box->text(), QStringLiteral("cannot be written"));
  EXPECT_EQ(box->informativeText(), QStringLiteral("/read/only.pdf"));
  box->close();
}

}  // namespace
}  // namespace oodscope

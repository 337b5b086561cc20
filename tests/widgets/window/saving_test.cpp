// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/helper_programs.h"
#include "app/window/saving/places_flow.h"
#include "app/window/saving/recovery_flow.h"
#include "app/window/saving/unsaved_dialog.h"
#include "tests/support/temporary_folder.h"

#include <QPushButton>
#include <QTest>
#include <QUrl>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using Answer = SessionFile::Answer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(UnsavedDialog, SaysWhatIsUnsaved) {
  EXPECT_EQ(unsavedText({.notes = true}).toStdString(), "tags and notes");
  EXPECT_EQ(unsavedText({.notes = true, .runs = true, .knobs = true}).toStdString(),
            "tags and notes, kept runs and changed settings");
}

TEST(UnsavedDialog, ItsButtonsAreItsAnswers) {
  for (const auto& [name, wanted] :
       {std::pair{"save", Answer::Save}, std::pair{"discard", Answer::Discard}, std::pair{"cancel", Answer::Cancel}}) {
    UnsavedDialog dialog({.notes = true}, QStringLiteral("my"), QStringLiteral("/a/my.oodscope"), nullptr);
    dialog.show();
    QTest::mouseClick(dialog.findChild<QPushButton*>(QLatin1String(name)), Qt::LeftButton);
    EXPECT_EQ(dialog.answer(), wanted) << name;
    EXPECT_FALSE(dialog.isVisible());
  }
}

TEST(UnsavedDialog, EnterSavesAndEscapeGoesOn) {
  UnsavedDialog enter({.runs = true}, QStringLiteral("my"), {}, nullptr);
  enter.show();
  QTest::keyClick(&enter, Qt::Key_Return);
  EXPECT_EQ(enter.answer(), Answer::Save);
  UnsavedDialog escape({.runs = true}, QStringLiteral("my"), {}, nullptr);
  escape.show();
  QTest::keyClick(&escape, Qt::Key_Escape);
  EXPECT_EQ(escape.answer(), Answer::Cancel);
}

TEST(LeftWork, IsKnownAgainByWhatItHolds) {
  LeftWork left;
  left.session.sets = {{"/a"}, {"/b"}};
  left.session.notes.resize(1);
  EXPECT_EQ(leftWorkText(left).toStdString(), "a session in no file with 2 sets, 1 tagged or noted place");
  left.file = "/home/me/my.oodscope";
  EXPECT_THAT(leftWorkText(left).toStdString(), HasSubstr("my.oodscope"));
}

TEST(Places, SayWhyNothingCanBeKeptThere) {
  const testing::TemporaryFolder folder;
  EXPECT_TRUE(whyNoPlace(folder.path() / "new/deep").isEmpty());
  EXPECT_TRUE(fs::is_empty(folder.path() / "new/deep")) << "nothing is left of the trial";
  const fs::path file = folder.write("file", "x");
  EXPECT_FALSE(whyNoPlace(file).isEmpty());
  EXPECT_FALSE(whyNoPlace(file / "below").isEmpty());
}

/// A desktop whose opener ends with a code and writes down what it was asked.
class Helpers : public ::testing::Test {
protected:
  void install(int code) {
    const fs::path program = folder.write(
        "bin/xdg-open", "#!/bin/sh\necho \"$1\" > " + (folder / "asked") + "\nexit " + std::to_string(code));
    fs::permissions(program, fs::perms::owner_all);
    qputenv("PATH", QByteArray::fromStdString((folder.path() / "bin").string() + ":" + m_path.toStdString()));
  }
  void TearDown() override { qputenv("PATH", m_path); }
  [[nodiscard]] std::vector<std::string> open(const QUrl& url) {
    std::vector<std::string> said;
    openOutside(url, &m_context, [&](const QString& why) { said.push_back(why.toStdString()); });
    static_cast<void>(QTest::qWaitFor([&] { return !said.empty(); }, 1'500));
    return said;
  }
  testing::TemporaryFolder folder;

private:
  QObject m_context;
  QByteArray m_path = qgetenv("PATH");
};

TEST_F(Helpers, AreAskedForTheFolder) {
  install(0);
  EXPECT_THAT(open(folderOf(QString::fromStdString(folder.write("some/file.txt", "x").string()))), IsEmpty());
  std::string asked;
  std::ifstream(folder / "asked") >> asked;
  EXPECT_THAT(asked, HasSubstr("some"));
  EXPECT_THAT(asked, ::testing::Not(HasSubstr("file.txt")));
}

TEST_F(Helpers, ThatFailAreReported) {
  install(3);
  EXPECT_THAT(open(folderOf(QString::fromStdString(folder.path().string()))),
              ElementsAre(HasSubstr("no program is installed")));
  EXPECT_THAT(open(QUrl::fromLocalFile(QStringLiteral("/no/such/place"))), ElementsAre(HasSubstr("not there")));
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
// How the desktop program starts: without a display, on a German desktop, with files that nothing can use.
#include "tests/support/forked_process.h"
#include "tests/support/temporary_folder.h"

#include <QProcess>
#include <QProcessEnvironment>

#include <gtest/gtest.h>

#include <fstream>

namespace oodscope {
namespace {

struct Started {
  int code = -1;
  bool crashed = true;
  QByteArray out, err;
};

/// Runs the program without anything that a display could be found by.
Started withoutDisplay(const QStringList& arguments, const std::vector<std::pair<QString, QString>>& more = {}) {
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_RUNTIME_DIR"})
    environment.remove(QLatin1String(name));
  for (const auto& [name, value] : more) environment.insert(name, value);
  QProcess process;
  process.setProcessEnvironment(environment);
  oodscope::startWithFork(process);
  process.start(QStringLiteral(OODSCOPE_PROGRAM), arguments);
  if (!process.waitForFinished(120'000)) return {};
  return {process.exitCode(), process.exitStatus() == QProcess::CrashExit, process.readAllStandardOutput(),
          process.readAllStandardError()};
}

TEST(Start, HelpAndVersionNeedNoDisplay) {
  for (const char* option : {"--version", "--help"}) {
    const Started run = withoutDisplay({QLatin1String(option)});
    EXPECT_FALSE(run.crashed) << option << run.err.constData();
    EXPECT_EQ(run.code, 0) << option;
    EXPECT_TRUE(run.out.contains("oodscope")) << option;
  }
  for (const char* command : {"report", "figure"}) {
    const Started run = withoutDisplay({QLatin1String(command), QStringLiteral("--help")});
    EXPECT_EQ(run.code, 0) << command << run.err.constData();
  }
}

TEST(Start, WithoutADisplayItIsSaidAndNothingAborts) {
  const Started run = withoutDisplay({});
  EXPECT_FALSE(run.crashed);
  EXPECT_EQ(run.code, 3);
  EXPECT_TRUE(run.err.contains("no display")) << run.err.constData();
  const Started unreachable = withoutDisplay({}, {{QStringLiteral("DISPLAY"), QStringLiteral(":9999")}});
  EXPECT_FALSE(unreachable.crashed) << unreachable.err.constData();
  EXPECT_EQ(unreachable.code, 3);
  EXPECT_FALSE(unreachable.err.isEmpty());
}

TEST(Start, TheWindowOpensWhereNothingCanBeKept) {
  const testing::TemporaryFolder folder;
  const QString file = QString::fromStdString(folder.write("file", "no folder").string());
  const QString picture = QString::fromStdString(folder / "window.png");
  const Started run = withoutDisplay({QStringLiteral("--screenshot"), picture},
                                     {{QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen")},
                                      {QStringLiteral("HOME"), file},
                                      {QStringLiteral("XDG_CONFIG_HOME"), file},
                                      {QStringLiteral("XDG_DATA_HOME"), file},
                                      {QStringLiteral("XDG_CACHE_HOME"), file}});
  EXPECT_FALSE(run.crashed) << run.err.constData();
  EXPECT_EQ(run.code, 0) << run.err.constData();
  EXPECT_TRUE(std::filesystem::exists(folder / "window.png"));
}

TEST(Start, WrongUsageIsSaidWithoutADisplay) {
  for (const QStringList& arguments :
       {QStringList{"--nonsense"}, QStringList{"--temperature", "inf"}, QStringList{"--threads", "100000"}}) {
    const Started run = withoutDisplay(arguments);
    EXPECT_EQ(run.code, 2) << qPrintable(arguments.join(' '));
    EXPECT_FALSE(run.err.isEmpty());
  }
}

TEST(Start, AReportOfASessionThatNothingCanUseIsRefusedInWords) {
  const testing::TemporaryFolder folder;
  const auto report = [&](const std::string& text) {
    const auto file = folder.write("s.json", text);
    return withoutDisplay({"report", QString::fromStdString(file.string()), "--output",
                           QString::fromStdString(folder / "report"), "--no-cache"});
  };
  for (const char* text : {R"({"oodscope_session":1})", R"({"oodscope_session":1,"sets":[],"models":[]})",
                           R"({"oodscope_session":1,"sets":[{"path":"none"}]})",
                           R"({"oodscope_session":1,"view":{"scale":"percentile","scale_low":-5,"scale_high":400}})",
                           R"({"oodscope_session":1,"models":[{"path":"m","outputs":{"known_classes":0}}]})",
                           R"({"oodscope_session":1,"sets":[{"path":"a","generic":{"values":{"12345678901":1}}}]})", "",
                           "[]", "no JSON"}) {
    const Started run = report(text);
    EXPECT_FALSE(run.crashed) << text << run.err.constData();
    EXPECT_EQ(run.code, 3) << text;
    EXPECT_FALSE(run.err.trimmed().isEmpty()) << text;
    EXPECT_FALSE(run.err.contains("unexpected")) << text << run.err.constData();
  }
  const Started deep = report("{\"oodscope_session\":1,\"notes\":" + std::string(200'000, '[') + "}");
  EXPECT_FALSE(deep.crashed);
  EXPECT_EQ(deep.code, 3);
  EXPECT_TRUE(deep.err.contains("s.json")) << deep.err.constData();
}

}  // namespace
}  // namespace oodscope

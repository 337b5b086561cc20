// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/settings.h"
#include "app/session/session_names.h"
#include "tests/support/temporary_folder.h"
#include "widgets/theme/colour_map.h"

#include <QCoreApplication>
#include <QSettings>

#include <gtest/gtest.h>

namespace oodscope {
namespace {

/// Preferences in a folder of the test's own.
class PreferencesFile : public ::testing::Test {
protected:
  PreferencesFile() {
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, QString::fromStdString(m_folder.path().string()));
    QCoreApplication::setOrganizationName(QStringLiteral("oodscope"));
    QCoreApplication::setApplicationName(QStringLiteral("settings-test"));
  }
  static void write(const char* key, const QVariant& value) { QSettings().setValue(QLatin1String(key), value); }

private:
  testing::TemporaryFolder m_folder;
};

TEST_F(PreferencesFile, WhatWasWrittenIsRead) {
  WorkOptions options;
  options.threads = 2;
  options.memoryBudget = std::uint64_t{512} << 20U;
  options.store.maxBytes = 3'500'000'000U;
  writeWorkOptions(options);
  const ReadWorkOptions read = readWorkOptions();
  EXPECT_TRUE(read.refused.isEmpty()) << read.refused.join(QLatin1Char('\n')).toStdString();
  EXPECT_EQ(read.options.threads, 2);
  EXPECT_EQ(read.options.memoryBudget, options.memoryBudget);
  EXPECT_EQ(read.options.store.maxBytes, options.store.maxBytes);
}

TEST_F(PreferencesFile, AValueOutsideItsRangeIsSaidAndTheDefaultIsUsed) {
  const WorkOptions usual = readWorkOptions().options;
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, QVariant>>{{"work/threads", 100'000},
                                                     {"work/threads", -1},
                                                     {"work/threads", QStringLiteral("many")},
                                                     {"work/megabytes", -5},
                                                     {"work/megabytes", QStringLiteral("1e300")},
                                                     {"cache/gigabytes", QStringLiteral("nan")},
                                                     {"cache/gigabytes", QStringLiteral("inf")},
                                                     {"cache/gigabytes", -8},
                                                     {"cache/gigabytes", QStringLiteral("8,0")}}) {
    QSettings().clear();
    write(key, value);
    const ReadWorkOptions read = readWorkOptions();
    EXPECT_EQ(read.options.threads, usual.threads) << key;
    EXPECT_EQ(read.options.memoryBudget, usual.memoryBudget) << key;
    EXPECT_EQ(read.options.store.maxBytes, usual.store.maxBytes) << key;
    ASSERT_EQ(read.refused.size(), 1) << key << " " << value.toString().toStdString();
    EXPECT_TRUE(read.refused[0].contains(QLatin1String(key))) << read.refused[0].toStdString();
    EXPECT_TRUE(read.refused[0].contains(QSettings().fileName())) << read.refused[0].toStdString();
  }
}

TEST_F(PreferencesFile, ALongListOfRecentFilesIsCut) {
  write("recent/size", 2'000'000'000);
  EXPECT_LE(readRecent().size(), 12U);
}

TEST_F(PreferencesFile, AColourMapThatIsNoneIsTheUsualOne) {
  write("defaults/colour-map", QStringLiteral("beige"));
  EXPECT_EQ(readDefaults().colourMap, SessionDefaults{}.colourMap);
}

TEST(SessionNames, EveryColourMapOfTheWindowCanBeInASession) {
  for (const ColourMap map : allColourMaps()) {
    const std::string name = colourMapName(map).toStdString();
    EXPECT_NE(std::find(kColourMaps.begin(), kColourMaps.end(), name), kColourMaps.end()) << name;
  }
  EXPECT_EQ(allColourMaps().size(), kColourMaps.size());
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "app/window/generic_folder_dialog.h"
#include "app/window/preferences_dialog.h"
#include "app/window/published_reference.h"
#include "tests/support/temporary_folder.h"
#include "tests/widgets/support/recorder.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QTest>

#include <gtest/gtest.h>

#include <fstream>

namespace oodscope {
namespace {

Preferences unusual() {
  Preferences preferences;
  preferences.work.threads = 1;
  preferences.work.memoryBudget = std::uint64_t{512} << 20U;
  preferences.work.store.folder = "/var/cache/logits";
  preferences.work.store.maxBytes = 3'500'000'000U;
  preferences.work.store.precision = StorePrecision::Single;
  preferences.theme = ThemeChoice::Dark;
  preferences.defaults = {methods::kMaxEntropy, protocols::kFishyscapes, "viridis"};
  return preferences;
}

void expectEqual(const Preferences& a, const Preferences& b) {
  EXPECT_EQ(a.work.device, b.work.device);
  EXPECT_EQ(a.work.threads, b.work.threads);
  EXPECT_EQ(a.work.memoryBudget, b.work.memoryBudget);
  EXPECT_EQ(a.work.store.folder, b.work.store.folder);
  EXPECT_EQ(a.work.store.maxBytes, b.work.store.maxBytes);
  EXPECT_EQ(a.work.store.precision, b.work.store.precision);
  EXPECT_EQ(a.theme, b.theme);
  EXPECT_EQ(a.defaults, b.defaults);
}

template <class Control>
Control* named(const QWidget& parent, const QString& name) {
  for (Control* control : parent.findChildren<Control*>())
    if (control->accessibleName() == name) return control;
  return nullptr;
}

QPushButton* buttonWith(const QWidget& parent, const QString& text) {
  for (QPushButton* button : parent.findChildren<QPushButton*>())
    if (button->text().remove(QLatin1Char('&')).startsWith(text)) return button;
  return nullptr;
}

}  // namespace

TEST(PreferencesDialog, SaysUneditedWhatItWasGiven) {
  const PreferencesDialog dialog(unusual(), nullptr);
  expectEqual(dialog.edited(), unusual());
}

TEST(PreferencesDialog, ApplyTellsEveryEditAndStaysOpen) {
  PreferencesDialog dialog(unusual(), nullptr);
  dialog.show();
  std::vector<Preferences> told;
  QObject::connect(&dialog, &PreferencesDialog::accepted, &dialog, [&](const Preferences& p) { told.push_back(p); });
  named<QSpinBox>(dialog, QStringLiteral("Threads"))->setValue(2);
  named<QSpinBox>(dialog, QStringLiteral("Memory for score maps"))->setValue(1024);
  named<QLineEdit>(dialog, QStringLiteral("Cache folder"))->setText(QStringLiteral("  /tmp/other "));
  named<QDoubleSpinBox>(dialog, QStringLiteral("At most"))->setValue(12.5);
  named<QComboBox>(dialog, QStringLiteral("Precision of stored logits"))->setCurrentIndex(0);
  named<QComboBox>(dialog, QStringLiteral("Theme"))->setCurrentIndex(0);
  QComboBox* method = named<QComboBox>(dialog, QStringLiteral("Method"));
  method->setCurrentIndex(method->findData(QStringLiteral("energy")));
  EXPECT_TRUE(told.empty()) << "nothing before Apply";
  auto* buttons = dialog.findChild<QDialogButtonBox*>();
  QTest::mouseClick(buttons->button(QDialogButtonBox::Apply), Qt::LeftButton);
  Preferences wanted = unusual();
  wanted.work.threads = 2;
  wanted.work.memoryBudget = std::uint64_t{1024} << 20U;
  wanted.work.store.folder = "/tmp/other";
  wanted.work.store.maxBytes = 12'500'000'000U;
  wanted.work.store.precision = StorePrecision::Half;
  wanted.theme = ThemeChoice::Light;
  wanted.defaults.method = methods::kEnergy;
  ASSERT_EQ(told.size(), 1U);
  expectEqual(told.front(), wanted);
  EXPECT_TRUE(dialog.isVisible());
  QTest::mouseClick(buttons->button(QDialogButtonBox::Ok), Qt::LeftButton);
  EXPECT_EQ(told.size(), 2U);
  EXPECT_FALSE(dialog.isVisible());
}

TEST(PreferencesDialog, CancelTellsNothing) {
  PreferencesDialog dialog(unusual(), nullptr);
  dialog.show();
  Recorder recorder;
  recorder.watch(&dialog, &PreferencesDialog::accepted, QStringLiteral("accepted"));
  recorder.watch(&dialog, &PreferencesDialog::clearCacheRequested, QStringLiteral("clear"));
  named<QSpinBox>(dialog, QStringLiteral("Threads"))->setValue(2);
  QTest::mouseClick(buttonWith(dialog, QStringLiteral("Clear the cache")), Qt::LeftButton);
  QTest::mouseClick(dialog.findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Cancel), Qt::LeftButton);
  EXPECT_EQ(recorder.take(), QStringList{QStringLiteral("clear")});
  EXPECT_FALSE(dialog.isVisible());
}

class GenericFolder : public ::testing::Test {
protected:
  void SetUp() override {
    for (const char* folder : {"my_imgs", "my_labels"}) std::filesystem::create_directories(m_folder.path() / folder);
  }
  /// The dialog says what would be found once its look is done.
  static QString found(const GenericFolderDialog& dialog) {
    const auto* label = named<QLabel>(dialog, QStringLiteral("What would be found"));
    static_cast<void>(QTest::qWaitFor([&] { return !label->text().isEmpty(); }, 10'000));
    return label->text();
  }
  testing::TemporaryFolder m_folder;
};

TEST_F(GenericFolder, SubfoldersNamedLikeImagesAndMasksAreGuessed) {
  const GenericLayout guess = guessedLayout(m_folder.path());
  EXPECT_EQ(guess.images, "my_imgs/*");
  EXPECT_EQ(guess.masks, "my_labels/*");
}

TEST_F(GenericFolder, EditsComeOutAsTheLayout) {
  GenericFolderDialog dialog(m_folder.path(), QStringLiteral("no layout fits"), nullptr);
  dialog.setAttribute(Qt::WA_DeleteOnClose, false);
  dialog.show();
  named<QLineEdit>(dialog, QStringLiteral("Images"))->setText(QStringLiteral(" left/*.png "));
  auto* values = dialog.findChild<QTableWidget*>();
  ASSERT_EQ(values->rowCount(), 3);
  QTest::mouseClick(buttonWith(dialog, QStringLiteral("Add a value")), Qt::LeftButton);
  ASSERT_EQ(values->rowCount(), 4);
  values->item(3, 0)->setText(QStringLiteral("7"));
  static_cast<QComboBox*>(values->cellWidget(3, 1))->setCurrentIndex(1);
  values->item(1, 0)->setText(QStringLiteral("no number"));
  const GenericLayout layout = dialog.edited();
  EXPECT_EQ(layout.images, "left/*.png");
  EXPECT_EQ(layout.masks, "my_labels/*");
  const std::map<int, std::uint8_t> meaning{{0, kNormal}, {7, kAnomaly}, {255, kVoid}};
  EXPECT_EQ(layout.encoding.meaning, meaning) << "a row without a number is left out";
}

TEST_F(GenericFolder, TheValuesThatTheMasksHoldAreShownWithTheirPixels) {
  QImage image(4, 2, QImage::Format_RGB888), mask(4, 2, QImage::Format_Grayscale8);
  image.fill(Qt::gray);
  mask.fill(3);
  mask.scanLine(1)[0] = 7;
  mask.scanLine(1)[1] = 100;
  for (const char* name : {"a.png", "b.png"}) {
    ASSERT_TRUE(image.save(QString::fromStdString((m_folder.path() / "my_imgs" / name).string())));
    ASSERT_TRUE(mask.save(QString::fromStdString((m_folder.path() / "my_labels" / name).string())));
  }
  GenericFolderDialog dialog(m_folder.path(), QStringLiteral("no layout fits"), nullptr);
  dialog.setAttribute(Qt::WA_DeleteOnClose, false);
  dialog.show();
  const QString text = found(dialog);
  EXPECT_TRUE(text.startsWith(QStringLiteral("2 images, 2 with a mask, no file left out"))) << text.toStdString();
  EXPECT_TRUE(text.contains(QStringLiteral("2 masks looked at: they hold 3, 7, 100."))) << text.toStdString();
  EXPECT_TRUE(text.contains(QStringLiteral("All of that is void"))) << text.toStdString();
  auto* values = dialog.findChild<QTableWidget*>();
  ASSERT_EQ(values->rowCount(), 6) << "a row for each value that they hold";
  EXPECT_EQ(values->item(0, 2)->text(), QStringLiteral("in none of them"));
  EXPECT_EQ(values->item(3, 0)->text(), QStringLiteral("3"));
  EXPECT_EQ(values->item(3, 2)->text(), QStringLiteral("12 px in 2 masks"));
  EXPECT_EQ(values->item(5, 2)->text(), QStringLiteral("2 px in 2 masks"));
  static_cast<QComboBox*>(values->cellWidget(4, 1))->setCurrentIndex(1);  // 7 is the anomaly
  const auto* label = named<QLabel>(dialog, QStringLiteral("What would be found"));
  EXPECT_TRUE(QTest::qWaitFor([&] { return !label->text().contains(QStringLiteral("void")); }, 10'000));
  EXPECT_EQ(dialog.edited().encoding.meaning.at(7), kAnomaly);
  EXPECT_EQ(dialog.edited().encoding.meaning.at(100), kVoid);
}

TEST_F(GenericFolder, WhereNothingIsFoundOnlyScoresCanBeChosen) {
  GenericFolderDialog dialog(m_folder.path(), QStringLiteral("no layout fits"), nullptr);
  dialog.setAttribute(Qt::WA_DeleteOnClose, false);
  dialog.show();
  Recorder recorder;
  recorder.watch(&dialog, &GenericFolderDialog::layoutChosen, QStringLiteral("layout"));
  recorder.watch(&dialog, &GenericFolderDialog::scoresChosen, QStringLiteral("scores"));
  EXPECT_FALSE(found(dialog).isEmpty());
  EXPECT_FALSE(buttonWith(dialog, QStringLiteral("Open as images"))->isEnabled());
  QTest::mouseClick(buttonWith(dialog, QStringLiteral("These are score maps")), Qt::LeftButton);
  EXPECT_EQ(recorder.take(), QStringList{QStringLiteral("scores …")})
      << "with their polarity, which the recorder does not spell";
  EXPECT_FALSE(dialog.isVisible());
}

TEST_F(GenericFolder, ScoreMapsComeWithWhatTheirHighValuesMean) {
  const std::vector<std::pair<int, std::optional<Polarity>>> choices{
      {0, std::nullopt}, {1, Polarity::AnomalyHigh}, {2, Polarity::NormalHigh}};
  for (const auto& [index, polarity] : choices) {
    GenericFolderDialog dialog(m_folder.path(), QStringLiteral("no layout fits"), nullptr);
    dialog.setAttribute(Qt::WA_DeleteOnClose, false);
    dialog.show();
    std::vector<std::optional<Polarity>> told;
    QObject::connect(&dialog, &GenericFolderDialog::scoresChosen,
                     [&](std::optional<Polarity> chosen) { told.push_back(chosen); });
    auto* means = named<QComboBox>(dialog, QStringLiteral("High values mean"));
    ASSERT_NE(means, nullptr);
    EXPECT_EQ(means->currentIndex(), 0) << "as the form says, until somebody says otherwise";
    means->setCurrentIndex(index);
    QTest::mouseClick(buttonWith(dialog, QStringLiteral("These are score maps")), Qt::LeftButton);
    EXPECT_EQ(told, (std::vector{polarity}));
  }
}

TEST(PublishedReference, IsTheValueOfThatSetModelMethodTemperatureAndProtocol) {
  PublishedReference published(std::filesystem::path(OODSCOPE_SOURCE_DIR) / "resources/published.json");
  const Configuration msp{"msp", methods::kMsp, 1.0F};
  const auto found = published.find("RoadAnomaly21", "ERFNet", msp, protocols::kCourse);
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->ap && found->fpr95);
  EXPECT_NEAR(*found->ap, 0.2909, 1e-9) << "as a fraction";
  EXPECT_NEAR(*found->fpr95, 0.62587, 1e-9);
  EXPECT_FALSE(found->auroc) << "not printed there";
  EXPECT_FALSE(found->source.isEmpty());
  EXPECT_FALSE(found->reason.isEmpty());
  EXPECT_FALSE(published.find("RoadAnomaly21", "ERFNet", msp, protocols::kStreetHazards));
  EXPECT_FALSE(published.find("no such set", "ERFNet", msp, protocols::kCourse));
  const Configuration imported{"mine", std::nullopt, std::nullopt};
  EXPECT_FALSE(published.find("RoadAnomaly21", "ERFNet", imported, protocols::kCourse));
}

TEST(PublishedReference, AFileThatCannotBeReadAnswersNone) {
  PublishedReference published("/no/such/file.json");
  EXPECT_FALSE(published.find("RoadAnomaly21", "ERFNet", {"msp", methods::kMsp, 1.0F}, protocols::kCourse));
}

}  // namespace oodscope

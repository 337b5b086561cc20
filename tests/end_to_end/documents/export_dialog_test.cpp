// SPDX-License-Identifier: GPL-3.0-or-later
// The export dialog on a made session: what it previews is what it writes.
#include "app/window/export/export_dialog.h"

#include "app/figures/figure.h"
#include "app/figures/figure_writer.h"
#include "tests/end_to_end/documents/made_session.h"
#include "tests/end_to_end/documents/tools.h"
#include "widgets/theme/theme.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QTest>

#include <algorithm>

namespace oodscope {
namespace {

QByteArray contentOf(const QString& file) {
  QFile in(file);
  EXPECT_TRUE(in.open(QIODevice::ReadOnly)) << file.toStdString();
  return in.readAll();
}

constexpr int kRounding = 4;  // of 255: edges of glyphs that a process draws for the first time

/// Of any channel of any pixel; 255 where the sizes differ.
int largestDifference(const QImage& one, const QImage& other) {
  if (one.size() != other.size()) return 255;
  int out = 0;
  for (int y = 0; y < one.height(); ++y)
    for (int x = 0; x < one.width(); ++x) {
      const QColor a = one.pixelColor(x, y), b = other.pixelColor(x, y);
      for (const int difference : {a.red() - b.red(), a.green() - b.green(), a.blue() - b.blue()})
        out = std::max(out, std::abs(difference));
    }
  return out;
}

class ExportDialogTest : public ::testing::Test {
protected:
  void SetUp() override {
    m_theme = std::make_unique<Theme>(*qApp, ThemeChoice::Dark);
    prepare(m_made.session);
    OpeningOptions opening;
    opening.store.folder = (std::filesystem::path(m_made.file()).parent_path() / "logits-store").string();
    std::shared_ptr<SessionResults> results = openSessionResults(m_made.session, opening, [](const Progress&) {}, {});
    m_dialog = new ExportDialog(std::move(results), {}, 2);
    QObject::connect(m_dialog, &ExportDialog::failed, [](const QString& text) { FAIL() << text.toStdString(); });
    QObject::connect(m_dialog, &ExportDialog::exported, [this](const QString& file, bool) { m_exported << file; });
    m_dialog->show();
    ASSERT_TRUE(waitUntilIdle());
  }
  void TearDown() override { delete m_dialog; }
  virtual void prepare(Session&) {}
  bool waitUntilIdle() {
    return QTest::qWaitFor([this] { return !m_dialog->isBusy(); }, 60000);
  }
  template <class Widget>
  Widget* named(const char* name) {
    for (Widget* widget : m_dialog->findChildren<Widget*>())
      if (widget->accessibleName() == QLatin1String(name)) return widget;
    ADD_FAILURE() << name;
    return nullptr;
  }
  QPushButton* button(const char* text) {
    for (QPushButton* widget : m_dialog->findChildren<QPushButton*>())
      if (widget->text() == QLatin1String(text) && widget->isVisible()) return widget;
    ADD_FAILURE() << text;
    return nullptr;
  }
  void preset(const QString& name) {
    auto* box = named<QComboBox>("Size");
    const int index = box->findData(name);
    ASSERT_GE(index, 0) << name.toStdString();
    box->setCurrentIndex(index);
    Q_EMIT box->activated(index);
    EXPECT_TRUE(waitUntilIdle());
  }
  /// To be looked at.
  void picture(const QString& name) {
    const QString folder = QStringLiteral(OODSCOPE_BINARY_DIR "/screenshots");
    QDir().mkpath(folder);
    m_dialog->grab().save(folder + QStringLiteral("/export-") + name + QStringLiteral(".png"));
  }

  testing::MadeSession m_made;
  std::unique_ptr<Theme> m_theme;
  ExportDialog* m_dialog = nullptr;
  QStringList m_exported;
};

TEST_F(ExportDialogTest, OpensWithTheFirstPresetsOwnSizeAndFont) {
  const FigureStyle first = figurePresets().front().style;
  EXPECT_EQ(named<QDoubleSpinBox>("Width")->value(), first.widthInches);
  EXPECT_EQ(named<QDoubleSpinBox>("Font size as printed")->value(), first.fontPoints);
  EXPECT_EQ(m_dialog->preview().width(), 1050);  // 3.5 in at 300 dpi
  EXPECT_GT(testing::inkOf(m_dialog->preview()), 0.01);
  picture(QStringLiteral("figure-dark"));
}

TEST_F(ExportDialogTest, ThePreviewIsThePngForEveryPresetAndResolution) {
  for (const auto& [name, title, style] : figurePresets())
    for (const int dpi : {300, 600}) {
      named<QSpinBox>("Resolution")->setValue(dpi);
      preset(name);
      const QImage preview = m_dialog->preview();
      EXPECT_EQ(preview.width(), std::lround(style.widthInches * dpi)) << name.toStdString();
      const QString file = m_made / "preview.png";
      m_dialog->saveFigureTo(file);
      const QImage written(file);
      EXPECT_EQ(written.convertToFormat(QImage::Format_RGB32), preview.convertToFormat(QImage::Format_RGB32))
          << name.toStdString();
      EXPECT_EQ(written.dotsPerMeterX(), std::lround(dpi / 0.0254)) << "pHYs";
    }
}

TEST_F(ExportDialogTest, EveryFormatIsWrittenWithItsDataBesideIt) {
  const std::pair<const char*, const char*> formats[] = {{"a.pdf", "%PDF-"}, {"b.svg", "<?xml"}, {"c.png", "\x89PNG"}};
  for (const auto& [name, start] : formats) {
    m_dialog->saveFigureTo(m_made / name);
    EXPECT_TRUE(contentOf(m_made / name).startsWith(start)) << name;
    const QString data = (m_made / name).chopped(3) + "csv";
    EXPECT_TRUE(contentOf(data).startsWith("curve,threshold,precision")) << name;
  }
  EXPECT_EQ(m_exported.size(), 3);
}

TEST_F(ExportDialogTest, AFreeSizeKeepsThePresetsLinesAndIsFree) {
  preset(QStringLiteral("slides"));
  named<QDoubleSpinBox>("Width")->setValue(5.0);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_EQ(named<QComboBox>("Size")->currentText(), QStringLiteral("Free"));
  EXPECT_EQ(m_dialog->preview().width(), 1500);
  named<QDoubleSpinBox>("Height")->setValue(2.0);
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_EQ(m_dialog->preview().size(), QSize(1500, 600));
}

/// Each switch changes the picture, the picture is the file, and the session is told.
TEST_F(ExportDialogTest, EverySwitchChangesTheFigureThatIsSaved) {
  FigureLook told;
  QObject::connect(m_dialog, &ExportDialog::lookEdited, [&](const FigureLook& look) { told = look; });
  m_dialog->chooseFigure(QStringLiteral("pr"));
  ASSERT_TRUE(waitUntilIdle());
  const auto expectSaved = [&](const char* what) {
    ASSERT_TRUE(waitUntilIdle());
    const QString file = m_made / "switched.png";
    m_dialog->saveFigureTo(file);
    EXPECT_EQ(QImage(file).convertToFormat(QImage::Format_RGB32),
              m_dialog->preview().convertToFormat(QImage::Format_RGB32))
        << what;
  };
  QImage before = m_dialog->preview();
  for (const char* name : {"Title", "Iso-F1 lines", "Operating point"}) {
    auto* box = named<QCheckBox>(name);
    ASSERT_TRUE(box->isEnabled()) << name;
    QTest::mouseClick(box, Qt::LeftButton, {}, {8, box->height() / 2});
    EXPECT_FALSE(box->isChecked()) << name;
    expectSaved(name);
    EXPECT_NE(m_dialog->preview(), before) << name;
    before = m_dialog->preview();
  }
  EXPECT_EQ(told, (FigureLook{.title = false, .isoF1 = false, .operatingPoint = false}));
  auto* places = named<QComboBox>("Place of the legend");
  const int width = before.width();
  for (int i = 1; i < places->count(); ++i) {
    places->setCurrentIndex(i);
    Q_EMIT places->activated(i);
    expectSaved(qPrintable(places->itemText(i)));
    EXPECT_NE(m_dialog->preview(), before) << places->itemText(i).toStdString();
    EXPECT_EQ(m_dialog->preview().width(), width);
    before = m_dialog->preview();
    picture(QStringLiteral("legend-%1").arg(i));
  }
  EXPECT_EQ(told.legend, FigureLegend::None);

  m_dialog->chooseFigure(QStringLiteral("histogram"));
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_FALSE(named<QCheckBox>("Iso-F1 lines")->isEnabled()) << "it has none";
  EXPECT_TRUE(named<QCheckBox>("Title")->isEnabled());
  m_dialog->chooseFigure(QStringLiteral("grid"));
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_FALSE(named<QCheckBox>("Title")->isEnabled());
  EXPECT_FALSE(named<QCheckBox>("Title")->toolTip().isEmpty()) << "says why";

  // Drawn anew: how glyphs are measured depends on what was drawn before.
  m_dialog->chooseFigure(QStringLiteral("pr"));
  ASSERT_TRUE(waitUntilIdle());
  Session session = m_made.session;
  session.figure = told;
  OpeningOptions opening;
  opening.store.folder = (std::filesystem::path(m_made.file()).parent_path() / "logits-store").string();
  const auto results = openSessionResults(session, opening, [](const Progress&) {}, {});
  const auto figure = planFigure(*results, "pr")();
  EXPECT_LE(largestDifference(figureImage(*figure, figurePresets().front().style), m_dialog->preview()), kRounding)
      << "what the session keeps is it";
}

/// A dialog over the same session with two kept runs, one of another protocol.
class ExportOfRuns : public ExportDialogTest {
protected:
  void prepare(Session& session) override {
    RunChoice kept = runChoiceOf(session.view);
    kept.score.method = methods::kMaxLogit;
    kept.score.importedLogits = true;
    session.runs.push_back(kept);
    kept.protocol = protocols::kFishyscapes;
    session.runs.push_back(kept);
  }
};

TEST_F(ExportOfRuns, TickedRunsAreInPreviewFileAndSession) {
  std::vector<std::pair<RunChoice, bool>> told;
  QObject::connect(m_dialog, &ExportDialog::overlayEdited,
                   [&](const RunChoice& run, bool on) { told.emplace_back(run, on); });
  auto* runs = named<QListWidget>("Kept runs in the figure");
  ASSERT_EQ(runs->count(), 2);
  ASSERT_TRUE(runs->isVisible());
  EXPECT_EQ(runs->item(0)->checkState(), Qt::Checked) << "as the session has it";
  EXPECT_FALSE(runs->item(1)->flags() & Qt::ItemIsEnabled);
  EXPECT_TRUE(runs->item(1)->toolTip().contains(QStringLiteral("another protocol")));
  for (const char* figure : {"pr", "roc", "f1", "histogram"}) {
    m_dialog->chooseFigure(QString::fromLatin1(figure));
    ASSERT_TRUE(waitUntilIdle());
    const QImage with = m_dialog->preview();
    m_dialog->saveFigureTo(m_made / "with.png");
    const QByteArray dataWith = contentOf(m_made / "with.csv");
    runs->item(0)->setCheckState(Qt::Unchecked);
    ASSERT_TRUE(waitUntilIdle());
    EXPECT_NE(m_dialog->preview(), with) << figure;
    m_dialog->saveFigureTo(m_made / "without.png");
    EXPECT_LE(largestDifference(QImage(m_made / "without.png").convertToFormat(QImage::Format_RGB32),
                                m_dialog->preview().convertToFormat(QImage::Format_RGB32)),
              kRounding)
        << figure;
    EXPECT_TRUE(dataWith.contains("Max-logit")) << figure;
    EXPECT_FALSE(contentOf(m_made / "without.csv").contains("Max-logit")) << figure;
    runs->item(0)->setCheckState(Qt::Checked);
    ASSERT_TRUE(waitUntilIdle());
    EXPECT_TRUE(QTest::qWaitFor([&] { return largestDifference(m_dialog->preview(), with) <= kRounding; })) << figure;
  }
  ASSERT_EQ(told.size(), 8U);
  EXPECT_EQ(told[0].first, m_made.session.runs[0]);
  EXPECT_FALSE(told[0].second);
  EXPECT_TRUE(told[1].second);
  picture(QStringLiteral("runs"));
}

TEST_F(ExportDialogTest, CopyPutsThePictureAndTheSvgOnTheClipboard) {
  QTest::mouseClick(button("Copy"), Qt::LeftButton);
  const QMimeData* copied = QGuiApplication::clipboard()->mimeData();
  ASSERT_NE(copied, nullptr);
  EXPECT_EQ(qvariant_cast<QImage>(copied->imageData()).size(), m_dialog->preview().size());
  EXPECT_TRUE(copied->data(QStringLiteral("image/svg+xml")).contains("<svg"));
}

TEST_F(ExportDialogTest, EveryFigureOfTheListHasAPreviewOrSaysWhyNot) {
  auto* list = named<QListWidget>("Figures");
  ASSERT_GT(list->count(), 8);
  for (int i = 0; i < list->count(); ++i) {
    list->setCurrentRow(i);
    ASSERT_TRUE(waitUntilIdle());
    const bool drawn = !m_dialog->preview().isNull();
    EXPECT_TRUE(drawn || !named<QLabel>("Preview")->text().isEmpty()) << list->item(i)->text().toStdString();
    if (drawn) {
      EXPECT_GT(testing::inkOf(m_dialog->preview()), 0.01) << list->item(i)->text().toStdString();
    }
  }
}

TEST_F(ExportDialogTest, FilteringTheListHidesWhatDoesNotMatch) {
  named<QLineEdit>("Filter figures")->setText(QStringLiteral("hist"));
  auto* list = named<QListWidget>("Figures");
  int shown = 0;
  for (int i = 0; i < list->count(); ++i) shown += list->item(i)->isHidden() ? 0 : 1;
  EXPECT_EQ(shown, 1);
}

TEST_F(ExportDialogTest, TheTablesTextIsTheFile) {
  m_dialog->showPage(ExportDialog::TablePage);
  ASSERT_TRUE(waitUntilIdle());
  auto* text = named<QPlainTextEdit>("The table's file");
  EXPECT_GE(named<QComboBox>("Format")->findData(QStringLiteral("latex-fragment")), 0)
      << "what a paper takes by \\input";
  for (int table = 0; table < named<QComboBox>("Table")->count(); ++table)
    for (int format = 0; format < named<QComboBox>("Format")->count(); ++format) {
      named<QComboBox>("Table")->setCurrentIndex(table);
      named<QComboBox>("Format")->setCurrentIndex(format);
      EXPECT_GT(text->toPlainText().size(), 40);
      const QString file = m_made / "table.txt";
      m_dialog->saveTableTo(file);
      EXPECT_EQ(QString::fromUtf8(contentOf(file)), text->toPlainText()) << table << ' ' << format;
    }
  picture(QStringLiteral("table-dark"));
  m_theme->setChoice(ThemeChoice::Light);
  m_dialog->showPage(ExportDialog::FigurePage);
  m_dialog->chooseFigure("grid");
  ASSERT_TRUE(waitUntilIdle());
  picture(QStringLiteral("grid-light"));
  m_dialog->showPage(ExportDialog::ReportPage);
  picture(QStringLiteral("report-light"));
}

TEST_F(ExportDialogTest, TheGridIsEditedInPlaceAndASessionKeepsIt) {
  GridRecipe kept;
  int edits = 0;
  QObject::connect(m_dialog, &ExportDialog::gridEdited, [&](const GridRecipe& grid) {
    kept = grid;
    ++edits;
  });
  m_dialog->setPartInView([](const GridRecipe::Row&) { return FrameRectangle{10, 20, 30, 40}; });
  m_dialog->chooseFigure("grid");
  ASSERT_TRUE(waitUntilIdle());
  const QImage before = m_dialog->preview();
  auto* rows = named<QTableWidget>("Rows of the grid");
  ASSERT_TRUE(rows->isVisible());
  ASSERT_GE(rows->rowCount(), 2);
  ASSERT_EQ(rows->item(0, 0)->text(), "street / 1") << "the frame in view comes first";
  rows->item(0, 1)->setText("A box on the road");
  auto* inset = qobject_cast<QComboBox*>(rows->cellWidget(0, 2));
  Q_EMIT inset->activated(1);
  ASSERT_TRUE(waitUntilIdle());
  ASSERT_EQ(edits, 2);
  EXPECT_EQ(kept.rows[0].caption, "A box on the road");
  EXPECT_EQ(kept.rows[0].inset, (FrameRectangle{29, 23, 62, 70})) << "twice the anomaly's size";
  EXPECT_NE(m_dialog->preview(), before);
  EXPECT_EQ(m_dialog->preview().size(), before.size()) << "an inset takes no room";

  Q_EMIT qobject_cast<QComboBox*>(rows->cellWidget(1, 2))->activated(2);
  EXPECT_EQ(kept.rows[1].inset, (FrameRectangle{10, 20, 30, 40})) << "the part in view";
  auto* columns = named<QTableWidget>("Columns of the grid");
  ASSERT_EQ(columns->rowCount(), 8) << "image, truth, three of classes, two methods, decision";
  constexpr int kFirstScore = 5;
  const int last = columns->rowCount() - 1;
  columns->item(last, 0)->setCheckState(Qt::Unchecked);
  columns->item(1, 1)->setText("Labels");
  EXPECT_FALSE(kept.decision);
  EXPECT_EQ(kept.captions, (std::vector<std::string>{"", "Labels", ""}));
  columns->item(kFirstScore, 0)->setCheckState(Qt::Unchecked);
  EXPECT_EQ(kept.scores.size(), 1U) << "the last score stays";
  columns->item(kFirstScore + 1, 0)->setCheckState(Qt::Checked);
  EXPECT_EQ(kept.scores.size(), 2U);
  const std::size_t count = kept.rows.size();
  button("Remove")->click();
  EXPECT_EQ(kept.rows.size(), count - 1);
  named<QComboBox>("Frame to add")->setCurrentText("street / 4");
  button("Add")->click();
  EXPECT_EQ(kept.rows[1].frame, "4") << "below the selected row";
  button("Up")->click();
  EXPECT_EQ(kept.rows[0].frame, "4");
  ASSERT_TRUE(waitUntilIdle());
  picture(QStringLiteral("grid-edited"));

  Session session = m_made.session;
  session.grid = kept;
  OpeningOptions opening;
  opening.store.folder = (std::filesystem::path(m_made.file()).parent_path() / "logits-store").string();
  const auto results = openSessionResults(session, opening, [](const Progress&) {}, {});
  const auto figure = planFigure(*results, "grid")();
  EXPECT_LE(largestDifference(figureImage(*figure, figurePresets().front().style), m_dialog->preview()), kRounding)
      << "what the session keeps is it";
}

/// A dialog over the demo, whose set has class labels.
class ExportOfDemo : public ExportDialogTest {
protected:
  void prepare(Session& session) override {
    session = readSession(std::filesystem::path(OODSCOPE_SOURCE_DIR) / "resources/demo/session.json");
    session.methods = {"msp"};  // each temperature of each method would be opened for nothing
    session.temperatures = {1.0};
  }
};

TEST_F(ExportOfDemo, EachColumnOfClassesIsTickedDrawnAndKept) {
  GridRecipe kept;
  QObject::connect(m_dialog, &ExportDialog::gridEdited, [&](const GridRecipe& grid) { kept = grid; });
  m_dialog->chooseFigure("grid");
  ASSERT_TRUE(waitUntilIdle());
  const QImage without = m_dialog->preview();
  auto* columns = named<QTableWidget>("Columns of the grid");
  const auto rowOf = [&](const char* title) {
    for (int row = 0; row < columns->rowCount(); ++row)
      if (columns->item(row, 0)->text() == QLatin1String(title)) return row;
    return -1;
  };
  const auto tick = [&](const char* title, bool on) {
    const int row = rowOf(title);
    if (row < 0) return false;
    columns->item(row, 0)->setCheckState(on ? Qt::Checked : Qt::Unchecked);
    return waitUntilIdle();
  };
  const std::vector<std::pair<const char*, bool GridRecipe::*>> all{
      {"True classes", &GridRecipe::trueClasses},
      {"Predicted classes", &GridRecipe::predictedClasses},
      {"Open-set map", &GridRecipe::openSet}};
  std::vector<QImage> drawn{without};
  for (const auto& [title, asked] : all) {
    ASSERT_TRUE(tick(title, true)) << title;
    for (const auto& [other, askedOther] : all)
      EXPECT_EQ(kept.*askedOther, asked == askedOther) << title << " and " << other;
    for (const QImage& earlier : drawn) EXPECT_NE(m_dialog->preview(), earlier) << title;
    drawn.push_back(m_dialog->preview());
    ASSERT_TRUE(tick(title, false)) << title;
    EXPECT_FALSE(kept.*asked) << title;
    EXPECT_EQ(m_dialog->preview(), without) << title << " is gone again";
  }
  for (const auto& [title, asked] : all) ASSERT_TRUE(tick(title, true)) << title;
  columns->item(rowOf("Open-set map"), 1)->setText("Open set");
  ASSERT_TRUE(waitUntilIdle());
  EXPECT_NE(std::ranges::find(kept.captions, "Open set"), kept.captions.end());
  picture(QStringLiteral("grid-classes"));
  Session session = m_made.session;
  session.grid = kept;
  OpeningOptions opening;
  opening.store.folder = (std::filesystem::path(m_made.file()).parent_path() / "logits-store").string();
  const auto results = openSessionResults(session, opening, [](const Progress&) {}, {});
  const auto figure = planFigure(*results, "grid")();
  EXPECT_LE(largestDifference(figureImage(*figure, figurePresets().front().style), m_dialog->preview()), kRounding)
      << "what the session keeps is it";
}

}  // namespace
}  // namespace oodscope

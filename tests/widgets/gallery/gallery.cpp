// SPDX-License-Identifier: GPL-3.0-or-later
// Every widget with values of its own making, in both themes, as pictures: widgets_gallery [FOLDER]
#include "tests/widgets/gallery/gallery_pages.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/labelled_combo.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QTabBar>
#include <QToolButton>

#include <cmath>
#include <cstdio>
#include <functional>

namespace oodscope {
namespace {

QWidget* styleSheet() {
  auto* page = new QWidget;
  auto* layout = new QVBoxLayout(page);
  auto* bar = new QHBoxLayout;
  for (const char* name : {"open", "export"}) {
    auto* button = new QToolButton;
    button->setIcon(icon(QString::fromLatin1(name)));
    button->setAutoRaise(true);
    bar->addWidget(button);
  }
  auto* set = new LabelledCombo(QStringLiteral("Set"));
  set->addItem(QStringLiteral("RoadAnomaly21 · 10"));
  auto* method = new LabelledCombo(QStringLiteral("Method"));
  method->addItem(QStringLiteral("MSP"));
  method->setItemData(0, QStringLiteral("key 1"), LabelledCombo::kNoteRole);
  auto* none = new LabelledCombo(QStringLiteral("Protocol"));
  none->setEnabled(false);
  for (LabelledCombo* combo : {set, method, none}) bar->addWidget(combo);
  for (const char* name : {"link", "crosshair", "contour", "grid_2x2", "wipe"}) {
    auto* button = new QToolButton;
    button->setIcon(icon(QString::fromLatin1(name)));
    button->setCheckable(true);
    button->setChecked(name[0] == 'l' || name[0] == 'g');
    button->setAutoRaise(true);
    bar->addWidget(button);
  }
  bar->addStretch(1);
  layout->addLayout(bar);
  auto* row = new QHBoxLayout;
  auto* primary = new QPushButton(icon(QStringLiteral("play")), QStringLiteral("Open the demo"));
  primary->setProperty("primary", true);
  auto* disabled = new QPushButton(QStringLiteral("Disabled"));
  disabled->setEnabled(false);
  for (QPushButton* button : {new QPushButton(QStringLiteral("Details")), disabled, primary}) row->addWidget(button);
  auto* check = new QCheckBox(QStringLiteral("Compare ranks"));
  check->setChecked(true);
  row->addWidget(check);
  row->addWidget(new QCheckBox(QStringLiteral("Off")));
  auto* radio = new QRadioButton(QStringLiteral("float16"));
  radio->setChecked(true);
  row->addWidget(radio);
  row->addWidget(new QRadioButton(QStringLiteral("float32")));
  auto* edit = new QLineEdit;
  edit->setPlaceholderText(QStringLiteral("name, tag, fpr95 > 60"));
  row->addWidget(edit);
  auto* progress = new QProgressBar;
  progress->setValue(60);
  row->addWidget(progress);
  layout->addLayout(row);
  auto* tabs = new QTabBar;
  for (const char* name : {"Curves", "T sweep", "Failures", "Classes"}) tabs->addTab(QString::fromLatin1(name));
  layout->addWidget(tabs);
  auto* icons = new QWidget;
  auto* grid = new QGridLayout(icons);
  grid->setSpacing(4);
  int index = 0;
  for (const QString& file : QDir(QStringLiteral(":/icons")).entryList()) {
    auto* cell = new QLabel;
    cell->setPixmap(iconPixmap(file.chopped(4), tokensFor(qApp->palette()).text, 32));
    cell->setToolTip(file);
    grid->addWidget(cell, index / 20, index % 20);
    ++index;
  }
  layout->addWidget(icons);
  page->resize(900, 330);
  return page;
}

QWidget* controls() {
  auto* panel = new ControlsPanel;
  panel->temperature()->setTemperature(1.6);
  panel->temperature()->setReference(1.0);
  panel->temperature()->setBest(2.5);
  std::vector<float> quantiles;
  std::vector<float> shares;
  for (int i = 0; i <= 200; ++i) quantiles.push_back(0.86F * static_cast<float>(std::pow(i / 200.0, 3.0)));
  for (int i = 0; i < 60; ++i) shares.push_back(static_cast<float>(0.05 + std::pow(i / 60.0, 2.0)));
  panel->threshold()->setQuantiles(quantiles, shares);
  panel->threshold()->setPin({Pin::Rule::BestF1, 0.0});
  panel->threshold()->setThreshold(0.22);
  panel->setOpacity(0.62);
  panel->setResolutions({QStringLiteral("Label size"), QStringLiteral("Network size")}, 0);
  panel->setChannels({QStringLiteral("19 known classes"), QStringLiteral("All 20")}, 0);
  panel->resize(324, panel->sizeHint().height());
  return panel;
}

QWidget* controlsNoEffect() {
  auto* panel = new ControlsPanel;
  panel->temperature()->setNoEffect(QStringLiteral("no effect on max-logit ranking"));
  std::vector<float> quantiles;
  for (int i = 0; i <= 200; ++i) quantiles.push_back(-24.0F + 22.0F * static_cast<float>(i) / 200.0F);
  panel->threshold()->setQuantiles(quantiles);
  panel->threshold()->setPin({Pin::Rule::FalsePositiveRate, 1.0});
  panel->threshold()->setThreshold(-5.0);
  HeatScale scale;
  scale.mode = HeatScale::Mode::Percentile;
  scale.locked = false;
  panel->heatScale()->setHeatScale(scale);
  panel->setColourMap(ColourMap::Viridis, true);
  panel->resize(264, panel->sizeHint().height());
  return panel;
}

}  // namespace
}  // namespace oodscope

int main(int argc, char** argv) {
  using namespace oodscope;
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  QApplication::setFont(QFont(QStringLiteral("Noto Sans"), 10));
  const QString folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("gallery");
  QDir().mkpath(folder);
  Theme theme(application, ThemeChoice::Dark);
  std::vector<GalleryPage> pages{
      {"style", styleSheet}, {"controls", controls}, {"controls_no_effect", controlsNoEffect}};
  for (const GalleryPage& page : panelPages()) pages.push_back(page);
  for (const bool dark : {true, false}) {
    theme.setChoice(dark ? ThemeChoice::Dark : ThemeChoice::Light);
    for (const auto& [name, make] : pages) {
      const std::unique_ptr<QWidget> page(make());
      page->show();
      QApplication::processEvents();
      const QString file = QStringLiteral("%1/%2-%3.png").arg(folder, QLatin1String(name), dark ? "dark" : "light");
      page->grab().save(file);
      std::printf("%s\n", qPrintable(file));
    }
  }
  return 0;
}

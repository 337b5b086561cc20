// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/figure_look_box.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QStandardItemModel>

namespace oodscope {
namespace {

void enable(QWidget* control, bool on, const QString& what) {
  control->setEnabled(on);
  control->setToolTip(on ? what : FigureLookBox::tr("This figure has none"));
}

}  // namespace

FigureLookBox::FigureLookBox(const FigureLook& look, QWidget* parent) : QWidget(parent) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  m_title = addSwitch(tr("Title"), look.title);
  m_operatingPoint = addSwitch(tr("Operating point"), look.operatingPoint);
  m_isoF1 = addSwitch(tr("Iso-F1 lines"), look.isoF1);
  m_legend = new QComboBox;
  m_legend->setAccessibleName(tr("Place of the legend"));
  const std::pair<FigureLegend, QString> places[] = {{FigureLegend::Auto, tr("where it fits")},
                                                     {FigureLegend::TopLeft, tr("top left")},
                                                     {FigureLegend::TopRight, tr("top right")},
                                                     {FigureLegend::BottomLeft, tr("bottom left")},
                                                     {FigureLegend::BottomRight, tr("bottom right")},
                                                     {FigureLegend::Below, tr("below the axes")},
                                                     {FigureLegend::None, tr("none")}};
  for (const auto& [place, name] : places) m_legend->addItem(name, static_cast<int>(place));
  m_legend->setCurrentIndex(m_legend->findData(static_cast<int>(look.legend)));
  auto* named = new QLabel(tr("Legend"));
  named->setBuddy(m_legend);
  grid->addWidget(m_title, 0, 0);
  grid->addWidget(m_operatingPoint, 0, 1);
  grid->addWidget(m_isoF1, 1, 0);
  auto* row = new QHBoxLayout;
  row->addWidget(named);
  row->addWidget(m_legend, 1);
  grid->addLayout(row, 1, 1);
  connect(m_legend, &QComboBox::activated, this, [this] { Q_EMIT lookEdited(this->look()); });
}

QCheckBox* FigureLookBox::addSwitch(const QString& text, bool on) {
  auto* box = new QCheckBox(text);
  box->setAccessibleName(text);
  box->setChecked(on);
  connect(box, &QCheckBox::toggled, this, [this] { Q_EMIT lookEdited(look()); });
  return box;
}

FigureLook FigureLookBox::look() const {
  FigureLook out;
  out.title = m_title->isChecked();
  out.isoF1 = m_isoF1->isChecked();
  out.operatingPoint = m_operatingPoint->isChecked();
  out.legend = static_cast<FigureLegend>(m_legend->currentData().toInt());
  return out;
}

void FigureLookBox::setParts(const FigureParts& parts) {
  enable(m_title, parts.title, tr("The figure's name above the frame; a paper's caption says it again"));
  enable(m_operatingPoint, parts.operatingPoint, tr("The threshold in use: marker, lines to the axes, numbers"));
  enable(m_isoF1, parts.isoF1, tr("Lines of equal F1"));
  enable(m_legend, parts.legend, tr("Where the legend stands; it is always complete"));
  auto* items = qobject_cast<QStandardItemModel*>(m_legend->model());
  for (int i = 0; i < m_legend->count(); ++i) {
    const auto place = static_cast<FigureLegend>(m_legend->itemData(i).toInt());
    items->item(i)->setEnabled(parts.corners || place == FigureLegend::Auto || place == FigureLegend::None);
  }
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/colour_map_combo.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QToolButton>

namespace oodscope {

ColourMapCombo::ColourMapCombo(QWidget* parent) : QWidget(parent), m_maps(new QComboBox), m_reverse(new QToolButton) {
  const Metrics m(this);
  m_maps->setIconSize({m.px(54), m.px(10)});
  m_maps->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_maps->setMinimumContentsLength(4);
  m_maps->setAccessibleName(tr("Colour map"));
  m_maps->setToolTip(tr("Colours of scores, low to high. Turbo is last: two scores can look alike in it"));
  for (const ColourMap map : allColourMaps()) m_maps->addItem(colourMapTitle(map), static_cast<int>(map));
  m_reverse->setIcon(icon(QStringLiteral("reverse")));
  m_reverse->setCheckable(true);
  m_reverse->setAutoRaise(true);
  m_reverse->setFixedSize(m.px(26), m.control());
  nameControl(m_reverse, tr("Reverse colour map"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(m.px(8));
  layout->addWidget(m_maps, 1);
  layout->addWidget(m_reverse);
  drawSwatches();
  connect(m_maps, &QComboBox::activated, this, [this] { Q_EMIT colourMapEdited(colourMap(), isReversed()); });
  connect(m_reverse, &QToolButton::clicked, this, [this] {
    drawSwatches();
    Q_EMIT colourMapEdited(colourMap(), isReversed());
  });
}

void ColourMapCombo::setColourMap(ColourMap map, bool reversed) {
  if (map == colourMap() && reversed == isReversed()) return;
  m_maps->setCurrentIndex(m_maps->findData(static_cast<int>(map)));
  m_reverse->setChecked(reversed);
  drawSwatches();
}

ColourMap ColourMapCombo::colourMap() const { return static_cast<ColourMap>(m_maps->currentData().toInt()); }
bool ColourMapCombo::isReversed() const { return m_reverse->isChecked(); }

void ColourMapCombo::drawSwatches() {
  const QSize size = m_maps->iconSize();
  for (int row = 0; row < m_maps->count(); ++row) {
    const ColourTable table = colourTable(static_cast<ColourMap>(m_maps->itemData(row).toInt()), isReversed());
    QImage swatch(size, QImage::Format_RGB32);
    for (int x = 0; x < size.width(); ++x) {
      const auto index = static_cast<std::size_t>(x * (kColourCount - 1) / std::max(1, size.width() - 1));
      for (int y = 0; y < size.height(); ++y) swatch.setPixel(x, y, table[index]);
    }
    m_maps->setItemIcon(row, QIcon(QPixmap::fromImage(swatch)));
  }
}

}  // namespace oodscope

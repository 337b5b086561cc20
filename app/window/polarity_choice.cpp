// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/polarity_choice.h"

#include <QGridLayout>
#include <QLabel>

namespace oodscope {

PolarityChoice::PolarityChoice(QWidget* parent) : QComboBox(parent) {
  addItem(tr("as the files' form says"));
  addItem(tr("anomalous"), static_cast<int>(Polarity::AnomalyHigh));
  addItem(tr("normal (a confidence, read as 1 − value)"), static_cast<int>(Polarity::NormalHigh));
  setAccessibleName(tr("High values mean"));
  setToolTip(tr("What a high value of the score maps means; the menu of the folder's choice changes it later"));
}

std::optional<Polarity> PolarityChoice::polarity() const {
  const QVariant chosen = currentData();
  return chosen.isValid() ? std::optional(static_cast<Polarity>(chosen.toInt())) : std::nullopt;
}

ScoresFolderDialog::ScoresFolderDialog(QWidget* parent, const QString& start)
    : QFileDialog(parent, tr("Open a folder of scores"), start), m_polarity(new PolarityChoice) {
  setObjectName(QStringLiteral("scores-folder"));
  setOption(QFileDialog::DontUseNativeDialog);
  setOption(QFileDialog::ShowDirsOnly);
  setFileMode(QFileDialog::Directory);
  auto* grid = qobject_cast<QGridLayout*>(layout());
  auto* caption = new QLabel(tr("High values mean"));
  caption->setBuddy(m_polarity);
  const int row = grid != nullptr ? grid->rowCount() : 0;
  if (grid != nullptr) {
    grid->addWidget(caption, row, 0);
    grid->addWidget(m_polarity, row, 1);
  } else {  // a style that lays it out otherwise
    layout()->addWidget(caption);
    layout()->addWidget(m_polarity);
  }
}

}  // namespace oodscope

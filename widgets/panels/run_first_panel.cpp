// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/run_first_panel.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace oodscope {

RunFirstPanel::RunFirstPanel(QWidget* parent)
    : QWidget(parent),
      m_text(new QLabel),
      m_bar(new QProgressBar),
      m_start(new QPushButton(icon(QStringLiteral("play")), tr("Start"))),
      m_cancel(new QPushButton(icon(QStringLiteral("stop")), tr("Cancel"))) {
  const Metrics m(this);
  setObjectName(QStringLiteral("run-first"));
  m_text->setWordWrap(true);
  m_text->setMinimumWidth(1);
  m_bar->setTextVisible(false);
  m_bar->setFixedSize(m.px(140), m.px(16));
  m_bar->setAccessibleName(tr("Progress of the frames that are run first"));
  m_start->setAccessibleName(tr("Run the frames that are not scored yet"));
  m_cancel->setAccessibleName(tr("Cancel running these frames"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(m.px(8), m.px(4), m.px(8), m.px(4));
  row->setSpacing(m.px(8));
  row->addWidget(m_start);
  row->addWidget(m_cancel);
  row->addWidget(m_bar);
  row->addWidget(m_text, 1);
  connect(m_start, &QPushButton::clicked, this, &RunFirstPanel::startRequested);
  connect(m_cancel, &QPushButton::clicked, this, &RunFirstPanel::cancelRequested);
  hide();
}

QString RunFirstPanel::text() const { return m_text->text(); }

void RunFirstPanel::show(const QString& text, bool isRunning) {
  m_text->setText(text);
  setAccessibleName(text);
  m_bar->setVisible(isRunning);
  m_cancel->setVisible(isRunning);
  m_start->setVisible(!isRunning);
  setVisible(true);
}

void RunFirstPanel::offer(qint64 frames, const QString& sets, std::optional<double> seconds) {
  const QString first = tr("%1 of %2 must be scored first").arg(countedText(frames, tr("frame"), tr("frames")), sets);
  const QString time =
      seconds ? tr("about %1, by the frames before").arg(durationText(*seconds * static_cast<double>(frames)))
              : tr("how long is not known before the first frame");
  show(tr("%1: %2.").arg(first, time), false);
}

void RunFirstPanel::showProgress(qint64 done, qint64 total, std::optional<double> secondsLeft, bool isPaused) {
  m_bar->setRange(0, static_cast<int>(total));
  m_bar->setValue(static_cast<int>(done));
  QString text = tr("%1 scored").arg(partText(done, total, tr("frame"), tr("frames")));
  if (done < total) {
    if (isPaused)
      text += tr(", paused");
    else if (secondsLeft)
      text += tr(", %1 left").arg(durationText(*secondsLeft));
  }
  show(text, true);
}

void RunFirstPanel::finish() { hide(); }

}  // namespace oodscope

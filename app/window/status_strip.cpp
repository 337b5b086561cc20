// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/status_strip.h"

#include "app/desk/desk.h"
#include "app/desk/inference_runner.h"
#include "app/window/presenters.h"
#include "widgets/theme/number_text.h"

namespace oodscope {
namespace {

QString gigabytes(std::uint64_t bytes, int decimals) { return numberText(static_cast<double>(bytes) / 1e9, decimals); }

}  // namespace

StatusStrip::StatusStrip(Desk& desk, StatusLine& line, QObject* parent)
    : QObject(parent), m_desk(desk), m_line(line), m_cache(desk.workspace.sharedStore()) {
  InferenceRunner& runner = desk.workspace.runner();
  connect(&m_cache, &CacheMeter::changed, this, &StatusStrip::show);
  connect(&m_cache, &CacheMeter::warned, this, &StatusStrip::warned);
  connect(&desk.workspace, &Workspace::storeChanged, this,
          [this] { m_cache.setStore(m_desk.workspace.sharedStore()); });
  connect(&runner, &InferenceRunner::progressChanged, this, &StatusStrip::showInference);
  connect(&runner, &InferenceRunner::finished, this, [this] { m_cache.count(); });
  connect(line.progress(), &ProgressItem::pauseRequested, this,
          [&runner](bool pause) { pause ? runner.pause() : runner.resume(); });
  connect(line.progress(), &ProgressItem::stopRequested, this, &StatusStrip::stop);
}

void StatusStrip::setPlaying(const QString& text) {
  if (text == m_playing) return;
  m_playing = text;
  show();
}

void StatusStrip::showSweep(int done, int total) {
  const bool inferring = m_desk.workspace.runner().isBusy();  // it goes on showing its own
  if (total == 0) {
    m_sweep.reset();
    if (!inferring) m_line.progress()->finish();
    return;
  }
  ProgressView view;
  view.what = tr("sweep");
  view.done = done;
  view.total = total;
  m_sweep = view;
  if (!inferring) m_line.progress()->setView(view);
}

void StatusStrip::showInference(const InferenceProgress& progress) {
  if (progress.done >= progress.total) {
    if (m_sweep)
      m_line.progress()->setView(*m_sweep);
    else
      m_line.progress()->finish();
    return;
  }
  ProgressView view;
  view.what = tr("inference");
  view.done = static_cast<int>(progress.done);
  view.total = static_cast<int>(progress.total);
  view.secondsLeft = progress.secondsLeft;
  view.rate = tr("%1 frames/s").arg(numberText(progress.framesPerSecond, 1));
  view.canPause = true;
  view.isPaused = progress.paused;
  m_line.progress()->setView(view);
  Q_EMIT pausedChanged(progress.paused);
}

void StatusStrip::stop() {
  if (m_sweep && !m_desk.workspace.runner().isBusy())
    Q_EMIT sweepStopRequested();
  else
    m_desk.workspace.runner().cancel();
}

QString StatusStrip::dataText() const {
  const auto set = m_desk.currentSet();
  if (!set) return tr("No set open");
  const auto numbers = m_desk.run.numbers();
  QString frames = countedText(static_cast<qint64>(set->frames.size()), tr("frame"), tr("frames"));
  const double pixels = numbers ? static_cast<double>(numbers->metrics.positives + numbers->metrics.negatives) : 0.0;
  if (pixels <= 0.0) return frames;
  return tr("%1 · %2 Mpx")
      .arg(numbers->account.isComplete() ? frames : framesText(numbers->account), numberText(pixels * 1e-6, 2));
}

void StatusStrip::show() {
  const bool any = m_desk.currentSet() != nullptr;
  m_line.setData(dataText());
  if (!any) m_line.setState({});
  m_line.setCache(tr("cache %1 GB of %2")
                      .arg(gigabytes(m_cache.bytes(), 1), gigabytes(m_desk.workspace.options().store.maxBytes, 0)));
  const double latency = m_desk.run.pictureLatencyMs();
  m_line.setTiming(latency > 0.0 ? tr("picture %1 ms").arg(numberText(latency, 0)) : QString());
  const QString working = m_desk.workspace.isOpening() ? tr("Opening…")
                          : !m_playing.isEmpty()       ? m_playing
                          : m_desk.run.isIdle()        ? tr("Ready")
                                                       : tr("Working…");
  const std::string& frame = m_desk.session.view().frame;
  m_line.setSentence(any && !frame.empty() ? tr("Frame %1 · %2").arg(QString::fromStdString(frame), working) : working);
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/picture_run.h"

#include "analysis/core/error.h"
#include "app/figures/figure_writer.h"

#include <QApplication>

#include <cstdio>

namespace oodscope {
namespace {

constexpr int kLookEveryMs = 50;
constexpr int kJpegQuality = 88;
constexpr int kIdleLooks = 6;  // settled for 0.3 s: queued repaints and late thumbnails are in

}  // namespace

PictureRun::PictureRun(MainWindow& window, QString file) : m_window(window), m_file(std::move(file)) {
  m_timer.setInterval(kLookEveryMs);
  connect(&m_timer, &QTimer::timeout, this, &PictureRun::look);
  m_timer.start();
}

void PictureRun::look() {
  m_idleLooks = m_window.isIdle() ? m_idleLooks + 1 : 0;
  if (m_idleLooks < kIdleLooks) return;
  m_timer.stop();
  const bool isJpeg = m_file.endsWith(QLatin1String(".jpg"), Qt::CaseInsensitive);
  bool written = true;
  try {
    writePicture(m_window.grab().toImage(), m_file, isJpeg ? kJpegQuality : -1);
  } catch (const Error& error) {
    std::fprintf(stderr, "oodscope: %s\n", error.what());
    written = false;
  }
  m_window.close();
  QApplication::exit(written ? 0 : 3);
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/parallel_rows.h"

#include <QRunnable>
#include <QThreadPool>

#include <semaphore>

namespace oodscope {
namespace {
constexpr int kWorthAThread = 200'000;  // pixels: about 0.2 ms, several times the cost of waking a thread
}

void forRows(int rows, int width, const std::function<void(int, int)>& work) {
  if (rows < 2 || static_cast<long long>(rows) * width < kWorthAThread) {
    work(0, rows);
    return;
  }
  const int half = rows / 2;
  std::binary_semaphore done{0};  // the standard's: the thread sanitizer does not see into Qt's
  QRunnable* task = QRunnable::create([&] {
    work(half, rows);
    done.release();
  });
  task->setAutoDelete(true);
  if (QThreadPool::globalInstance()->tryStart(task)) {
    work(0, half);
    done.acquire();
  } else {
    delete task;
    work(0, rows);
  }
}

}  // namespace oodscope

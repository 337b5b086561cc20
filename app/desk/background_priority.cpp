// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/background_priority.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include <tbb/task_scheduler_observer.h>

namespace oodscope {
namespace {

constexpr int kLowest = 19;  // setpriority(2)

/// What the program was started with: steps count from there.
int startingNiceness() {
  static const int niceness = getpriority(PRIO_PROCESS, static_cast<id_t>(getpid()));
  return niceness;
}

class WorkerObserver : public tbb::task_scheduler_observer {
public:
  WorkerObserver() { observe(true); }
  ~WorkerObserver() override { observe(false); }
  WorkerObserver(const WorkerObserver&) = delete;
  WorkerObserver& operator=(const WorkerObserver&) = delete;
  void on_scheduler_entry(bool isWorker) override {
    static thread_local bool isKnown = false;  // a worker goes from one thread's work to another's
    if (!isWorker || std::exchange(isKnown, true)) return;
    nameThread("tbb-worker");
    lowerThreadPriority(kLiveWork);
  }
};

}  // namespace

void lowerThreadPriority(int steps) {
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), std::min(kLowest, startingNiceness() + steps));
}

void nameThread(const std::string& name) { pthread_setname_np(pthread_self(), name.c_str()); }

void lowerWorkerPriorities() { static thread_local const WorkerObserver observer; }

}  // namespace oodscope

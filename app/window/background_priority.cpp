// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/background_priority.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace oodscope {

void lowerThreadPriority() {
  constexpr int kBackgroundNiceness = 10;
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kBackgroundNiceness);
}

}  // namespace oodscope

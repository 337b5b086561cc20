// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QMetaObject>
#include <QObject>

#include <memory>
#include <utility>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace oodscope {

/// Makes `call()` on the thread of `receiver`, later, from any thread; Qt drops it where the receiver has gone by then.
/// The call sees what its poster wrote before. Qt's queue orders the two; the thread sanitizer does not see into Qt and
/// is told.
template <class Call>
void postTo(QObject* receiver, Call call) {
  auto held = std::make_shared<Call>(std::move(call));
#if defined(__SANITIZE_THREAD__)
  __tsan_release(held.get());
#endif
  QMetaObject::invokeMethod(
      receiver,
      [held = std::move(held)] {
#if defined(__SANITIZE_THREAD__)
        __tsan_acquire(held.get());
#endif
        (*held)();
      },
      Qt::QueuedConnection);
}

}  // namespace oodscope

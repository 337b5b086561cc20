// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/failure_text.h"
#include "app/options/exit_code.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace oodscope {

/// From now on a failure that nobody can catch (on a library's own thread, or where it promises to throw nothing: lack
/// of memory, mostly) is said in words and ends the program with exit code 3, nothing done, in place of an abort.
inline void endInWords() {
  std::set_terminate([] {
    if (const std::exception_ptr failure = std::current_exception()) {
      try {
        std::rethrow_exception(failure);
      } catch (const std::exception& known) {
        std::fprintf(stderr, "oodscope: %s\n", failureText(known).c_str());
        std::_Exit(kNothingDone);
      } catch (...) {
        std::fputs("oodscope: a failure of no known kind\n", stderr);
      }
    }
    std::abort();
  });
}

}  // namespace oodscope

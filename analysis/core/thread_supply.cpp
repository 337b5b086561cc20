// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/thread_supply.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <future>
#include <new>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace oodscope {

void requireThreads(int count) {
  const int wanted = count > 0 ? count : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::promise<void> end;
  const std::shared_future<void> ended = end.get_future().share();
  std::vector<std::thread> threads;
  bool isShort = false;
  try {
    threads.reserve(static_cast<std::size_t>(wanted));
    for (int i = 0; i < wanted; ++i) threads.emplace_back([ended] { ended.wait(); });
  } catch (const std::system_error&) {
    isShort = true;
  } catch (const std::bad_alloc&) {
    isShort = true;
  }
  end.set_value();
  for (std::thread& thread : threads) thread.join();
  if (isShort)
    throw Error(ErrorParts{.what = "too few threads can be started: lower --threads, or raise the limits of processes "
                                   "(ulimit -u) and memory (ulimit -v), of which each thread's stack takes a part",
                           .expected = std::to_string(wanted) + " threads",
                           .found = std::to_string(threads.size())});
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/failure_text.h"

#include "analysis/core/error.h"

#include <array>
#include <new>
#include <string_view>
#include <system_error>

namespace oodscope {
namespace {

constexpr const char* kMemory =
    "out of memory: close other programs, raise the limit (ulimit -v) or lower --memory and --threads";
constexpr const char* kThreads =
    "no further thread could be started: raise the limit (ulimit -u, -v) or lower --threads";

bool hasAny(std::string_view text, const auto& words) {
  for (const std::string_view word : words)
    if (text.find(word) != std::string_view::npos) return true;
  return false;
}

bool lacksMemory(const std::exception& failure) {
  // LibTorch's and OpenCV's allocators, and the C library, as they word it.
  static constexpr std::array<std::string_view, 6> kWords{"DefaultCPUAllocator", "not enough memory",
                                                          "Insufficient memory", "Cannot allocate memory",
                                                          "out of memory",       "Failed to allocate"};
  if (dynamic_cast<const std::bad_alloc*>(&failure) != nullptr) return true;
  const auto* system = dynamic_cast<const std::system_error*>(&failure);
  return (system != nullptr && system->code() == std::errc::not_enough_memory) || hasAny(failure.what(), kWords);
}

bool lacksThreads(const std::exception& failure) {
  static constexpr std::array<std::string_view, 3> kWords{"Resource temporarily unavailable", "pthread_create",
                                                          "thread creation failed"};
  const auto* system = dynamic_cast<const std::system_error*>(&failure);
  return (system != nullptr && system->code() == std::errc::resource_unavailable_try_again) ||
         hasAny(failure.what(), kWords);
}

std::string firstLine(std::string_view text) {
  const auto start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return "without a message";
  text.remove_prefix(start);
  return std::string(text.substr(0, text.find_first_of("\r\n")));
}

}  // namespace

bool isShortage(const std::exception& failure) {
  return dynamic_cast<const Error*>(&failure) == nullptr && (lacksMemory(failure) || lacksThreads(failure));
}

std::string failureText(const std::exception& failure) {
  if (dynamic_cast<const Error*>(&failure) != nullptr) return failure.what();
  if (lacksMemory(failure)) return kMemory;
  if (lacksThreads(failure)) return kThreads;
  return "unexpected failure: " + firstLine(failure.what());
}

}  // namespace oodscope

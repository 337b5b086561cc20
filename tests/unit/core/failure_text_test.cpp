// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/failure_text.h"

#include "analysis/core/error.h"

#include <gtest/gtest.h>

#include <new>
#include <system_error>

namespace oodscope {
namespace {

TEST(FailureText, LackOfMemoryIsSaidInWordsWhoeverMeetsIt) {
  const std::runtime_error torch(
      "[enforce fail at alloc_cpu.cpp:75] err == 0. DefaultCPUAllocator: can't allocate "
      "memory: you tried to allocate 128 bytes. Error code 12 (Cannot allocate memory)");
  const std::bad_alloc allocator;
  for (const std::exception* failure : std::initializer_list<const std::exception*>{&allocator, &torch}) {
    EXPECT_EQ(failureText(*failure).rfind("out of memory: ", 0), 0U) << failureText(*failure);
    EXPECT_TRUE(isShortage(*failure));
  }
}

TEST(FailureText, AThreadThatCannotBeStartedIsSaidInWords) {
  const std::system_error failure(std::make_error_code(std::errc::resource_unavailable_try_again));
  EXPECT_NE(failureText(failure).find("thread"), std::string::npos);
  EXPECT_TRUE(isShortage(failure));
}

TEST(FailureText, TheFirstLineThatSaysSomethingIsTaken) {
  EXPECT_EQ(failureText(std::runtime_error("\n  The reason.\nframe #0: …")), "unexpected failure: The reason.");
  EXPECT_EQ(failureText(std::runtime_error("\n")), "unexpected failure: without a message");
}

TEST(FailureText, AnErrorSpeaksForItself) {
  const Error error(ErrorParts{.what = "the file is damaged", .file = "a.png"});
  EXPECT_EQ(failureText(error), "the file is damaged (a.png)");
  EXPECT_FALSE(isShortage(error));
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
// Test programs follow the desktop's language, as every program does in which Qt has started; only the C library's
// messages stay English, because tests read them.
#include <clocale>

namespace {
[[maybe_unused]] const bool kFollows =
    std::setlocale(LC_ALL, "") != nullptr && std::setlocale(LC_MESSAGES, "C") != nullptr;
}  // namespace

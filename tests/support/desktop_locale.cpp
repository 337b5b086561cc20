// SPDX-License-Identifier: GPL-3.0-or-later
// Test programs follow the desktop's language, as every program does in which Qt has started.
#include <clocale>

namespace {
[[maybe_unused]] const char* const kLocale = std::setlocale(LC_ALL, "");
}  // namespace

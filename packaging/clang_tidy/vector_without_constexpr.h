// SPDX-License-Identifier: GPL-3.0-or-later
// For clang-tidy alone, before the first line of a source that includes LibTorch. LibTorch 1.13 has members that are vectors of a
// type that is not complete yet; a constexpr std::vector, as libstdc++ 12's is in C++20, makes clang look into it at once, and
// refuse. g++ does not, and nothing of the project needs a constexpr vector.
#include <memory>
#include <string>
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR
#define __fill_a1 __fill_a1_of_bits  // declared constexpr by <string>, so it may not be declared again without
#include <vector>
#undef __fill_a1
#undef _GLIBCXX20_CONSTEXPR
#define _GLIBCXX20_CONSTEXPR constexpr

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace oodscope {

/// A page of resources/guide that lists what the program knows of one kind, in Markdown, made from its declarations.
struct ReferencePage {
  std::string_view file;  ///< "methods.md"
  std::string (*text)();  ///< ends in a line break; the same text for the same declarations
};

/// The pages of what analysis declares: score methods, protocols, layouts.
[[nodiscard]] std::span<const ReferencePage> analysisPages();

}  // namespace oodscope

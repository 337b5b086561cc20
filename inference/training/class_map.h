// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/samples.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// Which class of another list each class of a set's own list is.
struct ClassMapTable {
  std::string name;                   ///< "Mapillary Vistas to Cityscapes", or the file's name
  std::vector<std::uint8_t> classes;  ///< by own class: a class, 255 void, kUnlearned; those beyond the last kUnlearned
  std::vector<std::string> names;     ///< of the classes that come out
};

/// A table of "FROM,TO" a line: FROM a class of the set by index or name, TO an index, a name of Cityscapes' 19,
/// "void", or "none" for pixels that are not learned from; # begins a comment, classes without a line are none. The
/// classes that come out are Cityscapes' 19 where a name is used, else as many as the largest index asks for. Throws
/// Error: unreadable, a line that is none, a name that is not there, a class twice, nothing mapped.
[[nodiscard]] ClassMapTable readClassMap(const std::filesystem::path& file, const std::vector<std::string>& ownNames);

/// `source` with its classes mapped; void stays void. The table is part of its identity.
[[nodiscard]] std::unique_ptr<SampleSource> mapped(std::unique_ptr<SampleSource> source, ClassMapTable table);

}  // namespace oodscope

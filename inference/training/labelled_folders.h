// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oodscope {

/// A published set of class labels that the trainer reads, beside those that are evaluated on (analysis/datasets),
/// declared: where its pictures and masks lie, and what its masks' values mean. A further one is a line in
/// labelled_folders.cpp.
struct LabelledFolder {
  /// A split: folders of pictures and of masks of the same stem, below the set's folder.
  struct Part {
    std::string_view name;  ///< "training"; empty where there is but one
    std::string_view images, masks;
  };
  std::string_view name;        ///< "Mapillary Vistas"
  std::span<const Part> parts;  ///< the first that is there is read unless one is named
  bool hasTowns = false;        ///< pictures lie in folders of a part's folder, not in it
  std::string_view mark = {};   ///< a file or folder beside that tells it; empty: none is needed
  int firstValue = 0;           ///< of a mask: class 0; the others follow
  int classes = 0;
  std::span<const int> voidValues = {};               ///< beside 255
  std::span<const std::string_view> classNames = {};  ///< as many as classes, or none
  /// By class, Cityscapes' train id, 255 void, kUnlearned; empty: there is no such table.
  std::span<const std::uint8_t> toCityscapes = {};
  bool isMapped = false;         ///< to Cityscapes' classes unless its own are asked for
  std::string_view source = {};  ///< of the facts
};
[[nodiscard]] std::span<const LabelledFolder> labelledFolders();

/// Which classes a labelled set is learned with: its usual ones, its own, Cityscapes', or by the table in `file`.
struct ClassChoice {
  enum class Kind { Usual, Own, Cityscapes, File } kind = Kind::Usual;
  std::filesystem::path file = {};
};

/// A set found on disk: pictures with their masks, by path.
struct LabelledPairs {
  const LabelledFolder* kind = nullptr;
  std::string part;
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> files;
  std::size_t withoutMask = 0;
};
/// The labelled set in `folder`, its part `part` or, where that is empty, its first one; nothing where no kind fits.
/// Throws Error where the set has not that part, or no picture has a mask. Cost: lists its folders.
[[nodiscard]] std::optional<LabelledPairs> findLabelled(const std::filesystem::path& folder, const std::string& part);

}  // namespace oodscope

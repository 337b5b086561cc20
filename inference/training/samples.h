// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/datasets/data_set.h"
#include "analysis/demo/scene.h"
#include "inference/training/labelled_folders.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// In a sample's classes: no class and no void either, never learned from (the margin around a shrunk picture).
inline constexpr std::uint8_t kUnlearned = 254;

/// An image with what a network is to learn from it. All of one size.
struct Sample {
  RgbImage image;
  ClassMap classes;  ///< class indices from 0; 255 void; kUnlearned
  LabelMap label;    ///< kAnomaly, kNormal, kVoid; empty where the source knows of no anomalies
};

/// The sample at `size`: pictures by PIL's bilinear rule, labels by its nearest.
[[nodiscard]] Sample resized(Sample sample, Size size);

/// Pictures to train or validate on, in a fixed order.
class SampleSource {
public:
  SampleSource() = default;
  SampleSource(const SampleSource&) = delete;
  SampleSource& operator=(const SampleSource&) = delete;
  virtual ~SampleSource() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Thread-safe; the same for the same index. Throws Error: unreadable, sizes that differ.
  [[nodiscard]] virtual Sample read(std::size_t index) const = 0;
  /// Number of classes that its labels may hold, void apart.
  [[nodiscard]] virtual int classes() const = 0;
  /// The classes' names, as many as classes(). Where nobody gave any: Cityscapes' for 19 classes, else "class 0", ….
  [[nodiscard]] virtual std::vector<std::string> classNames() const;
  /// What epoch `epoch` of `epochs` learns from: all of it, or of sources that come in turn the one whose turn it is.
  /// Requires: 0 <= epoch < epochs.
  [[nodiscard]] virtual const SampleSource& during(int /*epoch*/, int /*epochs*/) const { return *this; }
  /// What changes where other pictures would be read: kind, folder or seed, count.
  [[nodiscard]] virtual std::string identity() const = 0;
  /// Likely mistakes in what was found, each a sentence for the user.
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
};

/// The frames of a Cityscapes split, of a demo set on disk or of another set that is evaluated on, that have class
/// labels; and of the sets that labelledFolders() declares. "FOLDER::PART" names a split. Classes are as `choice` says;
/// a set of the first kind is Cityscapes' by its layout or keeps its own. Throws Error: no frame has a label, no such
/// part, no table to the classes that are asked for.
[[nodiscard]] std::unique_ptr<SampleSource> openClassLabelled(const std::filesystem::path& root,
                                                              const ClassChoice& choice = {});

/// CamVid and its like: pictures and masks of the same stem in two folders (train and trainannot, val and valannot,
/// images and labels, or as given). Masks hold class indices, with `voidIndex` as void, or colours, which
/// `colourTable` names: one "r g b name" a line, as CamVid's label_colors.txt, or "name r g b"; blanks, tabs, commas
/// and semicolons part them, a first line without numbers is a heading, # begins a comment. A class named void is void.
struct CamVidFolders {
  std::filesystem::path images, masks;
  std::filesystem::path colourTable = {};  ///< empty: masks hold indices
  int voidIndex = 255;
};
/// Throws Error: no picture with a mask, a colour that is not in the table, a line of the table that is none. Pictures
/// and masks without a partner and class indices that no mask holds are warned of. Cost: reads every mask of indices.
[[nodiscard]] std::unique_ptr<SampleSource> openCamVid(const CamVidFolders& folders);

/// Rendered road scenes `first` to `first` + `count` - 1 of the series `seed`.
struct GeneratedScenes {
  std::uint64_t seed = 0;
  int first = 0;
  int count = 0;
  DemoOptions options = {};
  std::filesystem::path cache = {};  ///< folder for rendered scenes (5 bytes a pixel); empty: rendered anew each time
};
[[nodiscard]] std::unique_ptr<SampleSource> openGenerated(const GeneratedScenes& scenes);

/// All samples of several sources, one after the other in the list and mixed in each epoch. Throws Error where they
/// have other numbers of classes; what the first calls its classes is what they are called. Requires: at least one.
[[nodiscard]] std::unique_ptr<SampleSource> openMixed(std::vector<std::unique_ptr<SampleSource>> sources);

/// The same samples, the first source's in the first epochs, and so on: each of n sources has an n-th of the epochs,
/// where there are as many. As a list of samples (for weights of classes, pasting) all of them.
[[nodiscard]] std::unique_ptr<SampleSource> openInTurn(std::vector<std::unique_ptr<SampleSource>> sources);

/// Keeps what `source` gave in memory, resized to `size`, from the first read on. Cost: 5 bytes a pixel and sample.
[[nodiscard]] std::unique_ptr<SampleSource> keptInMemory(std::unique_ptr<SampleSource> source, Size size);

}  // namespace oodscope

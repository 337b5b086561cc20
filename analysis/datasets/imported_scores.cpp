// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/imported_scores.h"

#include "analysis/core/error.h"
#include "analysis/datasets/folder_listing.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/npz.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

bool isNamedAsScores(const fs::path& file) {
  constexpr std::array<std::string_view, 7> kEndings = {".npy", ".npz", ".hdf5", ".h5", ".png", ".tif", ".tiff"};
  return std::find(kEndings.begin(), kEndings.end(), lowered(file.extension().string())) != kEndings.end();
}

void collect(const fs::path& folder, int depth, std::vector<fs::path>& out) {
  for (const auto& file : filesIn(folder)) out.push_back(file);
  if (depth == 0) return;
  for (const auto& below : foldersIn(folder)) collect(below, depth - 1, out);
}

/// The stem without what methods add to a frame's name.
std::string strippedStem(const fs::path& file) {
  constexpr std::array<std::string_view, 7> kEndings = {"_anomaly_score", "_anomaly", "_scores",     "_score",
                                                        "_logits",        "_logit",   "_uncertainty"};
  auto stem = file.stem().string();
  for (const auto ending : kEndings) {
    if (stem.size() > ending.size() && stem.ends_with(ending)) return stem.substr(0, stem.size() - ending.size());
  }
  return stem;
}

std::optional<std::string> asNumber(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const auto first = text.find_first_not_of('0');
  return first == std::string::npos ? "0" : text.substr(first);
}

/// Fishyscapes' number at the start of a frame's name.
std::optional<std::string> benchmarkNumber(const DataSet& set, const Frame& frame) {
  if (set.layout != Layout::FishyscapesLostAndFound && set.layout != Layout::FishyscapesStatic) return std::nullopt;
  return frame.name.substr(0, frame.name.find('_'));
}

/// Frames by each of their names. A name that two frames share ("1" of "t5/1" and "t6/1") stands for none.
class FrameNames {
public:
  explicit FrameNames(const DataSet& set) {
    for (std::size_t i = 0; i < set.frames.size(); ++i) {
      const auto& frame = set.frames[i];
      std::set<std::string> names = {frame.name, fs::path(frame.name).filename().string(), frame.image.stem().string()};
      if (const auto number = benchmarkNumber(set, frame)) names.insert(*number);
      for (const auto& name : names) add(m_byName, name, i);
      if (const auto number = asNumber(frame.name)) add(m_byNumber, *number, i);
    }
  }

  /// The frame of a file: by its path below the folder first, then by its name alone, then as a number.
  [[nodiscard]] std::optional<std::size_t> find(const fs::path& below) const {
    const auto stem = strippedStem(below);
    for (const auto& name :
         {(below.parent_path() / stem).generic_string(), townAndName(below, stem), stem, below.stem().string()}) {
      if (const auto found = lookUp(m_byName, name)) return found;
    }
    const auto number = asNumber(stem);
    return number ? lookUp(m_byNumber, *number) : std::nullopt;
  }

private:
  static constexpr std::size_t kShared = static_cast<std::size_t>(-1);
  using Names = std::unordered_map<std::string, std::size_t>;

  static void add(Names& names, const std::string& name, std::size_t frame) {
    const auto [place, isNew] = names.emplace(name, frame);
    if (!isNew && place->second != frame) place->second = kShared;
  }
  static std::optional<std::size_t> lookUp(const Names& names, const std::string& name) {
    const auto found = names.find(name);
    return found == names.end() || found->second == kShared ? std::nullopt : std::optional(found->second);
  }
  static std::string townAndName(const fs::path& below, const std::string& stem) {
    return (below.parent_path().filename() / stem).generic_string();
  }

  Names m_byName;
  Names m_byNumber;
};

ImportedFile::Content contentFrom(const NpyHeader& header) {
  auto shape = header.shape;
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());
  const bool isLogits = shape.size() == 3 && shape.back() != 1;
  return isLogits ? ImportedFile::Content::Logits : ImportedFile::Content::Scores;
}

void judgeContents(ImportedScores& scores) {
  std::optional<ImportedFile::Content> ofArchives;
  for (auto& file : scores.files) {
    if (!file) continue;
    try {
      const auto kind = sniffFile(file->file);
      if (kind == FileKind::Npy) {
        file->content = contentFrom(readNpyHeader(file->file));
      } else if (kind == FileKind::Zip) {
        if (!ofArchives) ofArchives = contentFrom(readNpz(file->file).header);
        file->content = *ofArchives;
      }
    } catch (const Error&) {
      continue;  // told when the file is read
    }
  }
}

[[noreturn]] void refuseNoMatch(const fs::path& folder, const DataSet& set, const std::vector<fs::path>& files) {
  throw Error({.what = "no score file fits a frame of " + set.name,
               .expected = "files named as its frames: " + set.frames.front().name + ".npy, .npz, .hdf5, .png or .tif",
               .found = files.empty() ? std::string("no files")
                                      : counted(files.size(), "file") + " such as " + files.front().filename().string(),
               .file = folder});
}

}  // namespace

ImportedScores openImportedScores(const fs::path& folder, const DataSet& set) {
  require(!set.frames.empty(), "openImportedScores: the set has no frames");
  if (!isFolder(folder)) {
    throw Error({.what = "scores cannot be opened",
                 .expected = "a folder",
                 .found = isFile(folder) ? "a file" : "nothing of that name",
                 .file = folder});
  }
  ImportedScores out;
  out.method = folderName(folder);
  out.root = folder;
  out.files.resize(set.frames.size());
  // One sub-folder per set: the one that is named as this set is meant.
  const auto start = isFolder(folder / set.name) ? folder / set.name : folder;
  constexpr int kDepth = 3;
  std::vector<fs::path> files;
  collect(start, kDepth, files);
  const FrameNames names(set);
  for (const auto& file : files) {
    if (!isNamedAsScores(file)) {
      out.skipped.push_back({file, "no score file"});
      continue;
    }
    if (lowered(file.stem().string()).ends_with("_segmentation")) {
      out.skipped.push_back({file, "a class map, not scores"});
      continue;
    }
    const auto frame = names.find(file.lexically_relative(start));
    if (!frame) {
      out.skipped.push_back({file, "no frame of this name"});
      continue;
    }
    auto& place = out.files[*frame];
    if (place) {
      throw Error(
          {.what = "several score files fit one frame",
           .expected = "one file for " + set.frames[*frame].name + ": open the folder of one method",
           .found = place->file.lexically_relative(start).string() + " and " + file.lexically_relative(start).string(),
           .file = folder});
    }
    place = ImportedFile{.file = file};
  }
  for (std::size_t i = 0; i < set.frames.size(); ++i) {
    if (!out.files[i]) out.missing.push_back(set.frames[i].name);
  }
  if (out.missing.size() == set.frames.size()) refuseNoMatch(folder, set, files);
  judgeContents(out);
  if (!out.missing.empty()) {
    out.remarks.push_back(counted(out.missing.size(), "frame") + " of " + std::to_string(set.frames.size()) +
                          " without scores, the first: " + out.missing.front());
  }
  return out;
}

}  // namespace oodscope

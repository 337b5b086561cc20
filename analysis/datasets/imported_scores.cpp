// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/imported_scores.h"

#include "analysis/core/error.h"
#include "analysis/datasets/folder_listing.h"
#include "analysis/datasets/imported_outputs.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"
#include "analysis/datasets/score_names.h"
#include "analysis/formats/array_file.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/score_picture.h"

#include <algorithm>
#include <array>
#include <map>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

bool isNamedAsScores(const fs::path& file) {
  constexpr std::array<std::string_view, 10> kEndings = {".npy", ".npz", ".hdf5", ".h5", ".mat",
                                                         ".png", ".tif", ".tiff", ".pt", ".pth"};
  return std::find(kEndings.begin(), kEndings.end(), lowered(file.extension().string())) != kEndings.end();
}

/// Networks have these names, too.
bool isNamedAsTorch(const fs::path& file) {
  const std::string ending = lowered(file.extension().string());
  return ending == ".pt" || ending == ".pth";
}

/// A confidence as BRAVO takes it: 16 bits a pixel, higher is more normal.
bool isBravoConfidence(const fs::path& file) {
  return lowered(file.extension().string()) == ".png" && lowered(file.stem().string()).ends_with("_conf") &&
         isScorePicture(file);
}

bool isNamedAsConfidence(const fs::path& file) {
  const std::string stem = lowered(file.stem().string());
  return stem.ends_with("_conf") || stem.ends_with("_confidence");
}

void collect(const fs::path& folder, int depth, std::vector<fs::path>& out) {
  for (const auto& file : filesIn(folder)) out.push_back(file);
  if (depth == 0) return;
  for (const auto& below : foldersIn(folder)) collect(below, depth - 1, out);
}

/// What to write instead of a file that is no score map.
std::string adviceFor(const fs::path& file, const DataSet& set) {
  const std::string name = set.frames.front().name + ".npy";
  if (!isArrayFile(file)) return {};
  for (const auto& array : arraysIn(file)) {
    const auto shape = array.usefulShape();
    if (shape.size() < 3 || shape.front() != set.frames.size()) continue;
    return ": " + array.text() + " seems to be one array for all frames: write one file a frame, as numpy.save('" +
           name + "', scores[0])";
  }
  return {};
}

/// Files of a folder as they are matched, one after another.
class Matching {
public:
  Matching(const fs::path& folder, const DataSet& set, std::string arrayName)
      : m_set(set), m_names(set), m_classes(set.frames.size()) {
    m_out.method = folderName(folder);
    m_out.root = folder;
    m_out.arrayName = std::move(arrayName);
    m_out.files.resize(set.frames.size());
    // One sub-folder per set: the one that is named as this set is meant.
    const fs::path own = fs::path(set.name).filename();  // without the parents that tell it from others of its name
    m_start = isFolder(folder / own) ? folder / own : folder;
    constexpr int kDepth = 3;
    collect(m_start, kDepth, m_files);
  }

  ImportedScores run(std::optional<Polarity> polarity) {
    for (const auto& file : m_files) take(file);
    for (std::size_t i = 0; i < m_classes.size(); ++i)
      if (m_classes[i] && m_out.files[i]) m_out.files[i]->classes = ImportedClasses{.file = *m_classes[i]};
    for (std::size_t i = 0; i < m_set.frames.size(); ++i)
      if (!m_out.files[i]) m_out.missing.push_back(m_set.frames[i].name);
    refuseShifted();
    if (m_out.missing.size() == m_set.frames.size()) refuseNoMatch();
    judgeContents();
    judgePolarity(polarity);
    sayLeftovers();
    return std::move(m_out);
  }

private:
  void skip(const fs::path& file, const char* reason) { m_out.skipped.push_back({file, reason}); }

  void take(const fs::path& file) {
    if (!isNamedAsScores(file)) return skip(file, "no score file");
    const auto found = m_names.find(file.lexically_relative(m_start));
    if (isNamedAsClassMap(file)) return takeClasses(file, found ? std::optional(found->frame) : std::nullopt);
    if (!found) {
      if (isNamedAsTorch(file)) return skip(file, "no score file");
      if (isNamedAsPicture(file) && !isScorePicture(file)) return skip(file, "a picture, not scores");
      m_unmatched.push_back(file);
      return skip(file, "no frame of this name");
    }
    auto& place = m_out.files[found->frame];
    if (place && isNamedAsPrediction(file) != isNamedAsPrediction(place->file)) {
      // Of the two one is called a prediction: it is the classes beside the other's scores.
      if (isNamedAsPrediction(file)) return takeClasses(file, found->frame);
      takeClasses(place->file, found->frame);
      place.reset();
    }
    if (place && !isBeside(file, place->file)) refuseTwo(found->frame, file);
    if (place && isNamedAsPicture(file)) return skip(file, "a picture beside the scores");
    if (place) skip(place->file, "a picture beside the scores");
    if (!place) m_otherForms += found->isOtherForm ? 1U : 0U;
    place = ImportedFile{.file = file};
  }

  void takeClasses(const fs::path& file, std::optional<std::size_t> frame) {
    if (!frame) return skip(file, "a class map, not scores");
    auto& place = m_classes[*frame];
    if (place) return skip(file, "a second class map of its frame");
    place = file;
  }

  /// Whether one of the two is a picture of the other, or both are pictures and one cannot be scores.
  static bool isBeside(const fs::path& file, const fs::path& other) {
    if (isNamedAsPicture(file) != isNamedAsPicture(other)) return true;
    return isNamedAsPicture(file) && !isScorePicture(file);
  }

  [[noreturn]] void refuseTwo(std::size_t frame, const fs::path& file) const {
    throw Error({.what = "several score files fit one frame",
                 .expected = "one file for " + m_set.frames[frame].name + ": open the folder of one method",
                 .found = m_out.files[frame]->file.lexically_relative(m_start).string() + " and " +
                          file.lexically_relative(m_start).string(),
                 .file = m_out.root});
  }

  /// A loader that numbers its outputs from 0 must not shift the scores by a frame.
  void refuseShifted() const {
    if (m_unmatched.empty() || m_out.missing.empty()) return;
    std::vector<std::string> files, frames;
    for (const auto& file : m_unmatched) files.push_back(strippedNames(file.stem().string()).back());
    for (const auto& file : m_out.files)
      if (file) files.push_back(strippedNames(file->file.stem().string()).back());
    for (const auto& frame : m_set.frames) frames.push_back(frame.name);
    const auto shift = numberShift(files, frames);
    if (!shift) return;
    throw Error({.what = "score files and frames are numbered differently",
                 .expected = "files named as their frames, " + shift->firstFrame + " to " + shift->lastFrame,
                 .found = "files " + shift->firstFile + " to " + shift->lastFile +
                          ": rename them, or each frame would get the scores of another",
                 .file = m_out.root});
  }

  [[noreturn]] void refuseNoMatch() const {
    std::string found = "no files";
    if (!m_files.empty()) {
      const auto& example = m_unmatched.empty() ? m_files.front() : m_unmatched.front();
      found = counted(m_files.size(), "file") + " such as " + example.filename().string();
      try {
        if (!isNamedAsScores(example) || !isArrayFile(example)) found += ", " + describeFile(example);
        found += adviceFor(example, m_set);
      } catch (const Error&) {
        found += ", which cannot be read";
      }
    }
    throw Error(
        {.what = "no score file fits a frame of " + m_set.name,
         .expected = "files named as its frames: " + m_set.frames.front().name + ".npy, .npz, .hdf5, .png, .tif or .pt",
         .found = found,
         .file = m_out.root});
  }

  /// What another file of its kind holds, this one holds, too.
  static void takeContents(const ImportedFile& like, ImportedFile& file) {
    file.content = like.content;
    file.type = like.type;
    if (like.classes && like.classes->file == like.file)
      file.classes = ImportedClasses{.file = file.file, .arrayName = like.classes->arrayName};
    file.outputs = like.outputs;
    for (ImportedArray& array : file.outputs) array.file = file.file;
  }

  /// Logits and other outputs, or a score map with its class map. Throws Error where it is unclear which array is
  /// meant: then no file of the folder can be read, which is said once and not for each frame.
  void judgeArrays(const std::vector<ArrayFacts>& arrays, ImportedFile& file) const {
    file.outputs = namedOutputs(arrays, file.file, m_out.arrayName);
    if (!file.outputs.empty()) {
      file.content = ImportedFile::Content::Logits;
      return;
    }
    const auto facts = chosenArray(arrays, m_out.arrayName, file.file);
    const bool isLogits = facts.usefulShape().size() >= 3;
    file.content = isLogits ? ImportedFile::Content::Logits : ImportedFile::Content::Scores;
    file.type = facts.type;
    if (const auto classes = classArray(arrays); classes && *classes != facts.name)
      file.classes = ImportedClasses{.file = file.file, .arrayName = *classes};
  }

  void judgeContents() {
    std::map<FileKind, ImportedFile> firstOfKind;
    for (auto& file : m_out.files) {
      if (!file) continue;
      std::vector<ArrayFacts> arrays;
      FileKind kind = FileKind::Unknown;
      try {
        kind = sniffFile(file->file);
        if (const auto known = firstOfKind.find(kind); known != firstOfKind.end()) {
          takeContents(known->second, *file);
          continue;
        }
        if (isArrayFile(file->file))
          arrays = arraysIn(file->file);
        else
          file->type = readScorePicture(file->file).header.type;
      } catch (const Error&) {
        continue;  // told when the file is read
      }
      if (!arrays.empty()) judgeArrays(arrays, *file);
      // Of .npy files each is looked at, but for outputs, which are a folder's.
      if (kind != FileKind::Npy || !file->outputs.empty()) firstOfKind.emplace(kind, *file);
    }
  }

  void judgePolarity(std::optional<Polarity> chosen) {
    std::size_t matched = 0, bravo = 0, named = 0;
    const ImportedFile* other = nullptr;
    for (auto& file : m_out.files) {
      if (!file) continue;
      file->isBravo = isBravoConfidence(file->file);
      ++matched;
      bravo += file->isBravo ? 1U : 0U;
      named += isNamedAsConfidence(file->file) ? 1U : 0U;
      if (!file->isBravo) other = &*file;
    }
    m_out.isPolarityChosen = chosen.has_value();
    m_out.polarity = chosen.value_or(bravo > 0 ? Polarity::NormalHigh : Polarity::AnomalyHigh);
    if (chosen) return;
    if (bravo > 0 && other != nullptr)
      throw Error({.what = "some files are confidences as BRAVO writes them and some are not",
                   .expected = "files of one polarity, or --polarity anomaly-high|normal-high",
                   .found = std::to_string(bravo) + " of " + std::to_string(matched) + ", and " +
                            other->file.lexically_relative(m_start).string(),
                   .file = m_out.root});
    if (bravo == 0 && named > 0)
      m_out.warnings.push_back(counted(named, "file") + (named == 1 ? " is" : " are") +
                               " named as confidences and read as scores, higher is more anomalous: if higher is more "
                               "normal in them, say --polarity normal-high");
  }

  void sayLeftovers() {
    const auto& missing = m_out.missing;
    if (!missing.empty())
      m_out.warnings.push_back(counted(missing.size(), "frame") + " of " + std::to_string(m_set.frames.size()) +
                               (missing.size() == 1 ? " has" : " have") + " no score file: " + namedFew(missing));
    if (!m_unmatched.empty()) {
      std::vector<std::string> names;
      for (const auto& file : m_unmatched) names.push_back(file.lexically_relative(m_start).string());
      m_out.warnings.push_back(counted(names.size(), "score file") + (names.size() == 1 ? " fits" : " fit") +
                               " no frame: " + namedFew(names));
    }
    if (m_otherForms > 0)
      m_out.warnings.push_back(counted(m_otherForms, "score file") + (m_otherForms == 1 ? " was" : " were") +
                               " matched although case or Unicode form of the names differ");
  }

  const DataSet& m_set;
  FrameNames m_names;
  ImportedScores m_out;
  fs::path m_start;
  std::vector<fs::path> m_files, m_unmatched;
  std::vector<std::optional<fs::path>> m_classes;  ///< by frame, files of their own
  std::size_t m_otherForms = 0;
};

}  // namespace

std::string_view polarityName(Polarity polarity) {
  return polarity == Polarity::AnomalyHigh ? "anomaly-high" : "normal-high";
}

ImportedScores openImportedScores(const fs::path& folder, const DataSet& set, const std::string& arrayName,
                                  std::optional<Polarity> polarity) {
  require(!set.frames.empty(), "openImportedScores: the set has no frames");
  if (!isFolder(folder)) {
    throw Error({.what = "scores cannot be opened",
                 .expected = "a folder",
                 .found = isFile(folder) ? "a file" : "nothing of that name",
                 .file = folder});
  }
  if (arrayName.empty())
    if (auto outputs = openOutputFolders(folder, set)) return std::move(*outputs);
  return Matching(folder, set, arrayName).run(polarity);
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/imported_outputs.h"

#include "analysis/datasets/folder_listing.h"

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// Logits alone are read as they always were.
bool areLogitsAlone(const std::vector<Output>& outputs) {
  return std::ranges::all_of(outputs, [](Output output) { return output == Output::Logits; });
}

/// Adds one output's files to the frames' arrays.
void merge(const ImportedScores& from, Output output, ImportedScores& into) {
  for (std::size_t frame = 0; frame < into.files.size(); ++frame) {
    if (!from.files[frame]) continue;
    auto& place = into.files[frame];
    if (!place)
      place = ImportedFile{
          .file = from.files[frame]->file, .content = ImportedFile::Content::Logits, .type = from.files[frame]->type};
    place->outputs.push_back({output, from.files[frame]->file, {}});
  }
  into.skipped.insert(into.skipped.end(), from.skipped.begin(), from.skipped.end());
  for (const std::string& warning : from.warnings)
    into.warnings.push_back(std::string(outputName(output)) + ": " + warning);
}

}  // namespace

std::vector<ImportedArray> namedOutputs(const std::vector<ArrayFacts>& arrays, const fs::path& file,
                                        const std::string& chosen) {
  std::vector<ImportedArray> out;
  std::vector<Output> found;
  for (const Output output : kAllOutputs)
    for (const ArrayFacts& array : arrays)
      if (array.name == outputName(output) && (chosen.empty() || chosen == array.name)) {
        out.push_back({output, file, array.name});
        found.push_back(output);
      }
  const bool hasScore = chosen.empty() && std::ranges::find(arrays, "score", &ArrayFacts::name) != arrays.end();
  return areLogitsAlone(found) && !hasScore ? std::vector<ImportedArray>() : out;
}

std::optional<ImportedScores> openOutputFolders(const fs::path& folder, const DataSet& set) {
  const fs::path own = fs::path(set.name).filename();
  const fs::path start = isFolder(folder / own) ? folder / own : folder;
  std::vector<Output> found;
  for (const Output output : kAllOutputs)
    if (isFolder(start / outputName(output))) found.push_back(output);
  if (areLogitsAlone(found)) return std::nullopt;
  ImportedScores out;
  out.method = folderName(folder);
  out.root = folder;
  out.files.resize(set.frames.size());
  for (const Output output : found) merge(openImportedScores(start / outputName(output), set), output, out);
  for (std::size_t frame = 0; frame < out.files.size(); ++frame)
    if (!out.files[frame]) out.missing.push_back(set.frames[frame].name);
  return out;
}

}  // namespace oodscope

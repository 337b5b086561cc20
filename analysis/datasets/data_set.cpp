// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/data_set.h"

#include "analysis/core/error.h"
#include "analysis/datasets/label_encoding.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"
#include "analysis/datasets/part_of_set.h"
#include "analysis/datasets/picture_structure.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

void requireFolder(const fs::path& root) {
  if (isFolder(root)) return;
  std::error_code failure;
  if (!fs::exists(root, failure)) throw Error({.what = "folder does not exist", .file = root});
  throw Error({.what = "not a set", .expected = "a folder", .found = "a file", .file = root});
}

std::string contentOf(const fs::path& root) {
  constexpr std::size_t kNamed = 8;
  auto entries = foldersIn(root);
  const auto files = filesIn(root);
  entries.insert(entries.end(), files.begin(), files.end());
  if (entries.empty()) return "an empty folder";
  std::string out;
  for (std::size_t i = 0; i < std::min(kNamed, entries.size()); ++i) {
    out += (i == 0 ? "" : ", ") + entries[i].filename().string() + (isFolder(entries[i]) ? "/" : "");
  }
  if (entries.size() > kNamed) out += " and " + std::to_string(entries.size() - kNamed) + " more";
  return out;
}

/// The kind that an extension promises, or Unknown for one that promises none.
FileKind promisedKind(const fs::path& file) {
  const auto ending = lowered(file.extension().string());
  if (ending == ".png") return FileKind::Png;
  if (ending == ".jpg" || ending == ".jpeg") return FileKind::Jpeg;
  if (ending == ".webp") return FileKind::Webp;
  return FileKind::Unknown;
}

void remarkOnKinds(DataSet& set) {
  std::map<std::pair<std::string, FileKind>, std::size_t> mismatches;
  for (const auto& frame : set.frames) {
    const auto promised = promisedKind(frame.image);
    if (promised == FileKind::Unknown || !isFile(frame.image)) continue;
    try {
      const auto found = sniffFile(frame.image);
      if (found != promised) ++mismatches[{frame.image.extension().string(), found}];
    } catch (const Error&) {
      continue;  // told when the frame is read
    }
  }
  for (const auto& [mismatch, count] : mismatches) {
    const bool isFine = isPicture(mismatch.second);
    const auto noun = counted(count, "file") + " named " + mismatch.first + (count == 1 ? " holds " : " hold ");
    set.remarks.push_back(isFine ? noun + std::string(fileKindName(mismatch.second)) + " data"
                                 : noun + "no picture: " + std::string(fileKindName(mismatch.second)));
  }
}

/// PIL would clip 16-bit grey at 255 and make nearly all of it white; here the high byte is taken.
void warnOfDeepGrey(DataSet& set) {
  constexpr std::size_t kHeaderBytes = 64;
  std::size_t deep = 0;
  for (const auto& frame : set.frames) {
    try {
      const auto start = readFileStart(frame.image, kHeaderBytes);
      const auto structure = sniffBytes(start) == FileKind::Png ? pngStructure(start) : PictureStructure{};
      deep += structure.bitDepth == 16 && structure.isGrey ? 1U : 0U;
    } catch (const Error&) {
      continue;  // told when the frame is read
    }
  }
  if (deep == 0) return;
  set.warnings.push_back(counted(deep, "image") + (deep == 1 ? " is" : " are") +
                         " 16-bit grey: read by the high byte, where PIL's convert(\"RGB\") clips at 255");
}

void remarkOnLabels(DataSet& set) {
  if (!set.layout.kind().hasAnomalyLabels) return;
  const auto missing = static_cast<std::size_t>(
      std::count_if(set.frames.begin(), set.frames.end(), [](const Frame& frame) { return !frame.label; }));
  if (missing == 0) return;
  set.remarks.push_back(counted(missing, "frame") + " of " + std::to_string(set.frames.size()) +
                        (missing == 1 ? " has" : " have") + " no label: no ground truth, which is not \"no anomaly\"");
}

/// mayInfer: whether the layout's own encoding may give way to what the masks' values say.
DataSet finished(DataSet set, bool mayInfer) {
  if (set.frames.empty()) {
    throw Error({.what = "set has no frames",
                 .expected = "images of the layout " + std::string(set.layout.name()),
                 .found = set.skipped.empty()
                              ? contentOf(set.root)
                              : set.skipped.front().file.filename().string() + ": " + set.skipped.front().reason,
                 .file = set.root});
  }
  std::sort(set.frames.begin(), set.frames.end(),
            [](const Frame& a, const Frame& b) { return naturalLess(a.name, b.name); });
  std::sort(set.skipped.begin(), set.skipped.end(),
            [](const Skipped& a, const Skipped& b) { return naturalLess(a.file.string(), b.file.string()); });
  remarkOnKinds(set);
  warnOfDeepGrey(set);
  remarkOnLabels(set);
  if (set.layout.kind().hasAnomalyLabels) resolveLabelEncoding(set, mayInfer);
  return set;
}

bool isSplitName(const std::string& name) {
  constexpr std::array<std::string_view, 6> kSplits = {"train", "training", "val", "validation", "test", "testing"};
  return std::find(kSplits.begin(), kSplits.end(), lowered(name)) != kSplits.end();
}

/// What to say of a folder that nothing fits, with options that would make it one where a guess is possible.
[[noreturn]] void refuseUnknown(const fs::path& root) {
  std::string options =
      "--images, --masks and --values, as --images 'images/*' --masks 'masks/*' --values "
      "0=normal,1=anomaly,255=void";
  std::string masks;
  if (const auto guess = guessedPlain(root)) {
    DataSet set = readGeneric(root, {.images = guess->images, .masks = guess->masks, .encoding = binaryEncoding()});
    LabelCensus census;
    constexpr std::size_t kSampled = 4;
    sampleLabels(set, kSampled, census);
    const auto values = valuesIn(census);
    const auto facts = census.facts();
    const bool isLossy = std::any_of(facts.begin(), facts.end(), [](const auto& fact) { return fact.second.isLossy; });
    options = "to be told what the masks' values mean, as --images '" + guess->images + "' --masks '" + guess->masks +
              "' --values " + (isLossy ? "0=normal,255=anomaly" : "0=normal,1=anomaly,255=void");
    if (values.empty() && set.frames.empty())
      masks = "";
    else if (values.empty())
      masks = "; no mask of it can be read or fits an image";
    else
      masks = "; its masks" + std::string(isLossy ? ", JPEG, whose compression changes values," : "") + " hold " +
              valueList(values);
  }
  throw Error({.what = "no known layout fits the folder",
               .expected = layoutHints().append(", or ").append(options),
               .found = contentOf(root) + masks,
               .file = root});
}

void collectSets(const fs::path& folder, int depth, std::vector<fs::path>& out) {
  if (recogniseLayout(folder)) {
    out.push_back(folder);
    return;
  }
  if (depth == 0) return;
  for (const auto& below : foldersIn(folder)) {
    try {
      collectSets(below, depth - 1, out);
    } catch (const Error&) {
      continue;  // a folder that may not be read holds no set for this user
    }
  }
}

}  // namespace

std::optional<std::size_t> DataSet::find(std::string_view frame) const {
  for (std::size_t i = 0; i < frames.size(); ++i)
    if (frames[i].name == frame) return i;
  return std::nullopt;
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

LabelEncoding binaryEncoding() {
  return {.meaning = {{0, kNormal}, {1, kAnomaly}, {255, kVoid}},
          .otherwise = kVoid,
          .description = "0 normal, 1 anomaly, 255 void",
          .strict = true};
}

std::optional<Layout> recogniseLayout(const fs::path& root) {
  if (!isFolder(root)) return std::nullopt;
  const auto layouts = allLayouts();
  const auto found = std::ranges::find_if(layouts, [&](Layout layout) { return layout.kind().fits(root); });
  return found == layouts.end() ? std::nullopt : std::optional(*found);
}

std::vector<fs::path> findDataSets(const fs::path& root) {
  requireFolder(root);
  constexpr int kDepth = 3;
  std::vector<fs::path> out;
  collectSets(root, kDepth, out);
  return out;
}

namespace {

/// Reads a folder by the user's word; what the word leaves out (globs, values) is told by names and values.
DataSet openAsTold(const fs::path& root, GenericLayout told) {
  const auto guess = told.images.empty() ? guessedPlain(root) : std::nullopt;
  if (guess) {
    told.images = guess->images;
    if (told.masks.empty()) told.masks = guess->masks;
  }
  const bool isTold = !told.encoding.meaning.empty();
  if (!isTold) told.encoding = binaryEncoding();
  return finished(readGeneric(root, told), !isTold);
}

DataSet openFolder(const fs::path& root, const std::optional<GenericLayout>& generic) {
  if (generic) return openAsTold(root, *generic);
  if (const auto layout = recogniseLayout(root))
    return finished(layout->kind().read(root, *layout), layout->kind().mayLabelsDiffer);
  const auto below = findDataSets(root);
  if (below.size() == 1) {
    auto set = openFolder(below.front(), generic);
    const auto inner = fs::relative(below.front(), root).generic_string();
    set.remarks.push_back("opened " + inner + ", the only set in the folder");
    if (isSplitName(set.name)) set.name = folderName(below.front().parent_path()) + "_" + set.name;
    return set;
  }
  if (!below.empty()) {
    std::string names;
    for (const auto& set : below) names += (names.empty() ? "" : ", ") + fs::relative(set, root).string();
    throw Error({.what = "folder is not one set",
                 .expected = "a single set",
                 .found = counted(below.size(), "set") + " in it: " + names,
                 .file = root});
  }
  refuseUnknown(root);
}

}  // namespace

DataSet openDataSet(const fs::path& root, const std::optional<GenericLayout>& generic) {
  const auto [folder, part] = splitSetPath(root);
  requireFolder(folder);
  if (part.empty()) return openFolder(folder, generic);
  // A split of a city tree is a folder of its own, opened by default or not.
  if (const auto split = folder / "leftImg8bit" / part;
      !generic && fs::path(part).filename() == part && isFolder(split))
    return openFolder(split, generic);
  auto set = openFolder(folder, generic);
  keepPart(set, part);
  return set;
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/submission.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/formats/mask_picture.h"
#include "analysis/formats/npy.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/formats/zip_archive.h"
#include "analysis/imaging/resize.h"
#include "analysis/regions/components.h"
#include "analysis/regions/decision.h"
#include "analysis/regions/map_sampling.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::array<SubmissionForm, 3> kForms = {{
    {.name = "fishyscapes",
     .description = "DDDD_anomaly.npy and DDDD_segmentation.npy, one pair a frame",
     .takesClasses = true},
    {.name = "smiyc", .description = "anomaly_p/METHOD/SET/ID.hdf5 as SegmentMeIfYouCan takes them"},
    {.name = "oodis",
     .description = "a zip of instances: fishyscapes, roadanomaly and roadobstacle",
     .isZip = true,
     .takesInstances = true},
}};

/// The folders that OoDIS' own check wants to see, filled or not.
constexpr std::array<std::string_view, 3> kOodisFolders = {"fishyscapes", "roadanomaly", "roadobstacle"};
constexpr std::size_t kMostMembers = 65'000;
constexpr std::size_t kMostZipBytes = std::size_t{3} << 30;
constexpr std::uint8_t kInside = 255;

/// A folder that takes its name once it is whole, and is removed where it does not.
class NewFolder {
public:
  explicit NewFolder(fs::path target) : m_target(std::move(target)) {
    m_place = m_target;
    m_place += ".part-" + std::to_string(::getpid());
    if (!fs::create_directory(m_place))
      throw Error({.what = "submission cannot be begun", .found = "a folder that is there already", .file = m_place});
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    if (!m_isDone) fs::remove_all(m_place, ignored);
  }
  [[nodiscard]] const fs::path& place() const { return m_place; }
  void finish() {
    std::error_code failure;
    fs::rename(m_place, m_target, failure);  // fails where anything but an empty folder lies there by now
    if (failure)
      throw Error({.what = "submission cannot take its name",
                   .expected = "nothing or an empty folder",
                   .found = failure.message(),
                   .file = m_target});
    m_isDone = true;
  }

private:
  fs::path m_target, m_place;
  bool m_isDone = false;
};

void requireFree(const fs::path& output, bool isFile) {
  std::error_code failure;
  const bool isThere = fs::exists(fs::symlink_status(output, failure));
  if (!isThere) return;
  if (!isFile && fs::is_directory(output, failure) && fs::is_empty(output, failure)) return;
  throw Error({.what = "output is there already and is not written over",
               .expected = isFile ? "a name that is free" : "a name that is free, or an empty folder",
               .found = isFile ? "something of that name" : "a file, or a folder with something in it",
               .file = output});
}

/// What a frame is called in a benchmark: its image's name without Cityscapes' ending.
std::string idOf(const Frame& frame) {
  constexpr std::string_view kLeft = "_leftImg8bit";
  std::string stem = frame.image.stem().string();
  if (stem.ends_with(kLeft)) stem.resize(stem.size() - kLeft.size());
  return stem;
}

std::string fishyscapesNumber(const DataSet& set, std::size_t frame) {
  const auto named = set.layout.kind().scoreName;
  if (const auto own = named != nullptr ? named(set.frames[frame]) : std::nullopt) return *own;
  std::string number = std::to_string(frame);
  constexpr std::size_t kDigits = 4;
  return std::string(kDigits - std::min(kDigits, number.size()), '0') + number;
}

void requireScored(const ScoreMap& scores, const DataSet& set, std::size_t frame) {
  const NotFinite lost = countNotFinite(scores);
  if (lost.total() == 0) return;
  throw Error({.what = "scores of frame " + set.frames[frame].name + " cannot be handed in",
               .expected = "a finite score for each pixel",
               .found = std::to_string(lost.nan) + " NaN and " + std::to_string(lost.infinite) + " infinite",
               .file = set.root});
}

/// Classes at `size`: what came with finished maps, or the best of the channels that are scored.
ClassMap submittedClasses(const ScoreSource& scores, const Configuration& scored, const DataSet& set, std::size_t frame,
                          Size size) {
  const ClassGiver giver = scores.classGiver(scored);
  const ScoreSource& source = *giver.source;
  const Configuration& configuration = giver.configuration;
  std::optional<ClassMap> own = source.predictedClasses(frame);
  if (!own && configuration.method) {
    readOutputs(source, frame, [&](const FrameOutputs& outputs) {
      if (!outputs.view.hasClasses()) return;
      const ScoreParameters how = source.scoreParameters(configuration, outputs.view);
      own.emplace(outputs.view.size());
      predictedClasses(outputs.view, how.channels, own->values());
    });
  }
  if (!own)
    throw Error({.what = "frame " + set.frames[frame].name + " has no predicted classes, which this submission holds",
                 .expected = "a network, or score files with class maps",
                 .found = "scores alone",
                 .file = set.root});
  return own->size() == size ? std::move(*own) : sampledNearest(*own, size);
}

std::array<std::size_t, 2> shapeOf(Size size) {
  return {static_cast<std::size_t>(size.height), static_cast<std::size_t>(size.width)};
}

/// The masks of a frame's instances with their scores, highest first.
struct Instance {
  Grid<std::uint8_t> mask;
  double score = 0.0;
};

Grid<std::uint8_t> maskOf(const Components& components, std::uint32_t wanted) {
  Grid<std::uint8_t> mask(components.size);
  for (std::size_t r = 0; r < components.runs.size(); ++r) {
    if (components.component[r] != wanted) continue;
    const Run& run = components.runs[r];
    std::fill(mask.row(run.y).begin() + run.begin, mask.row(run.y).begin() + run.end, kInside);
  }
  return mask;
}

std::vector<Instance> instancesOf(const ScoreMap& scores, double threshold, std::uint32_t smallest, bool& isForced) {
  std::vector<std::uint8_t> mask(scores.values().size());
  const float least = floatAtLeast(threshold);
  std::transform(scores.values().begin(), scores.values().end(), mask.begin(),
                 [least](float score) { return static_cast<std::uint8_t>(score >= least ? 1 : 0); });
  const Components components = labelComponents(mask, scores.size());
  std::vector<double> sums(components.count(), 0.0);
  for (std::size_t r = 0; r < components.runs.size(); ++r) {
    const Run& run = components.runs[r];
    const auto row = scores.row(run.y);
    for (auto x = static_cast<std::size_t>(run.begin); x < static_cast<std::size_t>(run.end); ++x)
      sums[components.component[r]] += static_cast<double>(row[x]);
  }
  std::vector<Instance> out;
  for (std::uint32_t c = 0; c < components.count(); ++c)
    if (components.areas[c] >= smallest)
      out.push_back({maskOf(components, c), sums[c] / static_cast<double>(components.areas[c])});
  isForced = out.empty();
  if (isForced) {  // the benchmark refuses an image without an instance
    const auto best = std::max_element(scores.values().begin(), scores.values().end());
    Instance& only = out.emplace_back(Instance{Grid<std::uint8_t>(scores.size()), static_cast<double>(*best)});
    only.mask.values()[static_cast<std::size_t>(best - scores.values().begin())] = kInside;
  }
  std::stable_sort(out.begin(), out.end(), [](const Instance& a, const Instance& b) { return a.score > b.score; });
  return out;
}

std::span<const std::byte> bytesIn(std::string_view text) { return std::as_bytes(std::span(text)); }

/// A set as it is scored: the frames one after another.
struct ScoredSet {
  std::shared_ptr<const DataSet> set;
  std::shared_ptr<ScoreSource> source;
  Configuration configuration;
  std::string name;  ///< its folder's
};

/// Writes one form; each call takes the frame's scores at its image's size.
class Writer {
public:
  Writer(const SubmissionForm& form, const SubmissionWork& work) : m_form(form), m_work(work) {
    requireFree(work.output, form.isZip);
    if (form.isZip) {
      for (const std::string_view folder : kOodisFolders) m_zip.add(std::string(folder) + "/", {});
    } else {
      m_folder.emplace(work.output);
    }
  }

  void take(const ScoredSet& set, std::size_t frame, const ScoreMap& scores) {
    if (m_form.isZip)
      takeInstances(set, frame, scores);
    else if (m_form.takesClasses)
      takePair(set, frame, scores);
    else
      takeMap(set, frame, scores);
    ++m_out.frames;
  }

  Submission finish() {
    if (m_form.isZip)
      writeFileAtomically(m_work.output, m_zip.finish());
    else
      m_folder->finish();
    return std::move(m_out);
  }

private:
  /// A name below the submission that no other frame has.
  std::string claimed(const std::string& name, const DataSet& set) {
    if (m_names.insert(name).second) return name;
    throw Error({.what = "two frames have one name in the submission",
                 .expected = "names of their own",
                 .found = name,
                 .file = set.root});
  }

  fs::path placeFor(const std::string& below) const {
    fs::path file = m_folder->place() / below;
    fs::create_directories(file.parent_path());
    return file;
  }

  void takePair(const ScoredSet& set, std::size_t frame, const ScoreMap& scores) {
    const std::string number = claimed(fishyscapesNumber(*set.set, frame), *set.set);
    const auto shape = shapeOf(scores.size());
    const ClassMap classes = submittedClasses(*set.source, set.configuration, *set.set, frame, scores.size());
    writeNpyAtomically(placeFor(number + "_anomaly.npy"), NpyType::Float32, shape, std::as_bytes(scores.values()));
    writeNpyAtomically(placeFor(number + "_segmentation.npy"), NpyType::UInt8, shape, std::as_bytes(classes.values()));
    m_out.files += 2;
  }

  void takeMap(const ScoredSet& set, std::size_t frame, const ScoreMap& scores) {
    const std::string below = "anomaly_p/" + m_work.methodName + "/" + set.name + "/" + idOf(set.set->frames[frame]);
    writeSmiycScores(placeFor(claimed(below, *set.set) + ".hdf5"), scores);
    ++m_out.files;
  }

  void takeInstances(const ScoredSet& set, std::size_t frame, const ScoreMap& scores) {
    const bool isCoarse = set.name == kOodisFolders.front();
    const std::string id =
        claimed(set.name + "/" + idOf(set.set->frames[frame]) + (isCoarse ? "_gtCoarse" : ""), *set.set);
    bool isForced = false;
    std::string lines;
    std::size_t number = 0;
    for (const Instance& instance : instancesOf(scores, m_work.threshold.value(), m_work.smallest, isForced)) {
      const std::string file = id + "_instanceIds_" + std::to_string(number++) + "_1.png";
      add(file, greyPng(instance.mask));
      lines += fs::path(file).filename().string() + " 1 " + roundTripText(instance.score) + "\n";
      ++m_out.instances;
    }
    m_out.withoutInstance += isForced ? 1U : 0U;
    const auto text = bytesIn(lines);
    add(id + "_instanceIds_pred.txt", {text.begin(), text.end()});
  }

  void add(const std::string& name, const std::vector<std::byte>& content) {
    m_zipBytes += content.size() + 2 * name.size() + 256;
    if (++m_out.files > kMostMembers || m_zipBytes > kMostZipBytes)
      throw Error({.what = "submission is too large for one zip",
                   .expected = "at most 65000 files and 3 GiB: a higher threshold, or larger instances alone",
                   .found = std::to_string(m_out.files) + " files",
                   .file = m_work.output});
    m_zip.add(name, content);
  }

  const SubmissionForm& m_form;
  const SubmissionWork& m_work;
  std::optional<NewFolder> m_folder;
  ZipWriter m_zip;
  std::size_t m_zipBytes = 0;
  std::set<std::string> m_names;
  Submission m_out;
};

std::string folderNameOf(const SubmissionForm& form, const SubmissionWork& work, std::size_t index) {
  const DataSet& set = *work.sets[index];
  const LayoutKind& kind = set.layout.kind();
  std::string name(form.isZip ? kind.oodisName : kind.smiycName);
  if (index < work.setNames.size())
    name = work.setNames[index];
  else if (name.empty())
    name = set.name;
  const bool isKnown = std::find(kOodisFolders.begin(), kOodisFolders.end(), name) != kOodisFolders.end();
  if (form.isZip && !isKnown)
    throw Error({.what = "OoDIS has no folder for the set",
                 .expected = "--as fishyscapes, roadanomaly or roadobstacle for each --set",
                 .found = name,
                 .file = set.root});
  if (name.find('/') != std::string::npos || name == "." || name == "..")
    throw Error({.what = "a set's folder cannot be called so", .expected = "a name", .found = name, .file = set.root});
  return name;
}

}  // namespace

std::span<const SubmissionForm> submissionForms() { return kForms; }

std::string submissionNames() {
  std::string out;
  for (const SubmissionForm& form : kForms) out.append(out.empty() ? "" : ", ").append(form.name);
  return out;
}

const SubmissionForm* submissionForm(std::string_view name) {
  const auto* found =
      std::find_if(kForms.begin(), kForms.end(), [&](const SubmissionForm& form) { return form.name == name; });
  return found == kForms.end() ? nullptr : &*found;
}

Submission writeSubmission(const SubmissionForm& form, const SubmissionWork& work,
                           const std::shared_ptr<LogitsStore>& store, const ProgressSink& progress,
                           const std::stop_token& stop) {
  require(!form.takesInstances || work.threshold.has_value(), "writeSubmission: instances need a threshold");
  std::vector<ScoredSet> sets;
  for (std::size_t s = 0; s < work.sets.size(); ++s) {
    ScoredSet& scored = sets.emplace_back();
    scored.set = work.sets[s];
    scored.name = folderNameOf(form, work, s);
    scored.source = work.ensemble ? openSource(scored.set, *work.ensemble, store)
                                  : openSource(scored.set, work.item, work.channels, store);
    const FilteredMethod method = work.method.value_or(FilteredMethod());  // finished maps have none and take none
    scored.configuration = filteredConfigurations(*scored.source, {method}, {work.temperature}).front();
  }
  Writer writer(form, work);
  for (const ScoredSet& scored : sets) {
    const std::size_t count = scored.set->frames.size();
    for (std::size_t frame = 0; frame < count; ++frame) {
      if (stop.stop_requested()) return {.cancelled = true};
      progress({"frames", scored.set->name, frame, count});
      scored.source->prepare(frame);
      const Size size = readPictureSize(scored.set->frames[frame].image);
      const ScoreMap scores = scored.source->values(frame, scored.configuration, size);
      requireScored(scores, *scored.set, frame);
      writer.take(scored, frame, scores);
    }
    progress({"frames", scored.set->name, count, count});
  }
  Submission out = writer.finish();
  for (const ScoredSet& scored : sets)
    for (auto& [key, value] : scored.source->provenance())
      if (std::find(out.facts.begin(), out.facts.end(), std::pair(key, value)) == out.facts.end())
        out.facts.emplace_back(key, value);
  return out;
}

}  // namespace oodscope

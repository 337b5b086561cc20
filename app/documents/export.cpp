// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/export.h"

#include "analysis/core/error.h"
#include "analysis/core/failure_text.h"
#include "analysis/core/size_text.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/formats/npy.h"
#include "analysis/tables/value.h"
#include "inference/models/known_channels.h"

#include <unistd.h>
#include <algorithm>
#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolderSidecar = "sidecar.json";

bool liesThere(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(file, ignored));
}

/// A file that takes its name once all else is done, and is removed where it does not.
class WaitingFile {
public:
  WaitingFile(const fs::path& target, std::string_view bytes) : m_target(target), m_place(target) {
    if (std::error_code ignored; fs::is_symlink(target, ignored)) m_target = m_place = fs::weakly_canonical(target);
    m_place += ".part-" + std::to_string(::getpid());
    writeFileAtomically(m_place, bytes);
  }
  WaitingFile(const WaitingFile&) = delete;
  WaitingFile& operator=(const WaitingFile&) = delete;
  ~WaitingFile() {
    std::error_code ignored;
    if (!m_isDone) fs::remove(m_place, ignored);
  }
  void takeName() {
    std::error_code failure;
    fs::rename(m_place, m_target, failure);
    if (failure) throw Error({.what = "file cannot take its name", .found = failure.message(), .file = m_target});
    m_isDone = true;
  }

private:
  fs::path m_target, m_place;
  bool m_isDone = false;
};

/// Whether it had to be made.
bool makeFolder(const fs::path& folder) {
  std::error_code failure;
  const bool isNew = fs::create_directories(folder, failure);
  if (failure) throw Error({.what = "folder cannot be made", .found = failure.message(), .file = folder});
  return isNew;
}

void requireEmptyFolder(const fs::path& folder) {
  std::error_code failure;
  if (!liesThere(folder) || (fs::is_directory(folder, failure) && fs::is_empty(folder, failure))) return;
  throw Error({.what = "output is there already and is not written over",
               .expected = "a name that is free, or an empty folder",
               .found = "a file, or a folder with something in it",
               .file = folder});
}

/// How somebody who reads the folder's files is to choose channels so that he scores the network's classes.
std::vector<std::string> channelNotes(const ModelInfo& info) {
  const auto logits = std::ranges::find(info.arrays, Output::Logits, &OutputArray::output);
  if (logits == info.arrays.end()) return {};
  const OutputMeaning& meaning = info.outputs;
  const std::vector<int> own = knownChannels(meaning, info.channels);
  const int assumed = assumedVoidChannel(info.channels);
  if (own == knownChannels(info.channels, assumed) && meaning.voidChannel == assumed) return {};
  return {"a folder's void channel is taken to be " + (assumed < 0 ? "none" : std::to_string(assumed)) +
          " and all others known; the network's known classes are channels " +
          channelsText(own, info.channels, meaning.voidChannel, info.channelsAssumed) +
          ": name them by --channels where the folder is scored"};
}

class OutputsWriter {
public:
  OutputsWriter(const OutputsWork& work, ScoreSource& source)
      : m_work(work), m_source(source), m_info(work.item.model->info()) {}

  /// Values that could not be held.
  std::uint64_t write(std::size_t index) {
    const std::string& name = m_work.set->frames[index].name;
    if (!m_names.insert(name).second)
      throw Error({.what = "two frames of the set have one name",
                   .expected = "a name a frame, after which its file is called",
                   .found = name,
                   .file = m_work.set->root});
    m_source.prepare(index);
    std::uint64_t saturated = 0;
    readOutputs(m_source, index, [&](const FrameOutputs& outputs) {
      saturated = outputs.saturated;
      for (const OutputArray& array : m_info.arrays) write(array, outputs.view[array.output], name);
    });
    return saturated;
  }
  void writeSidecar(const std::string& precision) const {
    const Value::Object fields{
        {"known_classes", m_info.outputs.knownClasses},
        {"description", architectureText(m_info) + " of " + m_info.file.filename().string() + " (SHA-256 " +
                            m_info.fingerprint + "), input " + sizeText(m_info.preprocessing.input) + ", " + precision +
                            ", arrangement " + m_info.arrangement}};
    writeFileAtomically(m_work.folder / kFolderSidecar, Value(fields).json(2) + "\n");
  }

private:
  void write(const OutputArray& array, const LogitsView& view, const std::string& name) const {
    const bool areLogitsAlone = m_info.arrays.size() == 1 && array.output == Output::Logits;
    fs::path file = areLogitsAlone ? m_work.folder : m_work.folder / std::string(outputName(array.output));
    file /= name + ".npy";
    static_cast<void>(makeFolder(file.parent_path()));
    const auto extent = [](int size) { return static_cast<std::size_t>(size); };
    std::vector<std::size_t> shape{extent(view.channels), extent(view.height), extent(view.width)};
    const std::size_t count = shape[0] * shape[1] * shape[2];
    if (array.output == Output::ClassLogits) shape.erase(shape.begin() + 1);  // of queries, which have no rows
    if (view.half != nullptr)
      writeNpyAtomically(file, NpyType::Float16, shape, std::as_bytes(std::span(view.half, count)));
    else
      writeNpyAtomically(file, NpyType::Float32, shape, std::as_bytes(std::span(view.single, count)));
  }

  const OutputsWork& m_work;
  ScoreSource& m_source;
  const ModelInfo& m_info;
  std::set<std::string> m_names;
};

}  // namespace

fs::path exportedSidecarFile(const fs::path& script) {
  fs::path out = script;
  out += ".json";
  return out;
}

void requireScriptPlace(const fs::path& model, const fs::path& script, bool replaces) {
  std::error_code ignored;
  if (fs::equivalent(model, script, ignored))
    throw Error({.what = "a model is not exported over itself", .expected = "another name", .file = script});
  fs::path byStem = script;
  byStem.replace_extension(".json");
  if (byStem == script || liesThere(byStem))
    throw Error({.what = "the exported script would have another sidecar than its own",
                 .expected = "a name whose sidecars, NAME.json and NAME.pt.json, are free",
                 .found = byStem.filename().string(),
                 .file = script});
  for (const fs::path& file : {script, exportedSidecarFile(script)}) {
    if (!liesThere(file)) continue;
    if (!fs::is_regular_file(file, ignored))
      throw Error({.what = "output cannot be replaced", .expected = "a file", .found = "something else", .file = file});
    if (!replaces)
      throw Error({.what = "output is there already and is not written over",
                   .expected = "a name that is free, or --force",
                   .found = "a file of that name",
                   .file = file});
  }
}

ExportedModel writeScript(const Model& model, const fs::path& script, bool replaces) {
  requireScriptPlace(model.info().file, script, replaces);
  ExportedModel out = model.exported();
  WaitingFile file(script, out.script);
  const fs::path sidecar = exportedSidecarFile(script);
  const bool isNew = !liesThere(sidecar);
  writeFileAtomically(sidecar, out.sidecar);
  try {
    file.takeName();
  } catch (const Error&) {
    std::error_code ignored;
    if (isNew) fs::remove(sidecar, ignored);
    throw;
  }
  return out;
}

OutputsReport writeOutputs(const OutputsWork& work, const std::shared_ptr<LogitsStore>& store,
                           const ProgressSink& progress, const std::stop_token& stop) {
  require(work.item.model != nullptr, "writeOutputs: a network");
  requireEmptyFolder(work.folder);
  const ModelInfo& info = work.item.model->info();
  SourceItem plain = work.item;
  plain.statistics = nullptr;
  plain.passes.clear();
  const std::shared_ptr<ScoreSource> source = openSource(work.set, plain, {.list = {}, .all = true}, store);
  const bool isNew = makeFolder(work.folder);
  OutputsWriter writer(work, *source);
  OutputsReport report{.precision = source->precision(), .notes = channelNotes(info)};
  for (const OutputArray& array : info.arrays) report.arrays.emplace_back(outputName(array.output));
  const std::vector<Frame>& frames = work.set->frames;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    report.cancelled = stop.stop_requested();
    if (report.cancelled) break;
    progress({"export", work.set->name, i, frames.size()});
    try {
      report.saturated += writer.write(i);
      ++report.frames;
    } catch (const std::exception& failure) {
      report.failures.push_back({work.set->name, frames[i].name, failureText(failure)});
    }
  }
  std::error_code ignored;
  if (report.frames > 0)
    writer.writeSidecar(report.precision);
  else if (isNew)
    fs::remove(work.folder, ignored);  // fails where something was written
  report.warnings = source->warnings();
  return report;
}

}  // namespace oodscope

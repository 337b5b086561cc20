// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/evaluate.h"

#include "analysis/core/failure_text.h"
#include "analysis/core/numbers.h"
#include "analysis/core/thread_supply.h"
#include "analysis/datasets/frame_stamps.h"
#include "analysis/metrics/score_key.h"
#include "analysis/regions/decision.h"
#include "app/documents/polarity.h"
#include "app/documents/provenance.h"
#include "app/documents/result_row.h"
#include "app/documents/set_labels.h"
#include "app/sources/imported_source.h"
#include "app/sources/model_scores.h"
#include "app/studies/component_track.h"
#include "inference/models/verdicts.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

/// Keeps score maps between the passes of one configuration while they fit, and makes them anew where they do not.
class ScoreCache {
public:
  ScoreCache(std::size_t frames, std::uint64_t budget) : m_maps(frames), m_budget(budget) {}

  template <class Make>
  std::shared_ptr<const ScoreMap> at(std::size_t frame, const Make& make) {
    {
      const std::scoped_lock lock(m_mutex);
      if (m_maps[frame]) return m_maps[frame];
    }
    auto map = std::make_shared<const ScoreMap>(make());
    const std::uint64_t bytes = map->values().size_bytes();
    const std::scoped_lock lock(m_mutex);
    if (!m_maps[frame] && m_bytes + bytes <= m_budget) {
      m_bytes += bytes;
      m_maps[frame] = map;
    }
    return map;
  }

private:
  std::mutex m_mutex;
  std::vector<std::shared_ptr<const ScoreMap>> m_maps;
  std::uint64_t m_budget;
  std::uint64_t m_bytes = 0;
};

std::string about(std::string name, const std::string& text) { return name.append(": ").append(text); }

/// Why a file could not be used; failures that are no Error do not name it themselves.
std::string reasonOf(const std::exception& failure, const std::filesystem::path& file) {
  if (dynamic_cast<const Error*>(&failure) != nullptr) return failure.what();
  return failureText(failure) + " (" + file.string() + ")";
}

/// Everything that stays the same while one set is evaluated.
struct SetWork {
  std::shared_ptr<const DataSet> set;
  SetLabels labels;
  std::vector<char> failed;  ///< by frame: takes no part
  std::size_t unlabelled = 0;
  std::vector<FrameStamp> stamps;  ///< of the files before the first of them was read
  explicit SetWork(DataSet opened)
      : set(std::make_shared<const DataSet>(std::move(opened))),
        labels(*set),
        failed(set->frames.size(), 0),
        stamps(stampsOf(*set)) {}
};

class Evaluation {
public:
  Evaluation(const EvaluationRequest& request, const ProgressSink& progress, std::stop_token stop)
      : m_request(request),
        m_progress(progress),
        m_stop(std::move(stop)),
        m_store(std::make_shared<LogitsStore>(request.store)) {
    if (m_request.methods.empty()) m_request.methods = {Method::Msp};
    if (m_request.temperatures.empty()) m_request.temperatures = {1.0F};
    if (m_request.protocols.empty()) m_request.protocols = {Protocol::Course};
  }

  EvaluationReport run() {
    for (auto& [key, value] : environmentFacts(m_request.threads)) addFact(key, value);
    if (m_request.asSubmitted) addFact("scores", std::string(kAsSubmitted));
    loadModels();
    std::size_t opened = 0;
    for (const SetEntry& entry : m_request.sets) {
      if (m_stop.stop_requested()) break;
      opened += evaluateSetAt(entry) ? 1 : 0;
    }
    if (m_request.sets.empty()) throw Error("no set is given: name at least one", {});
    if (opened == 0 && !m_stop.stop_requested())
      throw Error("none of the sets could be opened: " + m_report.unfinished.back(), {});
    m_report.cancelled = m_stop.stop_requested();
    m_report.table.warnings = m_report.warnings;
    m_report.table.unfinished = m_report.unfinished;
    return std::move(m_report);
  }

private:
  void loadModels() {
    std::string problems;
    for (const ModelEntry& entry : m_request.models) {
      try {
        auto model = loadModel(m_request, entry);
        const std::string name = entry.path.filename().string();
        for (const std::string& text : model->info().assumptions) m_report.notes.push_back(about(name, text));
        for (const std::string& text : model->info().warnings) warn(about(name, text));
        m_models.push_back(std::move(model));
      } catch (const std::exception& failure) {
        const std::string text = reasonOf(failure, entry.path);
        m_report.unfinished.push_back(text);
        problems += (problems.empty() ? "" : "; ") + text;
      }
    }
    if (m_models.empty() && m_request.scores.empty())
      throw Error(problems.empty() ? "no model and no scores given" : problems, {});
  }

  [[nodiscard]] ImportedChannels importedChannels() const { return {m_request.channels, m_request.allChannels}; }

  bool evaluateSetAt(const SetEntry& entry) {
    std::unique_ptr<SetWork> work;
    try {
      work = std::make_unique<SetWork>(openDataSet(entry.path, entry.generic));
    } catch (const std::exception& failure) {
      m_report.unfinished.push_back(reasonOf(failure, entry.path));
      return false;
    }
    const DataSet& set = *work->set;
    for (const Skipped& skipped : set.skipped) m_report.notes.push_back(skipped.file.string() + ": " + skipped.reason);
    for (const std::string& text : set.warnings) warn(about(set.name, text));
    for (const std::string& remark : set.remarks) m_report.notes.push_back(set.name + ": " + remark);
    std::size_t labelled = 0;
    for (std::size_t i = 0; i < set.frames.size(); ++i) {
      work->failed[i] = set.frames[i].label ? 0 : 1;  // withheld ground truth is not "no anomaly": it takes no part
      labelled += set.frames[i].label ? 1 : 0;
    }
    work->unlabelled = set.frames.size() - labelled;
    if (labelled < set.frames.size())
      warn(set.name + ": " + std::to_string(set.frames.size() - labelled) +
           " frames have no ground truth and take no part");
    if (labelled == 0) {
      m_report.unfinished.push_back(set.name + ": no frame has ground truth (" + set.root.string() + ")");
      return true;
    }
    addFact("data " + set.name, dataFingerprint(set));
    const std::size_t firstRow = m_report.table.rows.size();
    evaluateSources(*work);
    noticeChanges(*work, firstRow);
    return true;
  }

  /// Rows that may be of two states of a file are no result, and the provenance's fingerprint is of neither.
  void noticeChanges(const SetWork& work, std::size_t firstRow) {
    const std::vector<ChangedFile> changes = changedSince(*work.set, work.stamps);
    if (changes.empty()) return;
    m_report.unfinished.push_back(work.set->name +
                                  ": files changed while it was evaluated, so its rows may be of two " +
                                  "states of them: evaluate it again (" + changeText(*work.set, changes) + ")");
    for (std::size_t r = firstRow; r < m_report.table.rows.size(); ++r) m_report.table.rows[r].exact = false;
  }

  void evaluateSources(SetWork& work) {
    for (const auto& model : m_models) {
      if (m_stop.stop_requested()) return;
      withSource(work, [&] {
        return std::make_unique<ModelScores>(work.set, model, m_store, chosenChannels(m_request, model->info()));
      });
    }
    for (const auto& folder : m_request.scores) {
      if (m_stop.stop_requested()) return;
      withSource(work, [&] {
        return std::make_unique<ImportedSource>(work.set, folder, importedChannels(), m_request.scoreName);
      });
    }
    for (const std::string& text : work.labels.findings()) warn(about(work.set->name, text));
  }

  void warn(const std::string& text) {
    std::vector<std::string>& known = m_report.warnings;
    if (std::find(known.begin(), known.end(), text) == known.end()) known.push_back(text);
  }

  template <class MakeSource>
  void withSource(SetWork& work, const MakeSource& makeSource) {
    std::string name;
    try {
      const auto source = makeSource();
      name = source->name();
      const std::vector<Configuration> configurations =
          source->configurations(m_request.methods, m_request.temperatures);
      std::vector<char> failed = work.failed;
      prepareFrames(work, *source, failed);
      if (m_stop.stop_requested()) {
        m_report.unfinished.push_back(work.set->name + ", " + source->name() +
                                      ": stopped before all frames were ready");
        return;
      }
      addProvenance(*source);
      for (const Resolution resolution : {Resolution::Network, Resolution::Label})
        evaluateAtResolution(work, *source, configurations, resolution, failed);
      for (const std::string& text : source->warnings()) warn(about(work.set->name, text));
    } catch (const std::exception& failure) {
      // Lack of memory, say: the rows of the sources that are done are not lost with this one.
      m_report.unfinished.push_back(work.set->name + (name.empty() ? "" : ", " + name) + ": " + failureText(failure));
    }
  }

  void fail(const SetWork& work, std::size_t frame, const std::string& message) {
    const std::scoped_lock lock(m_failureMutex);
    const FailedFrame failure{work.set->name, work.set->frames[frame].name, message};
    const bool known = std::any_of(m_report.failures.begin(), m_report.failures.end(), [&](const FailedFrame& other) {
      return other.set == failure.set && other.frame == failure.frame && other.message == failure.message;
    });
    if (!known) m_report.failures.push_back(failure);
  }

  void prepareFrames(SetWork& work, ScoreSource& source, std::vector<char>& failed) {
    const std::size_t count = work.set->frames.size();
    for (std::size_t i = 0; i < count && !m_stop.stop_requested(); ++i) {
      m_progress({"frames", work.set->name + ", " + source.name(), i, count});
      if (failed[i]) continue;
      try {
        source.prepare(i);
      } catch (const std::exception& failure) {
        failed[i] = 1;
        fail(work, i, failureText(failure));
      }
    }
    m_progress({"frames", work.set->name + ", " + source.name(), count, count});
  }

  [[nodiscard]] std::vector<Protocol> protocolsAt(Resolution resolution) const {
    std::vector<Protocol> out;
    for (const Protocol protocol : m_request.protocols) {
      const Resolution wanted =
          m_request.resolution == Resolution::ByProtocol ? defaultResolution(protocol) : m_request.resolution;
      if (wanted == resolution) out.push_back(protocol);
    }
    return out;
  }

  void evaluateAtResolution(SetWork& work, const ScoreSource& source, const std::vector<Configuration>& configurations,
                            Resolution resolution, std::vector<char> failed) {
    const std::vector<Protocol> protocols = protocolsAt(resolution);
    if (protocols.empty()) return;
    std::vector<std::shared_ptr<const LabelMap>> labels(work.set->frames.size());
    tbb::parallel_for(std::size_t{0}, labels.size(), [&](std::size_t i) {
      if (failed[i] || m_stop.stop_requested()) return;
      try {
        labels[i] =
            resolution == Resolution::Network ? work.labels.atSize(i, source.ownSize(i)) : work.labels.atLabelSize(i);
      } catch (const std::exception& failure) {
        failed[i] = 1;
        fail(work, i, failureText(failure));
      }
    });
    std::vector<std::size_t> frames;
    for (std::size_t i = 0; i < failed.size(); ++i)
      if (!failed[i] && labels[i]) frames.push_back(i);
    if (frames.empty()) {
      m_report.unfinished.push_back(work.set->name + ", " + source.name() + ": no frame could be used");
      return;
    }
    std::uint64_t labelBytes = 0;
    for (const std::size_t i : frames) labelBytes += labels[i]->values().size_bytes();
    const std::uint64_t scoreBudget = m_request.memoryBudget > labelBytes ? m_request.memoryBudget - labelBytes : 0;

    for (std::size_t c = 0; c < configurations.size(); ++c) {
      const Configuration& configuration = configurations[c];
      const std::string subject = work.set->name + ", " + source.name() + ", " + configuration.name +
                                  (configuration.temperature ? " T " + roundTripText(*configuration.temperature) : "");
      m_progress({"metrics", subject, c, configurations.size()});
      if (m_stop.stop_requested()) {
        m_report.unfinished.push_back(subject + ": stopped");
        continue;
      }
      ScoreCache cache(frames.size(), scoreBudget);
      const FrameProvider provider = [&](std::size_t f) {
        const std::size_t frame = frames[f];
        auto map = cache.at(f, [&] {
          ScoreMap scores = source.score(frame, configuration, labels[frame]->size());
          if (m_request.asSubmitted) roundToFloat16(scores.values());
          return scores;
        });
        return ScoredFrame{map->values(), labels[frame]->values(), map};
      };
      addRows(work, source, configuration, protocols, {frames, provider, labels}, scoreBudget);
    }
    m_progress({"metrics", work.set->name + ", " + source.name(), configurations.size(), configurations.size()});
    if (resolution == Resolution::Network) work.labels.dropOtherSizes();
  }

  struct Prepared {
    const std::vector<std::size_t>& frames;
    const FrameProvider& provider;
    const std::vector<std::shared_ptr<const LabelMap>>& labels;
  };

  void addRows(const SetWork& work, const ScoreSource& source, const Configuration& configuration,
               const std::vector<Protocol>& protocols, const Prepared& prepared, std::uint64_t scoreBudget) {
    std::uint64_t pixels = 0;
    for (const std::size_t i : prepared.frames) pixels += prepared.labels[i]->size().area();
    EvaluateOptions options;
    options.memory = pixels * sizeof(float) <= scoreBudget ? MemoryUse::Fast : MemoryUse::Low;
    options.curves = false;
    options.asFloat16 = m_request.asSubmitted;
    const SetResult result = evaluateSet(prepared.frames.size(), prepared.provider, protocols, options, m_stop);
    if (result.cancelled) {
      m_report.unfinished.push_back(work.set->name + ", " + source.name() + ", " + configuration.name + ": stopped");
      return;
    }
    for (const FrameFailure& failure : result.failures) fail(work, prepared.frames[failure.frame], failure.message);
    warnOfHygiene(work, configuration, result);
    warnOfOneClass(work, result);
    const FrameAccount account{
        .total = work.set->frames.size(),
        .unlabelled = work.unlabelled,
        .failed = work.set->frames.size() - work.unlabelled - prepared.frames.size() + result.failures.size()};
    warnOfMissing(work, source, account);
    const std::optional<ComponentTrack> track = trackOf(*work.set);
    std::vector<std::pair<float, ComponentColumns>> byThreshold;  // protocols often share their best threshold
    for (std::size_t p = 0; p < protocols.size(); ++p) {
      const PixelMetrics& metrics = result.metrics[p];
      ResultRow row = resultRow(work.set->name, source, configuration, protocols[p], metrics, account);
      hintAtPolarity(row);
      if (m_request.asSubmitted) row.precision = "float16";
      std::optional<float> threshold;
      if (m_request.componentThreshold)
        threshold = source.rankedScore(static_cast<double>(*m_request.componentThreshold));
      else if (metrics.bestF1Threshold)
        threshold = strictlyBelow(*metrics.bestF1Threshold);
      if (track && threshold) {
        const auto known = std::find_if(byThreshold.begin(), byThreshold.end(),
                                        [&](const auto& entry) { return entry.first == *threshold; });
        row.components =
            known != byThreshold.end()
                ? known->second
                : byThreshold.emplace_back(*threshold, componentValues(prepared, *threshold, *track)).second;
        row.components->threshold = source.exactScore(*threshold);
      }
      m_report.table.rows.push_back(std::move(row));
    }
  }

  /// The set's track, with its rule among the facts; empty where no components are asked for.
  std::optional<ComponentTrack> trackOf(const DataSet& set) {
    if (!m_request.componentsBySet && !m_request.components) return std::nullopt;
    const TrackOfSet own = objectTrackOf(set);
    const ComponentTrack track = m_request.componentsBySet ? componentTrack(own.track) : *m_request.components;
    addFact("components " + set.name, componentRule(track, m_request.componentsBySet ? own.reason : "as asked for"));
    return track;
  }

  ComponentColumns componentValues(const Prepared& prepared, float threshold, const ComponentTrack& track) {
    std::vector<ComponentTally> tallies(prepared.frames.size());
    tbb::parallel_for(std::size_t{0}, prepared.frames.size(), [&](std::size_t f) {
      const ScoredFrame frame = prepared.provider(f);
      const Size size = prepared.labels[prepared.frames[f]]->size();
      tallies[f] =
          ComponentTally(evaluateComponents(frame.scores, frame.labels, size, static_cast<double>(threshold), track));
    });
    ComponentTally all;
    for (const ComponentTally& tally : tallies) all += tally;
    const ComponentMetrics metrics = summary(all, static_cast<double>(threshold));
    return {.threshold = static_cast<double>(threshold),
            .siou = metrics.siou,
            .ppv = metrics.ppv,
            .f1Star = metrics.f1Star,
            .track = std::string(componentTrackName(track)),
            .frames = static_cast<std::int64_t>(prepared.frames.size())};
  }

  /// Once a score of a set: its other temperatures and protocols have the same sign.
  void hintAtPolarity(const ResultRow& row) {
    const auto hint = polarityHint(row);
    if (hint && m_hinted.insert({row.set, row.model, row.method}).second) warn(*hint);
  }

  void warnOfMissing(const SetWork& work, const ScoreSource& source, const FrameAccount& account) {
    if (account.isComplete()) return;
    warn(work.set->name + ", " + source.name() + ": the numbers are of " + std::to_string(account.taking()) + " of " +
         std::to_string(account.total - account.unlabelled) + " frames; " + std::to_string(account.failed) + " failed");
  }

  void warnOfHygiene(const SetWork& work, const Configuration& configuration, const SetResult& result) {
    const std::uint64_t odd = result.hygiene.unusable();
    if (odd > 0)
      warn(work.set->name + ", " + configuration.name + ": " + std::to_string(odd) +
           " scores are NaN or infinite and were left out like void pixels");
  }

  void warnOfOneClass(const SetWork& work, const SetResult& result) {
    const PixelMetrics& metrics = result.metrics.front();
    if (metrics.positives > 0 && metrics.negatives > 0) return;
    const std::string text = work.set->name + ": the frames that take part have " +
                             (metrics.positives == 0 ? "no anomalous pixel" : "no normal pixel") +
                             ", so ranking metrics are not defined";
    warn(text);
  }

  void addProvenance(const ScoreSource& source) {
    for (const auto& [key, value] : source.provenance()) addFact(source.name() + " " + key, value);
    if (const std::string precision = source.precision(); !precision.empty())
      addFact(source.name() + " precision", precision);
  }

  void addFact(const std::string& key, const std::string& value) {
    Value::Object& facts = m_report.table.provenance;
    const bool known = std::any_of(facts.begin(), facts.end(), [&](const Member& fact) { return fact.key == key; });
    if (!known) facts.push_back({key, Value(value)});
  }

  EvaluationRequest m_request;
  const ProgressSink& m_progress;
  std::stop_token m_stop;
  std::shared_ptr<LogitsStore> m_store;
  std::vector<std::shared_ptr<Model>> m_models;
  EvaluationReport m_report;
  std::set<std::array<std::string, 3>> m_hinted;  ///< set, model, method whose sign was doubted
  std::mutex m_failureMutex;
};

}  // namespace

Resolution defaultResolution(Protocol protocol) {
  return protocol == Protocol::Course ? Resolution::Network : Resolution::Label;
}

std::shared_ptr<Model> loadModel(const EvaluationRequest& request, const ModelEntry& entry) {
  requireThreads(request.threads);
  ModelOptions options{.device = request.device,
                       .threads = request.threads,
                       .preprocessing = entry.preprocessing,
                       .outputs = entry.outputs,
                       .memory = arrangementMemory(request.store.folder, request.store.temporary)};
  auto model = std::make_shared<Model>(Model::load(entry.path, options));
  if (entry.sha256 && *entry.sha256 != model->info().fingerprint)
    throw Error(ErrorParts{.what = "the model is not the one the session was made with",
                           .expected = "SHA-256 " + *entry.sha256,
                           .found = model->info().fingerprint,
                           .file = entry.path});
  requireFits(entry, model->info());
  if (request.voidChannel == -2) return model;
  options.outputs = model->info().outputs;
  options.outputs->voidChannel = request.voidChannel;
  return std::make_shared<Model>(Model::load(entry.path, options));
}

void requireFits(const ModelEntry& entry, const ModelInfo& info) {
  if (!entry.outputs || entry.outputs->channelNames.empty()) return;
  const std::size_t named = entry.outputs->channelNames.size();
  if (named != static_cast<std::size_t>(info.channels))
    throw Error(ErrorParts{.what = "the channel names given for the network do not fit it",
                           .expected = std::to_string(info.channels) + " names",
                           .found = std::to_string(named),
                           .file = entry.path});
}

std::vector<int> chosenChannels(const EvaluationRequest& request, const ModelInfo& info) {
  if (!request.allChannels) return request.channels;
  std::vector<int> all(static_cast<std::size_t>(info.channels));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

EvaluationReport evaluate(const EvaluationRequest& request, const ProgressSink& progress, std::stop_token stop) {
  return Evaluation(request, progress, std::move(stop)).run();
}

}  // namespace oodscope

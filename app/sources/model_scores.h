// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "app/sources/fitted_statistics.h"
#include "app/sources/logits_source.h"
#include "inference/logits/logits_store.h"
#include "inference/models/model.h"

#include <atomic>
#include <memory>
#include <mutex>

namespace oodscope {

/// What tells a network's logits, and what its methods make of them, from any other's.
[[nodiscard]] SourceId sourceIdOf(const Model& model, const FittedStatistics* statistics = nullptr);

/// Scores of one set by one model, over logits that are made once and kept in the store. Logits that the store lost
/// (another process evicted them, they fit nowhere, their file was damaged) are made again when they are asked for:
/// that costs a network pass, never the frame.
class ModelScores : public LogitsSource {
public:
  /// passes: how the network is run besides, for methods that read that; what each gives is kept in the store, too.
  /// Throws Error for a channel the network lacks, and for a pass that it cannot be run with. Its maker is
  /// openSource().
  ModelScores(std::string label, std::shared_ptr<const DataSet> set, std::shared_ptr<Model> model,
              std::shared_ptr<LogitsStore> store, ChannelChoice channels,
              std::shared_ptr<const FittedStatistics> statistics = {}, std::vector<PassChoice> passes = {});

  [[nodiscard]] SourceId id() const override { return m_id; }
  [[nodiscard]] const std::vector<std::string>& classNames() const override {
    return m_model->info().outputs.channelNames;
  }
  [[nodiscard]] std::string publishedModel() const override;
  void prepare(std::size_t frame) override;
  [[nodiscard]] Size ownSize(std::size_t frame) const override;
  [[nodiscard]] std::string precision() const override {
    return m_store->precision() == StorePrecision::Half ? "float16" : "float32";
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance() const override;

  [[nodiscard]] std::optional<FrameOutputs> frameOutputs(std::size_t frame) const override;
  [[nodiscard]] bool hasOutputs(std::size_t) const override { return true; }
  [[nodiscard]] ScoreParameters scoreParameters(const Configuration& configuration, const OutputsView&) const override;
  [[nodiscard]] ScoreInputs inputs() const override;
  [[nodiscard]] std::vector<ScoreTerm> terms(const Configuration& configuration) const override;
  [[nodiscard]] std::optional<FrameOutputs> freshOutputs(std::size_t frame, const PassChoice* pass) const override;

  /// Whether prepare(frame) would find the logits in the store, without running anything.
  [[nodiscard]] bool isStored(std::size_t frame);
  /// Messages about the store (a full disk, say) that did not stop the work.
  [[nodiscard]] std::vector<std::string> warnings() const override;
  /// Network passes so far, those that made logits again too.
  [[nodiscard]] std::size_t networkPasses() const override { return m_networkPasses.load(); }
  [[nodiscard]] int passesPerFrame() const override;

protected:
  void requirePossible(Method method) const override;

private:
  /// One run of the network over a frame: the plain one, or one of a further pass.
  struct Run {
    const PassChoice* pass = nullptr;  ///< none: the plain one
    PassRun how = {};
  };
  [[nodiscard]] OutputMaps infer(const Run& run, const RgbImage& image) const;
  [[nodiscard]] const PassChoice* passOf(Method method) const;
  /// A frame's arrays, run after run, each in the order of arraysOf().
  struct StoredOutputs {
    std::vector<StoredLogits> arrays;
    [[nodiscard]] bool isIntact() const;
    void requireIntact() const;
    [[nodiscard]] std::uint64_t saturated() const;
  };
  using Outputs = std::shared_ptr<const StoredOutputs>;
  /// The frame's outputs, open. Ask isIntact() after reading. Requires prepare(frame). Throws Error where they have to
  /// be made again and cannot be.
  [[nodiscard]] Outputs outputs(std::size_t frame) const;
  /// Outputs that stay open between uses: mapping anew costs a fault a page.
  struct Held {
    Outputs outputs;
    std::vector<std::shared_ptr<const void>> shares = {};  ///< of what the store lets stay open
  };
  /// Of each run.
  using Addresses = std::vector<std::string>;
  [[nodiscard]] Addresses addressesOf(std::size_t frame) const;
  [[nodiscard]] const Addresses& addresses(std::size_t frame);
  [[nodiscard]] Outputs held(std::size_t frame) const;
  void hold(std::size_t frame, const Outputs& outputs) const;
  [[nodiscard]] Outputs stored(std::size_t frame) const;
  [[nodiscard]] std::vector<OutputArray> arraysOfRun(std::size_t run) const;
  /// Of one run: from the store's folder, appended to `out`; false, with `out` as it was, where one is not there.
  bool findRun(std::size_t frame, std::size_t run, StoredOutputs& out) const;
  /// A run's arrays join the plain ones where its pass adds them, else they follow as a further pass.
  static void addRun(const PassKind* pass, const OutputsView& arrays, OutputsView& out);
  /// Makes what is not stored of the frame, puts it into the store and opens all of it.
  [[nodiscard]] Outputs made(std::size_t frame) const;
  [[nodiscard]] Outputs madeAgain(std::size_t frame) const;
  [[nodiscard]] OutputsView viewOf(const StoredOutputs& outputs) const;

  std::shared_ptr<const DataSet> m_set;
  std::shared_ptr<Model> m_model;
  std::shared_ptr<LogitsStore> m_store;
  std::shared_ptr<const FittedStatistics> m_statistics;
  SourceId m_id;  ///< asked for at every tick of a slider
  std::vector<PassChoice> m_passes;
  std::vector<Run> m_runs;             ///< the plain one first
  std::vector<int> m_used;             ///< channels that take part
  std::vector<Addresses> m_addresses;  ///< empty until asked for
  mutable std::mutex m_mutex;
  mutable std::vector<Held> m_held;
  mutable bool m_holdsNone = false;  ///< there was no room left in the address space
  /// Somebody writes to the store's files while they are read: for this source they are read no more.
  std::shared_ptr<std::atomic<bool>> m_distrustsFolder = std::make_shared<std::atomic<bool>>(false);
  mutable std::atomic<std::size_t> m_networkPasses = 0;
  mutable std::atomic<std::size_t> m_madeAgain = 0;
};

/// Digest of what the network sees of a frame: its image file and, where there is one, the overlay. Throws Error.
[[nodiscard]] std::string imageDigest(const Frame& frame);

}  // namespace oodscope

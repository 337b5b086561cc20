// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/error.h"
#include "analysis/core/grid.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"
#include "app/session/filtered_method.h"
#include "app/session/run_spec.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace oodscope {

/// One column of results: a method at a temperature, or imported maps (method then holds the folder's name), with what
/// the maps go through.
struct Configuration {
  std::string name;                  ///< "msp", "energy+gaussian", or the imported folder's name with the filters
  std::optional<Method> method;      ///< none: imported maps
  std::optional<float> temperature;  ///< none where the ranking does not depend on it
  std::vector<double> weights = {};  ///< of an ensemble's terms; empty: those it was made with
  FilterChain filters = {};          ///< applied to the map at the size that is asked for
  friend bool operator==(const Configuration&, const Configuration&) = default;
};
/// Named as everything that prints or compares configurations names them.
[[nodiscard]] Configuration configurationOf(const FilteredMethod& method, std::optional<float> temperature);
/// The same score through these filters. Requires: `plain` has none.
[[nodiscard]] Configuration withFilters(Configuration plain, const FilterChain& filters);

/// What a network, or files, give of one frame, and what keeps it alive.
struct FrameOutputs {
  OutputsView view;
  std::shared_ptr<const void> owner;
  std::uint64_t saturated = 0;                  ///< finite values that float16 could not hold; 0 where unknown
  std::function<void()> requireIntact = [] {};  ///< throws Error where the file below changed: what was read is void
};

/// What a row of results says that its scores are.
struct RowNames {
  std::string model, method;
  std::optional<float> temperature;
  std::string normalisation = {};  ///< of an ensemble's scores
};

/// What the scores of an ensemble are the weighted sum of: terms that do not depend on their weights, so that another
/// choice of weights is weightedSum() of them.
class WeightedTerms {
public:
  virtual ~WeightedTerms() = default;
  WeightedTerms() = default;
  WeightedTerms(const WeightedTerms&) = delete;
  WeightedTerms& operator=(const WeightedTerms&) = delete;

  /// What each term is: "msp", "void*score@maps".
  [[nodiscard]] virtual const std::vector<std::string>& texts() const = 0;
  /// Those of a configuration, one a term; those it was made with where that has not as many finite ones.
  [[nodiscard]] virtual std::vector<double> weights(const Configuration& configuration) const = 0;
  /// The ensemble with other weights. Requires: as many as there are terms, finite ones.
  [[nodiscard]] virtual Configuration configuration(const std::vector<double>& weights) const = 0;
  /// A frame's normalised terms at `target`. Requires and throws as ScoreSource::scoreAt(). Thread-safe.
  [[nodiscard]] virtual std::shared_ptr<const std::vector<ScoreMap>> maps(std::size_t frame, Size target,
                                                                          Resolution at) const = 0;
  /// What the sum goes through under a configuration; mostly nothing.
  [[nodiscard]] virtual FilterChain sumFilters(const Configuration& configuration) const = 0;
  /// The frame's sum after those. Requires and throws as ScoreSource::scoreAt(). Thread-safe.
  [[nodiscard]] virtual ScoreMap filteredSum(std::size_t frame, const Configuration& configuration,
                                             ScoreMap sum) const = 0;
};

class ScoreSource;
/// Whose predicted classes go with a score, and how they are asked for.
struct ClassGiver {
  const ScoreSource* source = nullptr;
  Configuration configuration;
};

/// Where the scores of one set come from: a network's logits or somebody's files. Frames are indices into
/// DataSet::frames.
class ScoreSource {
public:
  virtual ~ScoreSource() = default;
  ScoreSource() = default;
  ScoreSource(const ScoreSource&) = delete;
  ScoreSource& operator=(const ScoreSource&) = delete;

  /// What people call it: the model's file name or the scores' folder name, with the parents that tell it from others.
  [[nodiscard]] virtual std::string name() const = 0;
  /// What it is, whatever it is called.
  [[nodiscard]] virtual SourceId id() const = 0;
  /// What a run's score is made of where this source scores it with a configuration: one term, of itself, but for sums.
  [[nodiscard]] virtual std::vector<ScoreTerm> terms(const Configuration& configuration) const;
  /// Which channels of its logits take part; the usual ones where it has none to choose from.
  [[nodiscard]] virtual ChannelChoice channels() const { return {}; }
  /// Its network's architecture as publications name it, where the scores are of the channels that they are printed
  /// for; empty: no network, or one that was opened otherwise.
  [[nodiscard]] virtual std::string publishedModel() const { return {}; }
  /// Names of the logits' channels; empty where nobody gave any.
  [[nodiscard]] virtual const std::vector<std::string>& classNames() const;
  /// Whether methods, temperatures and channels apply: not where it gives finished maps alone.
  [[nodiscard]] virtual bool takesMethods() const { return true; }
  /// Frames for which somebody's folder has no file; empty: the source makes what it needs.
  [[nodiscard]] virtual std::optional<std::size_t> framesWithoutFile() const { return std::nullopt; }
  /// What of `methods` x `temperatures` this source can give, each ranking once. Throws Error where a method is
  /// impossible.
  [[nodiscard]] virtual std::vector<Configuration> configurations(const std::vector<Method>& methods,
                                                                  const std::vector<float>& temperatures) const = 0;
  /// Why its maps cannot go through filters; empty where they can. Filters that read predicted classes need some.
  [[nodiscard]] virtual std::optional<MethodLack> whyNot(const FilterChain& filters) const;
  /// What methods can read of its frames; channels 0 where it gives finished maps alone.
  [[nodiscard]] virtual ScoreInputs inputs() const { return {.isNetwork = false}; }
  /// Makes what score() needs (runs the network where nothing is stored). One call at a time. Throws Error.
  virtual void prepare(std::size_t frame) = 0;
  /// Size of the frame's scores as the source has them. Requires prepare(frame).
  [[nodiscard]] virtual Size ownSize(std::size_t frame) const = 0;
  /// Scores at `target`, filtered there. Requires prepare(frame); filters that are possible. Thread-safe. Throws Error
  /// where a file has gone bad meanwhile.
  [[nodiscard]] virtual ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const = 0;
  /// The same where scores depend on all frames of the set as they are at a resolution: of an ensemble that is
  /// normalised over the set.
  [[nodiscard]] virtual ScoreMap scoreAt(std::size_t frame, const Configuration& configuration, Size target,
                                         Resolution) const {
    return score(frame, configuration, target);
  }
  /// What an ensemble adds up; nullptr: it is none.
  [[nodiscard]] virtual const WeightedTerms* weightedTerms() const { return nullptr; }
  /// The configuration that gives these terms; some other one where terms() of this source cannot give them.
  [[nodiscard]] virtual Configuration configurationOf(const std::vector<ScoreTerm>& terms) const;
  /// What tables say of its scores.
  [[nodiscard]] virtual RowNames rowNames(const Configuration& configuration) const;
  /// The scores themselves, to be reckoned with: score(), unless its floats only rank as scores of more digits do,
  /// which are then rounded to float. Requires and throws as score().
  [[nodiscard]] virtual ScoreMap values(std::size_t frame, const Configuration& configuration, Size target) const {
    return score(frame, configuration, target);
  }
  /// The arrays that score() reads, so that chosen pixels can be scored alone; empty where the source gives finished
  /// maps. Requires prepare(frame). Thread-safe. Throws Error as score() does.
  [[nodiscard]] virtual std::optional<FrameOutputs> frameOutputs(std::size_t) const { return std::nullopt; }
  /// Whether frameOutputs() gives any, without opening them. Requires prepare(frame).
  [[nodiscard]] virtual bool hasOutputs(std::size_t frame) const { return frameOutputs(frame).has_value(); }
  /// What a network gives of the frame, run now and kept nowhere; run once more by `pass`, where there is one. For
  /// timing. Empty where there is no network. Requires: a pass among inputs(). Throws Error.
  [[nodiscard]] virtual std::optional<FrameOutputs> freshOutputs(std::size_t, const PassChoice* /*pass*/) const {
    return std::nullopt;
  }
  /// What score() does to such outputs before its filters. Requires: a method; asked only of sources with
  /// frameOutputs(). Throws Error where the method is impossible.
  [[nodiscard]] virtual ScoreParameters scoreParameters(const Configuration&, const OutputsView&) const {
    throw ContractViolation("ScoreSource: finished maps have no parameters");
  }
  /// The score that a value of score() stands for: another where floats only rank as scores of more digits do. For
  /// thresholds and values that are shown. Requires prepare() of all frames that take part.
  [[nodiscard]] virtual double exactScore(float value) const { return static_cast<double>(value); }
  /// The value of score() that decides as this score does: the inverse of exactScore().
  [[nodiscard]] virtual float rankedScore(double score) const { return static_cast<float>(score); }
  /// What a high value of its files means, "anomaly-high" or "normal-high", where it gives finished maps; score() is
  /// high for anomalies in any case. Empty where it makes scores of logits.
  [[nodiscard]] virtual std::string polarity() const { return {}; }
  /// Whether the frames that it scores have predicted classes: of outputs, or of class maps beside finished maps.
  [[nodiscard]] virtual bool givesClasses() const;
  /// Whose classes go with its scores: its own; of an ensemble those of the first score whose source has some.
  [[nodiscard]] virtual ClassGiver classGiver(const Configuration& configuration) const {
    return {this, configuration};
  }
  /// A frame's predicted classes at `target` as filters read them. Null where there are none. Requires prepare(frame).
  /// Thread-safe. Throws Error where they cannot be read.
  [[nodiscard]] virtual std::shared_ptr<const ClassMap> classesAt(std::size_t /*frame*/,
                                                                  const Configuration& /*configuration*/,
                                                                  Size /*target*/) const {
    return nullptr;
  }
  /// The classes that came with a frame's finished map, in their own size; empty where none did, and where there are
  /// logits to take them from. Requires prepare(frame). Thread-safe. Throws Error where they cannot be read.
  [[nodiscard]] virtual std::optional<ClassMap> predictedClasses(std::size_t) const { return std::nullopt; }
  /// Precision of what score() reads: "float16", "float32", "float64", "uint8", …; empty where not known yet.
  [[nodiscard]] virtual std::string precision() const { return {}; }
  /// Likely mistakes found so far, each a sentence for the user. Thread-safe.
  [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
  /// Those that hold where its scores are one of several in a sum, too.
  [[nodiscard]] virtual std::vector<std::string> warningsOfTerm() const { return warnings(); }
  /// How often a network ran for it so far; 0 where it has none. Thread-safe.
  [[nodiscard]] virtual std::size_t networkPasses() const { return 0; }
  /// What a frame that is not stored costs, in plain passes of a network: more than 1 where it is run further. An
  /// estimate.
  [[nodiscard]] virtual int passesPerFrame() const { return 1; }
  /// Facts for provenance: key and value.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> provenance() const = 0;
};

/// Every method that can be served from what the source gives without running a network once more, in menu order; none
/// for finished maps.
[[nodiscard]] std::vector<Method> servedMethods(const ScoreSource& source);

/// Whether the source scores with the method as it was opened: it lacks nothing, and the pass that the method reads,
/// where it reads one, is among those that are run.
[[nodiscard]] bool servesAsOpened(const ScoreSource& source, Method method);
/// What of `methods` x `temperatures` the source can give, each ranking once: ScoreSource::configurations() with the
/// filters of each method. Throws Error where a method or a filter is impossible.
[[nodiscard]] std::vector<Configuration> filteredConfigurations(const ScoreSource& source,
                                                                const std::vector<FilteredMethod>& methods,
                                                                const std::vector<float>& temperatures);

/// Calls read(outputs) with the frame's outputs, and once more where their file changed meanwhile. False: the source
/// has none. Throws Error as frameOutputs() does, and where the file changed again.
template <class Read>
bool readOutputs(const ScoreSource& source, std::size_t frame, const Read& read) {
  constexpr int kTries = 2;
  for (int left = kTries; left > 0; --left) {
    const std::optional<FrameOutputs> outputs = source.frameOutputs(frame);
    if (!outputs) return false;
    read(*outputs);
    try {
      outputs->requireIntact();
      return true;
    } catch (const Error&) {
      if (left == 1) throw;
    }
  }
  return false;
}

}  // namespace oodscope

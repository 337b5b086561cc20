// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/datasets/data_set.h"
#include "app/documents/request.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// What is open in the program, in the labels by which the other side names it.
struct BridgeState {
  struct Set {
    std::string name;
    std::filesystem::path path;
    std::string layout;
    std::size_t frames = 0;
  };
  struct Source {
    std::string name;
    std::string kind;  ///< model, scores or ensemble
    std::filesystem::path path;
  };
  std::vector<Set> sets;
  std::vector<Source> sources;
};

/// The knobs that the other side may read and turn.
struct BridgeView {
  std::string set, frame, source, method;  ///< empty: nothing is shown; the method with its filters
  double temperature = 1.0;
  std::optional<float> threshold = {};  ///< none: it follows the pin
  std::string pin, protocol;
  friend bool operator==(const BridgeView&, const BridgeView&) = default;
};

/// Knobs to be turned: those that are given.
struct BridgeViewEdit {
  std::optional<std::string> set = {}, frame = {}, source = {}, method = {}, protocol = {};
  std::optional<double> temperature = {};
  std::optional<std::optional<float>> threshold = {};  ///< given but empty: follow the pin again
};

/// A folder of arrays that were pushed whole, to be opened as imported scores are.
struct PushedFolder {
  std::string name;  ///< what the source is to be called
  std::filesystem::path folder;
  std::string set;                        ///< label of the set that it was made for
  std::optional<Polarity> polarity = {};  ///< of score maps
};

/// Something that happened which a watcher may want to know.
struct BridgeEvent {
  enum class Kind { Select, View, Open, Close };
  Kind kind = Kind::View;
  BridgeView view = {};             ///< of View
  std::string set = {};             ///< of Select
  std::vector<std::string> frames;  ///< of Select
  std::string name = {}, what = {}; /// of Open and Close: what it is called; set, model or scores
};

/// What a program gives the bridge: its state, and what it does when asked. Every call may come from any thread and
/// several at once; it returns when what was asked for is done. Throws Error where that is not possible, in words for
/// the one on the other side.
class BridgeHost {
public:
  virtual ~BridgeHost() = default;

  /// "oodscope" or "oodscope-cli".
  [[nodiscard]] virtual std::string program() const = 0;
  [[nodiscard]] virtual BridgeState state() = 0;
  /// An open set by its label; an empty label: the one that is shown, or the only one.
  [[nodiscard]] virtual std::shared_ptr<const DataSet> set(const std::string& name) = 0;

  /// What was opened by one path.
  struct Opened {
    std::vector<std::string> sets, sources;
  };
  /// Opens sets, a network or a folder of scores. The path is one that the user allowed and holds no code.
  [[nodiscard]] virtual Opened open(const std::filesystem::path& path) = 0;
  /// Opens pushed arrays as a source; gives its label.
  [[nodiscard]] virtual std::string openPushed(const PushedFolder& pushed) = 0;
  /// Closes a source that was pushed.
  virtual void closePushed(const std::string& name) = 0;

  /// A request over the sets and sources of these labels (empty: the one shown, or all there are) with the program's
  /// work options; what is asked of them is filled in by the caller.
  [[nodiscard]] virtual EvaluationRequest requestFor(const std::vector<std::string>& sets,
                                                     const std::vector<std::string>& sources) = 0;

  [[nodiscard]] virtual BridgeView view() = 0;
  /// Turns the knobs, all or none; gives what is shown then.
  virtual BridgeView edit(const BridgeViewEdit& edit) = 0;
  /// Selects frames of the set that is shown.
  virtual void select(const std::vector<std::string>& frames) = 0;

  /// A figure of the present view as a file's bytes.
  [[nodiscard]] virtual std::vector<std::byte> figure(const std::string& name, const std::string& format) = 0;
  /// The window's picture.
  [[nodiscard]] virtual RgbImage screenshot() = 0;

  /// Tells `watcher` of every event from now on, from any thread, until the returned handle is dropped.
  using Watcher = std::function<void(const BridgeEvent&)>;
  [[nodiscard]] virtual std::shared_ptr<const void> watch(Watcher watcher) = 0;

  /// Whether the user allowed files below here to be opened by the other side.
  [[nodiscard]] virtual bool allows(const std::filesystem::path& path) = 0;
  /// Called at the start of each thread that serves a connection: for its priority.
  virtual void enterThread() {}
};

}  // namespace oodscope

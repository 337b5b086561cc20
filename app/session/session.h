// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/imported_scores.h"
#include "analysis/filters/filter.h"
#include "analysis/metrics/pin_rule.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"
#include "inference/models/model.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// Where scores and labels meet: at the network's output or at the label's own resolution.
enum class Resolution { ByProtocol, Network, Label };

/// Which scores the ends of the colour map stand for.
enum class ScaleMode { Image, Set, SetTrimmed /* 0 to 99.9 % */, Percentile, Manual };
enum class ViewLayout { One, OneByTwo, TwoByTwo, PerMethod, Classes };
/// What of a score source is looked at: a method over a model's logits, or imported maps (then `imported` names the
/// folder).
struct ScoreChoice {
  Method method = {};
  std::optional<std::string> imported = {};
  float temperature = 1.0F;
  bool importedLogits = false;       ///< the imported folder holds logits: method and temperature apply to them
  std::vector<double> weights = {};  ///< of the terms, where `imported` names an ensemble; empty: its own
  PassValues passes = {};    ///< what further passes are run with, by PassParameter::name; the usual values else
  FilterChain filters = {};  ///< what its maps go through, of a method's or imported
  friend bool operator==(const ScoreChoice&, const ScoreChoice&) = default;
};
/// Whether method and temperature say something about the choice: not where score maps are taken as they are.
[[nodiscard]] inline bool hasMethod(const ScoreChoice& score) { return !score.imported || score.importedLogits; }

/// Run B of a comparison: what differs from the view's own run, which is A. Set, protocol, resolution and channels are
/// shared, so that both runs rank the same pixels.
struct ComparedRun {
  std::string model;  ///< empty: A's
  ScoreChoice score = {.method = methods::kMaxLogit};
  std::optional<float> threshold = {};
  PinRule pin = PinRule::BestF1;
  double pinValue = 0.95;
  friend bool operator==(const ComparedRun&, const ComparedRun&) = default;
};
enum class CompareStyle { Wipe, Blink, SideBySide };

/// What somebody chose to look at, in the labels of what is open: the run that a view shows, or one that was kept. What
/// its numbers are of, whatever it is called, is the RunSpec of the live set that scores it.
struct RunChoice {
  std::string set, model;
  ScoreChoice score;
  Protocol protocol = {};
  Resolution resolution = Resolution::ByProtocol;
  bool allChannels = false;
  friend bool operator==(const RunChoice&, const RunChoice&) = default;
};

/// Every knob of the window as one comparable value. A drag of a slider changes nothing else.
struct ViewState {
  std::string set;    ///< DataSet::name as listed in the session
  std::string frame;  ///< Frame::name
  std::string model;  ///< file name of the model
  ScoreChoice score;
  std::optional<float> threshold = {};  ///< none: follows the pin
  PinRule pin = PinRule::BestF1;
  double pinValue = 0.95;  ///< the rate or share, or cost of a missed pixel over cost of a false alarm
  /// The set that pins choose the threshold on, of B too; empty: the one that is shown.
  std::string pinSet = {};
  Protocol protocol = {};
  Resolution resolution = Resolution::ByProtocol;
  bool allChannels = false;  ///< false: the known classes alone

  ScaleMode scale = ScaleMode::SetTrimmed;
  double scaleLow = 0.0, scaleHigh = 99.9;  ///< percent for Percentile, scores for Manual
  bool scaleLocked = true;
  std::string colourMap = "inferno";
  bool colourMapReversed = false;
  double opacity = 0.62;
  bool overlay = false;  ///< heatmap over the picture
  bool contour = true;
  bool voidHatch = true;
  bool linked = true;
  bool crosshair = true;
  ViewLayout layout = ViewLayout::TwoByTwo;

  std::optional<ComparedRun> other = {};  ///< while two runs are compared
  CompareStyle compareStyle = CompareStyle::Wipe;
  bool compareRanks = true;                ///< heatmaps of ranks in the set instead of raw scores
  std::vector<RunChoice> hiddenRuns = {};  ///< kept runs that plots and documents do not draw beside the view's own
  friend bool operator==(const ViewState&, const ViewState&) = default;
};

struct SetEntry {
  std::filesystem::path path;
  std::optional<GenericLayout> generic = {};
  std::optional<std::string> name = {};  ///< what the set is called; none: as its folder
};
struct ModelEntry {
  std::filesystem::path path;
  std::optional<Preprocessing> preprocessing = {};  ///< edited by the user
  std::optional<OutputMeaning> outputs = {};
  std::optional<std::string> sha256 = {};                ///< checked on opening where given
  std::optional<std::filesystem::path> statistics = {};  ///< file of what was fitted; none: the one beside the network
};

/// What a high value of a folder's score maps means, where somebody said so.
struct FolderPolarity {
  std::filesystem::path folder;
  Polarity polarity = Polarity::AnomalyHigh;
  friend bool operator==(const FolderPolarity&, const FolderPolarity&) = default;
};
/// What was said of the folder; none: it is as the files' form says.
[[nodiscard]] std::optional<Polarity> polarityOf(const std::vector<FolderPolarity>& polarities,
                                                 const std::filesystem::path& folder);

/// The file of what was fitted for the network whose outputs a folder holds.
struct FolderStatistics {
  std::filesystem::path folder, file;
  friend bool operator==(const FolderStatistics&, const FolderStatistics&) = default;
};
/// What was named for the folder; none: its methods have no statistics to measure by.
[[nodiscard]] std::optional<std::filesystem::path> statisticsOf(const std::vector<FolderStatistics>& named,
                                                                const std::filesystem::path& folder);

/// Equal where a session's file says the same of both.
[[nodiscard]] bool operator==(const SetEntry& a, const SetEntry& b);
[[nodiscard]] bool operator==(const ModelEntry& a, const ModelEntry& b);

/// A weighted sum of scores that is looked at as a folder of score maps is: `imported` names it.
struct EnsembleEntry {
  std::string name;                           ///< no model, folder or other ensemble is called so
  std::string text;                           ///< what parseEnsemble() reads
  std::string normalisation = "min-max:set";  ///< what parseNormalisation() reads
  std::string model = {};  ///< of the scores without a source of their own: a model's or folder's label
  double temperature = 1.0;
  friend bool operator==(const EnsembleEntry&, const EnsembleEntry&) = default;
};

/// In image pixels.
struct FrameRectangle {
  int x = 0, y = 0, width = 0, height = 0;
  friend bool operator==(const FrameRectangle&, const FrameRectangle&) = default;
};

/// A remark of the user on a frame (region empty) or on a rectangle of it, in image pixels.
struct Note {
  std::string set, frame;
  std::vector<std::string> tags;
  std::string text;
  std::optional<FrameRectangle> region = {};
  friend bool operator==(const Note&, const Note&) = default;
};

/// Whether the view's pin chooses its threshold on another set than the one that is shown.
[[nodiscard]] inline bool isPinnedElsewhere(const ViewState& view) {
  return view.pin != PinRule::None && !view.pinSet.empty() && view.pinSet != view.set;
}

/// The run that a view shows.
[[nodiscard]] RunChoice runChoiceOf(const ViewState& view);
/// Whether plots and documents of the view draw a kept run beside its own, where both are of the same pixels.
[[nodiscard]] bool isOverlaid(const ViewState& view, const RunChoice& run);

/// What the qualitative grid shows: frames as rows, scores as columns.
struct GridRecipe {
  struct Row {
    std::string set, frame;
    std::string caption = {};                  ///< empty: the frame's name
    std::optional<FrameRectangle> inset = {};  ///< shown enlarged in each picture of the row
    friend bool operator==(const Row&, const Row&) = default;
  };
  std::vector<Row> rows;            ///< empty: the current frame and the set's best and worst ones
  std::vector<ScoreChoice> scores;  ///< of the view's model; empty: the view's score
  bool decision = true;             ///< a last column with the view's decision
  bool predictedClasses = false;    ///< columns of class maps in class colours, after the ground truth
  bool trueClasses = false;
  bool openSet = false;               ///< the predicted classes, an anomaly where the view's decision says so
  std::vector<std::string> captions;  ///< above the columns from the left; empty ones: what the column shows
  friend bool operator==(const GridRecipe&, const GridRecipe&) = default;
};

/// Where the legend of a figure stands. Auto: above the axes where all of it fits there, else below them.
enum class FigureLegend { Auto, TopLeft, TopRight, BottomLeft, BottomRight, Below, None };

/// What figures show besides their data.
struct FigureLook {
  bool title = true;
  bool isoF1 = true;           ///< lines of equal F1 in precision–recall
  bool operatingPoint = true;  ///< the threshold in use: marker, lines to the axes, label
  FigureLegend legend = FigureLegend::Auto;
  friend bool operator==(const FigureLook&, const FigureLook&) = default;
};

/// Among which cells of the results matrix the best is marked: all rows of a set, those of one source of a set, those
/// of one method of one source of a set (over its temperatures).
enum class BestOf { Set, Source, Method };

/// What the results matrix shows of its runs.
struct ResultsLook {
  std::string metric = {};  ///< ResultMetric::name; empty, or one that is not known: AP, FPR95 and F1* side by side
  BestOf bestOf = BestOf::Set;
  friend bool operator==(const ResultsLook&, const ResultsLook&) = default;
};

/// Everything open and every knob. Saved as readable JSON; paths at or below the session's folder are written relative
/// to it.
struct Session {
  std::vector<SetEntry> sets;
  std::vector<ModelEntry> models;
  std::vector<std::filesystem::path> scores;
  std::vector<EnsembleEntry> ensembles = {};
  std::vector<FolderPolarity> polarities;  ///< of those whose polarity was chosen
  std::vector<FolderStatistics> folderStatistics = {};
  std::vector<std::string>
      methods;  ///< of the results matrix and a headless evaluation; empty: all that a source allows
  std::vector<double> temperatures;  ///< the same; empty: 1
  std::vector<Protocol> protocols;   ///< the same; empty: view.protocol
  ViewState view;
  std::vector<Note> notes;
  std::vector<RunChoice> runs;
  GridRecipe grid;
  FigureLook figure;
  ResultsLook results;
};

/// Reads a session. Throws Error (file, what, expected, found) for unreadable or malformed content or a newer format
/// version; unknown members are ignored so that an older program opens a newer session. Paths come back absolute.
[[nodiscard]] Session readSession(const std::filesystem::path& file);

/// Writes it atomically. Throws Error (full disk, unwritable folder); the old file stays whole then.
void writeSession(const Session& session, const std::filesystem::path& file);

/// The text that writeSession() writes for a file in `folder`. Same session, same bytes.
[[nodiscard]] std::string sessionText(const Session& session, const std::filesystem::path& folder);

/// Every member that a session's file can have, those of version 0.1.0 included, as JSON pointers; lists with their
/// first entry: "/view/score/method", "/sets", "/sets/0/path".
[[nodiscard]] std::vector<std::string> sessionMembers();

[[nodiscard]] std::string_view pinRuleName(PinRule rule);
[[nodiscard]] std::string_view resolutionName(Resolution resolution);
[[nodiscard]] std::optional<Resolution> resolutionFromName(std::string_view name);

}  // namespace oodscope

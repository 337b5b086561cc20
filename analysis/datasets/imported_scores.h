// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/output.h"
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/imported_classes.h"
#include "analysis/formats/npy.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// What a high value of somebody's file means. Scores are high for anomalies; a confidence c is read as the score 1 -
/// c.
enum class Polarity { AnomalyHigh, NormalHigh };
/// "anomaly-high", "normal-high".
[[nodiscard]] std::string_view polarityName(Polarity polarity);
/// One of a network's outputs in somebody's file.
struct ImportedArray {
  Output output = Output::Logits;
  std::filesystem::path file;
  std::string name = {};  ///< within the file; empty: the obvious one
};

/// One frame's file of somebody's method.
struct ImportedFile {
  enum class Content { Scores /* HxW */, Logits /* CxHxW or HxWxC */ };
  std::filesystem::path file;
  Content content = Content::Scores;
  std::optional<NpyType> type = {};  ///< of the elements, as far as a look at the headers tells
  bool isBravo = false;              ///< a confidence as BRAVO writes it: 16 bits, each the middle of its step
  std::optional<ImportedClasses> classes = {};  ///< what the method took each pixel for
  /// Named outputs, in this file or one each, in the order of Output; empty: logits or scores are its obvious array.
  std::vector<ImportedArray> outputs = {};
};

/// Ready-made outputs of a method, matched to the frames of a set.
struct ImportedScores {
  std::string method;  ///< the folder's name
  std::filesystem::path root;
  std::string arrayName;                           ///< which array of a file of several; empty: the obvious one
  Polarity polarity = Polarity::AnomalyHigh;       ///< of all files
  bool isPolarityChosen = false;                   ///< by whoever opened them; else it is the form's
  std::vector<std::optional<ImportedFile>> files;  ///< one per frame of the set, in its order
  std::vector<std::string> missing;                ///< names of frames without a file
  std::vector<Skipped> skipped;                    ///< files that fit no frame, and why
  std::vector<std::string> warnings;               ///< what is left over on either side, names read in another form
};

/// Matches the files below `folder` (three deep) to the frames of `set` by name: SegmentMeIfYouCan's <set>/<id>.hdf5,
/// Fishyscapes' DDDD_anomaly.npy, otherwise the frame's or image's name, without affixes as _scores or logits_ (see
/// strippedNames), else in another case or Unicode form, else as a number. Files with arrays that are called as a
/// network's outputs, and a folder an output, give these: see namedOutputs(), openOutputFolders(). A picture beside an
/// array is no second map.
/// Class maps come along: ISSU's `pred_id_labels` beside `anomaly_scores`, Fishyscapes' DDDD_segmentation.npy beside
/// DDDD_anomaly.npy, BRAVO's …_pred.png beside …_conf.png.
/// arrayName: of the array that is meant in files of several. polarity: empty: as the form says, which is NormalHigh
/// for BRAVO's …_conf.png and AnomalyHigh for all else. Nothing is read but the headers of .npy files and the
/// first file of each other kind.
/// Throws Error where no file fits any frame, where several fit one (a folder of several methods), where files and
/// frames count from different numbers, where several arrays of a file may be meant, and where some files are BRAVO's
/// confidences and some are not, unless a polarity is given. Damaged files are matched;
/// they fail when they are read.
[[nodiscard]] ImportedScores openImportedScores(const std::filesystem::path& folder, const DataSet& set,
                                                const std::string& arrayName = {},
                                                std::optional<Polarity> polarity = {});

}  // namespace oodscope

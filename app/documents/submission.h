// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/request.h"
#include "app/sources/progress.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// What is handed in: scores of some sets by one source at one configuration.
struct SubmissionWork {
  std::vector<std::shared_ptr<const DataSet>> sets;
  SourceItem item;
  std::optional<EnsemblePlan> ensemble = {};  ///< in place of `item` and `method`
  std::optional<FilteredMethod> method = {};  ///< none: the usual one, where there are logits
  float temperature = 1.0F;
  ChannelChoice channels = {};
  std::filesystem::path output;          ///< a folder, or a file where the form is a zip
  std::string methodName;                ///< of the folder, where the form has one
  std::vector<std::string> setNames;     ///< one a set; empty: as the layout says
  std::optional<double> threshold = {};  ///< where the form takes instances: score >= threshold
  std::uint32_t smallest = 10;           ///< pixels of an instance
};

/// One benchmark's way to be handed results. A further one is a row in submission.cpp.
struct SubmissionForm {
  std::string_view name;         ///< command line: "fishyscapes"
  std::string_view description;  ///< what it writes
  bool isZip = false;
  bool takesInstances = false;  ///< needs a threshold
  bool takesClasses = false;    ///< needs the predicted classes
};
[[nodiscard]] std::span<const SubmissionForm> submissionForms();
/// "fishyscapes, smiyc, oodis".
[[nodiscard]] std::string submissionNames();
[[nodiscard]] const SubmissionForm* submissionForm(std::string_view name);

struct Submission {
  std::size_t frames = 0, files = 0, instances = 0;
  std::size_t withoutInstance = 0;  ///< frames where nothing reached the threshold: their highest pixel was handed in
  std::vector<std::pair<std::string, std::string>> facts = {};  ///< what it was made of
  bool cancelled = false;                                       ///< then nothing was written
};

/// Scores every frame of the sets, labelled or not, at its image's size and writes what the benchmark takes:
/// fishyscapes: DDDD_anomaly.npy (float32) and DDDD_segmentation.npy (uint8 classes) in the folder; smiyc:
/// anomaly_p/METHOD/SET/ID.hdf5 (`value`, float16, gzip); oodis: a zip with the folders fishyscapes, roadanomaly and
/// roadobstacle, a .txt an image with "ID_instanceIds_N_1.png 1 SCORE" a line, the binary PNGs, and at least one
/// instance an image (score: the mean anomaly score of its pixels). All or nothing: a folder is made beside and
/// renamed. Throws Error: the output exists and is no empty folder, a frame that fails, two frames of one name, NaN
/// scores, classes that nobody gives, a set whose folder the benchmark does not know, too many instances for a zip.
/// Source: bdl-benchmark, road-anomaly-benchmark, kumuji/anomaly-benchmark-suite verify_submission.py.
[[nodiscard]] Submission writeSubmission(const SubmissionForm& form, const SubmissionWork& work,
                                         const std::shared_ptr<LogitsStore>& store, const ProgressSink& progress,
                                         const std::stop_token& stop);

}  // namespace oodscope

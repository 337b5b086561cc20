// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/sources/open_source.h"
#include "app/sources/progress.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// Where the sidecar of an exported script lies: its whole name and .json, which no other file's is.
[[nodiscard]] std::filesystem::path exportedSidecarFile(const std::filesystem::path& script);

/// Throws Error where writeScript() would: something of the script's or its sidecar's name that is not to be replaced,
/// or is no file; the model itself; another sidecar that would be taken for the script's.
void requireScriptPlace(const std::filesystem::path& model, const std::filesystem::path& script, bool replaces);

/// Writes the network as TorchScript with its sidecar: see Model::exported(). Both or neither, each whole. Throws Error
/// as requireScriptPlace() and Model::exported() do, and where a file cannot be written.
ExportedModel writeScript(const Model& model, const std::filesystem::path& script, bool replaces);

/// What a network gives of a set's frames, as files.
struct OutputsWork {
  std::shared_ptr<const DataSet> set;
  SourceItem item;               ///< a network
  std::filesystem::path folder;  ///< to make, or an empty one
};

struct OutputsReport {
  std::size_t frames = 0;
  std::string precision = {};              ///< "float32", "float16"
  std::vector<std::string> arrays = {};    ///< as OutputArray's names, in the order of a pass
  std::uint64_t saturated = 0;             ///< finite values that float16 could not hold
  std::vector<std::string> notes = {};     ///< how the folder is to be scored so that the rows are the network's
  std::vector<std::string> warnings = {};  ///< of the store
  std::vector<FailedFrame> failures = {};
  bool cancelled = false;
};

/// Writes FOLDER/FRAME.npy of C x h x w where the network gives logits alone, else FOLDER/ARRAY/FRAME.npy (class logits
/// as Q x columns), and FOLDER/sidecar.json: what openSource() opens as a folder of scores. The values are those that
/// methods score, in the store's precision. A frame that fails is listed. Requires: a network. Throws Error: the folder
/// is there and not empty, a set that cannot be scored.
[[nodiscard]] OutputsReport writeOutputs(const OutputsWork& work, const std::shared_ptr<LogitsStore>& store,
                                         const ProgressSink& progress, const std::stop_token& stop);

}  // namespace oodscope

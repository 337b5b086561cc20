// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/output.h"
#include "inference/models/preprocessing_fields.h"
#include "inference/networks/network_options.h"
#include "inference/networks/normalisation.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// Where one array is found among what a script returns: by position or by name.
struct NamedOutput {
  Output output = Output::Logits;
  std::optional<int> index = {};
  std::optional<std::string> name = {};
};

/// What a model file cannot say of itself, from MODEL.json beside MODEL.pt or MODEL.pth. Absent fields stay empty.
struct Sidecar {
  std::filesystem::path file;
  PreprocessingFields preprocessing;
  std::optional<int> output, knownClasses, voidChannel;
  std::optional<std::string> outputName;          ///< "output" given as a name
  std::vector<NamedOutput> outputs = {};          ///< "outputs": several arrays, logits first where they are named
  std::optional<std::vector<int>> knownChannels;  ///< "known_classes" given as a list of channels
  std::optional<std::vector<std::string>> channelNames;
  NetworkOptions options;                  ///< of the architecture, whichever it is: see NetworkOption
  std::optional<std::string> description;  ///< free text
  std::string stateDict;                   ///< which of several state dicts in the file; empty: not said
};

/// The sidecar of a model file, MODEL.json or MODEL.pth.json, or nothing where there is none. Throws Error for JSON
/// that cannot be understood, values out of range, and files that cannot be read: a sidecar that is ignored in part
/// would change results silently.
[[nodiscard]] std::optional<Sidecar> readSidecar(const std::filesystem::path& model);

/// What a folder of somebody's outputs says of itself, from FOLDER.json beside it or sidecar.json in it: of all fields
/// `known_classes` as a number, and `description`. Throws Error as readSidecar() does, and for other fields.
struct FolderSidecar {
  std::optional<int> knownClasses;
};
[[nodiscard]] FolderSidecar readFolderSidecar(const std::filesystem::path& folder);

/// What nobody said and was decided all the same.
struct Assumption {
  enum class About { Input, Outputs } about = About::Input;
  std::string text;  ///< said aloud: "no channel names given"
};

/// Preprocessing and outputs from the sidecar, completed by assumptions, each of which is said.
struct ResolvedSidecar {
  Preprocessing preprocessing;
  OutputMeaning outputs;
  std::vector<Assumption> assumptions;
  bool channelsAssumed = false;  ///< the void channel was not named
};
/// What of the normalisation nobody says is as `published`. Requires: channels > 0, or 0 where they are not yet known
/// (outputs are then left empty). Throws Error where the sidecar contradicts the network.
[[nodiscard]] ResolvedSidecar resolveSidecar(const std::optional<Sidecar>& sidecar, int channels,
                                             const InputNormalisation& published = {});

}  // namespace oodscope

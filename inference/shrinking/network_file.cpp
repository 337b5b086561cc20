// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/shrinking/network_file.inl.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/built_in.inl.h"
#include "inference/models/resolve_options.inl.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"

#include <c10/core/InferenceMode.h>
#include <torch/utils.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

fs::path sidecarPath(fs::path model) { return model.replace_extension(".json"); }

}  // namespace

Size NetworkFile::input() const {
  if (sidecar && sidecar->preprocessing.input) return *sidecar->preprocessing.input;
  return kind->inputSize ? kind->inputSize(shape) : Preprocessing{}.input;
}

NetworkFile openNetworkFile(const fs::path& file) {
  if (isTorchScript(file)) {
    throw Error({.what = "a TorchScript model cannot be shrunk",
                 .expected = "a state dict of a known architecture (.pth)",
                 .found = "TorchScript, whose layers are code",
                 .file = file});
  }
  NetworkFile out;
  out.file = file;
  out.sidecar = readSidecar(file);
  const ChosenStateDict chosen = chooseStateDict(readCheckpoint(file), out.sidecar ? out.sidecar->stateDict : "", file);
  out.kind = chosen.kind;
  out.shape = chosen.shape;
  const ResolvedOptions resolved = resolveOptions(withHeadOptions(*chosen.kind, chosen.shape), out.sidecar, file);
  out.shape.options = resolved.options;
  out.network = makeNetwork(*chosen.kind, out.shape);
  const LoadRemarks remarks = loadWeights(*out.network, *chosen.kind, chosen.tensors, file);
  out.network->eval();
  for (const auto* texts : {&chosen.notes, &remarks.notes, &resolved.assumptions, &chosen.warnings, &remarks.warnings})
    out.remarks.insert(out.remarks.end(), texts->begin(), texts->end());
  return out;
}

void requireNewFile(const fs::path& output) {
  fs::path whole = output;
  whole += ".json";
  for (const fs::path& file : {output, sidecarPath(output), whole}) {
    std::error_code problem;
    if (!fs::exists(fs::symlink_status(file, problem))) continue;
    throw Error({.what = "a file of that name is there already and is not replaced",
                 .expected = "the name of a new file",
                 .found = file.filename().string(),
                 .file = output});
  }
}

std::string sidecarSaying(const NetworkFile& model, const std::string& done) {
  nlohmann::ordered_json sidecar = nlohmann::ordered_json::object();
  std::string before = model.kind->name;
  if (model.sidecar) {
    std::ifstream in(model.sidecar->file, std::ios::binary);
    sidecar = nlohmann::ordered_json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
    before = model.sidecar->description.value_or(before);
    sidecar.erase("state_dict");  // the new file has one
  }
  sidecar["description"] = before + "; " + done;
  return sidecar.dump(2) + "\n";
}

void writeShrunk(const NetworkFile& given, const StateDict& tensors, const fs::path& output, ShrunkFile& out) {
  const std::string sidecar = sidecarSaying(given, out.description);
  writeStateDict(output, tensors);
  out.after.bytes = fs::file_size(output);
  writeFileAtomically(sidecarPath(output), std::string_view(sidecar));
}

NetworkSize sizeOf(Network& network, const NetworkKind& kind, Size input) {
  const c10::InferenceMode inference;
  return {.parameters = countParameters(network, kind),
          .nonZero = countNonZero(network, kind),
          .multiplyAdds = multiplyAddsOf(kind, network, input)};
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/size_text.h"
#include "analysis/datasets/cityscapes.h"
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/dataset_summary.h"
#include "analysis/datasets/imported_outputs.h"
#include "analysis/datasets/part_of_set.h"
#include "analysis/formats/array_file.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/scores/map_facts.h"
#include "analysis/scores/method_kinds.h"
#include "app/cli/command.h"
#include "app/cli/console.h"
#include "app/session/session.h"
#include "app/sources/fitted_statistics.h"
#include "app/sources/score_findings.h"
#include "inference/logits/imported_logits.h"
#include "inference/models/known_channels.h"
#include "inference/models/model.h"
#include "inference/models/verdicts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

struct InfoCommandOptions {
  std::string path;
  bool latency = false;
  bool labels = false;
};

void line(std::ostringstream& out, const std::string& key, const std::string& value) {
  out << key << std::string(key.size() < 18 ? 18 - key.size() : 1, ' ') << value << '\n';
}

std::string numberText(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

/// ", mean 0.485 0.456 0.406, deviation 0.229 0.224 0.225"; nothing where neither is applied.
std::string normalisedText(const Preprocessing& preprocessing) {
  const Preprocessing none;
  if (preprocessing.mean == none.mean && preprocessing.deviation == none.deviation) return {};
  std::string mean, deviation;
  for (const double value : preprocessing.mean) mean += ' ' + numberText(value);
  for (const double value : preprocessing.deviation) deviation += ' ' + numberText(value);
  return ", mean" + mean + ", deviation" + deviation;
}

void describeModel(std::ostringstream& out, const fs::path& file, bool latency) {
  ModelOptions options;
  options.memory = arrangementMemory({}, false);
  Model model = Model::load(file, options);
  const ModelInfo& info = model.info();
  const Preprocessing& preprocessing = info.preprocessing;
  line(out, "model", file.string());
  line(out, "kind", info.kind == ModelKind::Weights ? "state dict" : "TorchScript");
  line(out, "architecture", architectureText(info));
  line(out, "arrangement", info.arrangement);
  line(out, "input",
       "3x" + std::to_string(preprocessing.input.height) + "x" + std::to_string(preprocessing.input.width) +
           ", scaled by " + numberText(preprocessing.scale) + normalisedText(preprocessing) +
           (preprocessing.bgr ? ", BGR" : ", RGB"));
  line(out, "output",
       std::to_string(info.channels) + "x" + std::to_string(info.output.height) + "x" +
           std::to_string(info.output.width));
  if (!info.arrayNames.empty())
    for (const OutputArray& array : info.arrays)
      line(out, std::string(outputName(array.output)),
           std::to_string(array.channels) + "x" +
               (array.size.height > 1 || array.output != Output::ClassLogits ? std::to_string(array.size.height) + "x"
                                                                             : std::string()) +
               std::to_string(array.size.width));
  std::string names;
  for (const std::string& name : info.outputs.channelNames) names += (names.empty() ? "" : ", ") + name;
  if (!names.empty()) line(out, "channels", names);
  line(out, "known classes", std::to_string(info.outputs.knownClasses));
  line(out, "void channel", info.outputs.voidChannel < 0 ? "none" : std::to_string(info.outputs.voidChannel));
  line(out, "parameters", std::to_string(info.parameters));
  if (info.multiplyAdds > 0) {
    line(out, "multiply-adds", numberText(1e-9 * static_cast<double>(info.multiplyAdds)) + " G for one frame");
    line(out, "FLOPs",
         numberText(2e-9 * static_cast<double>(info.multiplyAdds)) + " G for one frame, 2 for each multiply-add");
  }
  if (latency) line(out, "latency", numberText(1e3 * model.measureLatency()) + " ms, median of 5");
  line(out, "sha256", info.fingerprint);
  for (const std::string& assumption : info.assumptions) line(out, "assumed", assumption);
  for (const std::string& warning : info.warnings) line(out, "warning", warning);
}

void describeScores(std::ostringstream& out, const fs::path& file, const std::string& name) {
  const StoredMap map = readStoredMap(file, name);
  const Grid<double> scores = map.asDouble();
  const ValueFacts facts = valueFacts(scores.values());
  const auto finite = static_cast<std::size_t>(
      std::count_if(scores.values().begin(), scores.values().end(), [](double value) { return std::isfinite(value); }));
  line(out, "score map", file.string());
  line(out, "size", sizeText(map.size));
  line(out, "type", std::string(npyTypeName(map.type())));
  if (finite > 0) line(out, "range", numberText(facts.low) + " to " + numberText(facts.high));
  if (finite < scores.values().size())
    line(out, "NaN or infinite", std::to_string(scores.values().size() - finite) + " pixels");
  if (map.isMatlab) line(out, "warning", findingText(ScoreFinding::MatlabAxes));
  if (const auto finding = findingOf(facts.kind)) line(out, "warning", findingText(*finding));
}

/// Of a picture without colour and with few values, as label maps are.
std::string greyValues(const RgbImage& image) {
  constexpr std::size_t kMost = 40;
  std::array<bool, 256> seen{};
  for (const Rgb& pixel : image.values()) {
    if (pixel.r != pixel.g || pixel.r != pixel.b) return {};
    seen[pixel.r] = true;
  }
  if (static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true)) > kMost) return {};
  std::string out;
  for (std::size_t value = 0; value < seen.size(); ++value)
    if (seen[value]) out += (out.empty() ? "" : ", ") + std::to_string(value);
  return out;
}

void describePicture(std::ostringstream& out, const fs::path& file, FileKind kind) {
  const RgbImage image = readPicture(file);
  line(out, "picture", file.string());
  line(out, "type", std::string(fileKindName(kind)));
  line(out, "size", sizeText(image.size()));
  if (const std::string values = greyValues(image); !values.empty()) line(out, "values", values);
}

void describePictureOrScores(std::ostringstream& out, const fs::path& file, FileKind kind) {
  std::ostringstream scores;
  try {
    describeScores(scores, file, {});
  } catch (const Error&) {  // of 8 bits or in colour
    return describePicture(out, file, kind);
  }
  out << scores.str();
}

void describeLogits(std::ostringstream& out, const fs::path& file, const std::string& name) {
  const ImportedLogits opened = openImportedLogits(file, {}, name);
  const LogitsView view = opened.logits.view();
  line(out, "logits", file.string());
  line(out, "shape",
       std::to_string(view.channels) + "x" + std::to_string(view.height) + "x" + std::to_string(view.width));
  line(out, "type", std::string(npyTypeName(opened.type)));
  if (opened.areRounded) line(out, "warning", findingText(ScoreFinding::RoundedLogits));
  if (areProbabilities(view)) line(out, "warning", findingText(ScoreFinding::Probabilities));
}

/// The methods that such outputs serve, "msp, rba".
std::string servedText(ScoreInputs inputs) {
  inputs.isNetwork = false;
  inputs.voidChannel = assumedVoidChannel(inputs.channels);
  std::string out;
  for (const Method method : allMethods())
    if (!method.whyNot(inputs)) out.append(out.empty() ? "" : ", ").append(method.name());
  return out.empty() ? "none" : out;
}

/// What a .npy, .npz or HDF5 file holds: its arrays, and more of the one that would be taken.
void describeArrays(std::ostringstream& out, const fs::path& file) {
  const std::vector<ArrayFacts> arrays = arraysIn(file);
  for (const ArrayFacts& array : arrays)
    if (!array.name.empty()) line(out, "array", array.text());
  const std::vector<ImportedArray> outputs = namedOutputs(arrays, file);
  if (!outputs.empty()) {
    OutputsView shapes;
    shapes.knownClasses = kCityscapesTrainClasses;
    std::vector<ImportedLogits> opened;
    for (const ImportedArray& array : outputs) {
      opened.push_back(openImportedOutput(array.output, file, {}, array.name));
      shapes[array.output] = opened.back().logits.view();
    }
    return line(out, "methods", servedText(inputsOf(shapes)));
  }
  std::optional<ArrayFacts> chosen;
  try {
    chosen = chosenArray(arrays, {}, file);
  } catch (const Error&) {
    if (arrays.empty()) throw;
    return line(out, "choose one with", "--score-name NAME");
  }
  if (chosen->usefulShape().size() == 3)
    describeLogits(out, file, chosen->name);
  else
    describeScores(out, file, chosen->name);
}

void describeSession(std::ostringstream& out, const fs::path& file) {
  const Session session = readSession(file);
  line(out, "session", file.string());
  for (const SetEntry& set : session.sets)
    line(out, "set", set.path.string() + (fs::exists(splitSetPath(set.path).folder) ? "" : " (missing)"));
  for (const ModelEntry& model : session.models)
    line(out, "model", model.path.string() + (fs::exists(model.path) ? "" : " (missing)"));
  for (const fs::path& scores : session.scores)
    line(out, "scores", scores.string() + (fs::exists(scores) ? "" : " (missing)"));
  line(out, "protocol", std::string(session.view.protocol.name()));
  line(out, "notes", std::to_string(session.notes.size()));
}

void describeStatistics(std::ostringstream& out, const fs::path& file) {
  const auto read = readStatistics(file);
  line(out, "statistics", file.string());
  line(out, "fitted on", read->set.empty() ? "a set that is not named" : read->set);
  line(out, "of the network", read->model.empty() ? "somebody's files" : "sha256 " + read->model);
  if (read->maxLogits) {
    const auto whole = std::ranges::count_if(read->maxLogits->classes, [](const auto& one) { return one.has_value(); });
    line(out, "largest logit",
         std::to_string(whole) + " of " + std::to_string(read->maxLogits->channels.size()) +
             " classes with mean and variance");
  }
  if (!read->features) return;
  if (const auto& gaussians = read->features->gaussians)
    line(out, "means and covariances of features", std::to_string(gaussians->dimensions()) + " dimensions");
  if (const auto& bank = read->features->neighbours)
    line(out, "reference features", std::to_string(bank->dimensions()) + " dimensions");
}

/// Whether the name is one that people give to weights.
bool hasModelName(const fs::path& file) {
  static constexpr std::array endings{".pth",     ".pt", ".ckpt",        ".bin",  ".tar", ".pkl",
                                      ".pth.tar", ".gz", ".safetensors", ".onnx", ".pb",  ".keras"};
  return std::find(endings.begin(), endings.end(), file.extension().string()) != endings.end();
}

/// Whether what torch.save wrote is somebody's result: a tensor alone, or scores with their classes.
bool isResult(const fs::path& file) {
  try {
    const std::vector<ArrayFacts> arrays = arraysIn(file);
    return (arrays.size() == 1 && arrays.front().name.empty()) || classArray(arrays).has_value();
  } catch (const Error&) {
    return false;  // TorchScript, or a file whose own reader says what it is
  }
}

void describeAnyFile(std::ostringstream& out, const fs::path& file, bool latency) {
  const FileKind kind = sniffFile(file);
  if (isPicture(kind)) return describePictureOrScores(out, file, kind);
  switch (kind) {
    case FileKind::TorchZip:
    case FileKind::TorchLegacy:
      return isResult(file) ? describeArrays(out, file) : describeModel(out, file, latency);
    case FileKind::Json:
      return isStatisticsFile(file) ? describeStatistics(out, file) : describeSession(out, file);
    case FileKind::Npy:
    case FileKind::Zip:
    case FileKind::Hdf5:
      return describeArrays(out, file);
    default:
      break;
  }
  if (hasModelName(file)) return describeModel(out, file, latency);  // its reader names what it is instead
  throw Error({.what = "file is nothing that this program reads",
               .expected =
                   "a set's folder, a model (.pth, .pt), a score map (.npy, .npz, .hdf5, 16-bit PNG, float TIFF, .pt), "
                   "logits (.npy, .npz, .hdf5), a picture or a session (.json)",
               .found = describeFile(file),
               .file = file});
}

void describeSet(std::ostringstream& out, const DataSet& set, CountLabels labels) {
  const DataSetSummary summary = summarise(set, labels);
  out << summaryText(set, summary);
  std::vector<std::string> warnings = set.warnings;
  if (summary.labels)
    for (const std::string& text : summary.labels->findings)
      if (std::find(warnings.begin(), warnings.end(), text) == warnings.end()) warnings.push_back(text);
  for (const std::string& text : warnings) std::fprintf(stderr, "warning: %s: %s\n", set.name.c_str(), text.c_str());
}

void describeFolder(std::ostringstream& out, const fs::path& folder, CountLabels labels) {
  std::vector<fs::path> roots;
  std::string reason;
  try {
    describeSet(out, openDataSet(folder), labels);
    return;
  } catch (const Error& error) {
    reason = error.what();
  }
  if (fs::is_directory(folder)) roots = findDataSets(folder);
  if (roots.empty()) throw Error(reason, {});
  line(out, "folder",
       folder.string() + " holds " + std::to_string(roots.size()) + (roots.size() == 1 ? " set" : " sets"));
  for (const fs::path& root : roots) {
    out << '\n';
    describeSet(out, openDataSet(root), labels);
  }
}

int runInfoCommand(const InfoCommandOptions& options) {
  const fs::path path(options.path);
  const bool isPart = !splitSetPath(path).part.empty();
  if (!isPart && !fs::exists(path)) throw Error("there is no such file or folder", path);
  std::ostringstream out;
  if (isPart || fs::is_directory(path))
    describeFolder(out, path, options.labels ? CountLabels::Yes : CountLabels::No);
  else
    describeAnyFile(out, path, options.latency);
  writeOutput(out.str(), {});
  return kDone;
}

Command addInfoOptions(CLI::App& app) {
  auto options = std::make_shared<InfoCommandOptions>();
  app.add_option("path", options->path,
                 "A set's folder (or DIR::PART), a model, a score map, logits, a picture or a session")
      ->required();
  app.add_flag("--latency", options->latency, "Time a model as well");
  app.add_flag("--labels", options->labels, "Read every label and count its values");
  return [options] { return runInfoCommand(*options); };
}

}  // namespace

extern const CommandKind kInfoCommand;
const CommandKind kInfoCommand{
    "info", "What a folder, model, score map or session is, what it holds and what was skipped", addInfoOptions};

}  // namespace oodscope

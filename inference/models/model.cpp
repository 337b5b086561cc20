// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/model.h"

#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "analysis/core/size_text.h"
#include "analysis/core/thread_supply.h"
#include "analysis/datasets/cityscapes.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/built_in.inl.h"
#include "inference/models/input_tensor.inl.h"
#include "inference/models/known_channels.h"
#include "inference/models/model_key.h"
#include "inference/models/pass_networks.inl.h"
#include "inference/models/processor.h"
#include "inference/models/resolve_options.inl.h"
#include "inference/models/script_export.inl.h"
#include "inference/models/script_network.inl.h"
#include "inference/models/sidecar.h"
#include "inference/models/torch_reason.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/quantised_forms.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"

#include <ATen/Parallel.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <chrono>
#include <locale>
#include <sstream>
#include <thread>

namespace oodscope {
namespace {

/// Networks are trained on inputs of about 0…1 or −2…3; pixels fed as 0…255 cost half of all precision, silently.
constexpr double kPlausibleInput = 16.0;

/// The arrangement that all others are compared with: the plain network, one thread, no oneDNN.
constexpr const char* kReference = "own-convolutions-1-thread";

int usableThreads(int wanted) {
  if (wanted > 0) return wanted;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));  // counts what affinity allows
}

void requireMeaning(const OutputMeaning& outputs, int channels, const std::filesystem::path& file) {
  const bool fits = outputs.voidChannel >= -1 && outputs.voidChannel < channels && outputs.knownClasses >= 1 &&
                    outputs.knownClasses <= channels && channels > (outputs.voidChannel >= 0 ? 1 : 0) &&
                    std::all_of(outputs.knownChannels.begin(), outputs.knownChannels.end(),
                                [&](int channel) { return channel >= 0 && channel < channels; });
  if (fits) return;
  throw Error({.what = "The meaning given to the outputs does not fit the network",
               .expected = "void_channel -1 to " + std::to_string(channels - 1) + ", known_classes 1 to " +
                           std::to_string(channels),
               .found = "void channel " + std::to_string(outputs.voidChannel) + ", " +
                        std::to_string(outputs.knownClasses) + " known classes",
               .file = file});
}

const OutputArray* arrayOf(const ModelInfo& info, Output output) {
  const auto found = std::ranges::find(info.arrays, output, &OutputArray::output);
  return found == info.arrays.end() ? nullptr : &*found;
}

/// "logits=out, outlier=1".
std::string namesText(const std::vector<NamedOutput>& named) {
  std::string out;
  for (const NamedOutput& each : named) {
    out.append(out.empty() ? "" : ", ").append(outputName(each.output)).append("=");
    out.append(each.name ? *each.name : std::to_string(each.index.value_or(0)));
  }
  return out;
}

/// The sizes of what a pass fills: see LoadedScript::arrays.
std::vector<std::int64_t> passSizes(const std::vector<OutputArray>& arrays) {
  const OutputArray& first = arrays.front();
  if (arrays.size() == 1) return {1, first.channels, first.size.height, first.size.width};
  std::int64_t values = 0;
  for (const OutputArray& array : arrays) values += static_cast<std::int64_t>(array.values());
  return {1, 1, 1, values};
}

Size ownSize(const ModelInfo& info) {
  OutputsView shapes;
  for (const OutputArray& array : info.arrays)
    shapes[array.output] = {.channels = array.channels, .height = array.size.height, .width = array.size.width};
  return shapes.size();
}

/// Of the logits; else how many classes memberships or class logits tell apart.
int classChannels(const ModelInfo& info, const std::optional<Sidecar>& sidecar) {
  if (const OutputArray* logits = arrayOf(info, Output::Logits)) return logits->channels;
  if (const OutputArray* stored = arrayOf(info, Output::Membership)) return stored->channels;
  if (sidecar && sidecar->knownChannels) return static_cast<int>(sidecar->knownChannels->size());
  return sidecar ? sidecar->knownClasses.value_or(kCityscapesTrainClasses) : kCityscapesTrainClasses;
}

/// Class logits and mask logits come together, of the same queries, with K + 1 or K + 2 columns.
void requireArrays(const ModelInfo& info) {
  const OutputArray* classes = arrayOf(info, Output::ClassLogits);
  const OutputArray* masks = arrayOf(info, Output::MaskLogits);
  const auto refuse = [&](const std::string& expected, const std::string& found) {
    throw Error({.what = "The arrays that the sidecar names do not fit together",
                 .expected = expected,
                 .found = found,
                 .file = info.file});
  };
  if ((classes == nullptr) != (masks == nullptr))
    refuse("\"class_logits\" and \"mask_logits\", or neither", classes != nullptr ? "class_logits" : "mask_logits");
  if (classes == nullptr) return;
  if (classes->channels != masks->channels)
    refuse("class logits and mask logits of the same queries",
           std::to_string(classes->channels) + " and " + std::to_string(masks->channels));
  const int known = info.outputs.knownClasses, columns = classes->size.width;
  if (columns != known + 1 && columns != known + 2)
    refuse("class_logits of " + std::to_string(known + 1) + " or " + std::to_string(known + 2) +
               " columns (known_classes " + std::to_string(known) + ")",
           std::to_string(columns) + " columns");
}

}  // namespace

std::vector<int> knownChannels(const OutputMeaning& outputs, int channels) {
  if (!outputs.knownChannels.empty()) return outputs.knownChannels;
  return knownChannels(channels, outputs.voidChannel, outputs.knownClasses);
}

std::vector<OutputArray> arraysOf(const ModelInfo& info, const PassKind* pass) {
  if (pass == nullptr || !pass->adds) return info.arrays;
  std::vector<OutputArray> out;
  std::ranges::copy_if(info.added, std::back_inserter(out),
                       [&](const auto& each) { return each.output == *pass->adds; });
  return out;
}

namespace {

/// What the file's sidecar says, of the size that the user asks for.
std::optional<Sidecar> withInput(std::optional<Sidecar> sidecar, const ModelOptions& options) {
  if (!options.input) return sidecar;
  if (!sidecar) sidecar.emplace();
  sidecar->preprocessing.input = options.input;
  return sidecar;
}

/// The file's sidecar with the architecture's options that the user names.
std::optional<Sidecar> sidecarOf(const std::filesystem::path& file, const NetworkOptions& named) {
  std::optional<Sidecar> sidecar = readSidecar(file);
  if (named.empty()) return sidecar;
  if (!sidecar) sidecar.emplace();
  for (const auto& [name, value] : named) sidecar->options.insert_or_assign(name, value);
  return sidecar;
}

}  // namespace

struct Model::Impl {
  ModelInfo info;
  std::unique_ptr<InferenceNetwork> network;
  Device device = Device::Cpu;
  int threads = 1;
  std::string arrangement;   ///< its name
  bool asOneThread = false;  ///< logits do not depend on `threads`
  /// A built-in network as loaded, and an empty one of its shape; for further passes.
  std::shared_ptr<Network> trained;
  std::function<std::shared_ptr<Network>()> makeEmpty;
  std::shared_ptr<Network> ofPasses;  ///< made for the first of them
  bool isOneDnnRight = true;
  /// How an image of a size becomes the input: as `given` says, but for networks that see it at a size of its own.
  std::function<Preprocessing(Size image, const Preprocessing& given)> preprocessingOf =
      [](Size, const Preprocessing& given) { return given; };

  [[nodiscard]] OutputMaps run(InferenceNetwork& with, const RgbImage& image, const std::vector<OutputArray>& arrays);
  [[nodiscard]] Network* networkOfPasses();

  [[nodiscard]] ComputedBy computedBy() const;
  void arrange(const std::vector<Arrangement>& quickestFirst, const Rounding& rounding, const ModelOptions& options);
  void say(const ChosenArrangement& chosen);
  void loadStateDict(const ModelOptions& options);
  void arrangeQuantised(const ChosenStateDict& chosen, const ModelOptions& options);
  void loadTorchScript(const ModelOptions& options);
  void applySidecar(const std::optional<Sidecar>& sidecar, int channels, const ModelOptions& options,
                    const InputNormalisation& published = {});
  void warn();
};

void Model::Impl::applySidecar(const std::optional<Sidecar>& given, int channels, const ModelOptions& options,
                               const InputNormalisation& published) {
  ResolvedSidecar resolved = resolveSidecar(withInput(given, options), channels, published);
  info.channels = channels;
  info.preprocessing = options.preprocessing.value_or(resolved.preprocessing);
  info.outputs = options.outputs.value_or(resolved.outputs);
  // What the user decided is no assumption.
  for (Assumption& assumption : resolved.assumptions) {
    const bool isInput = assumption.about == Assumption::About::Input;
    if (isInput ? !options.preprocessing : !options.outputs) info.assumptions.push_back(std::move(assumption.text));
  }
  info.channelsAssumed = resolved.channelsAssumed && !options.outputs;
  const OutputMeaning& own = resolved.outputs;
  // A list of classes outlives an edit of something else: those who edit know its length alone.
  if (info.outputs.knownChannels.empty() && static_cast<int>(own.knownChannels.size()) == info.outputs.knownClasses &&
      own.voidChannel == info.outputs.voidChannel) {
    info.outputs.knownChannels = own.knownChannels;
  }
  const Size input = info.preprocessing.input;
  require(input.width > 0 && input.height > 0, "Model: the input size must be positive");
  for (const double deviation : info.preprocessing.deviation)
    require(deviation > 0.0, "Model: deviation must be positive");
  require(info.outputs.output >= 0, "Model: outputs count from 0");
  requireMeaning(info.outputs, channels, info.file);
  // A void channel that the user names is no known class any more.
  info.outputs.knownClasses = static_cast<int>(knownChannels(info.outputs, channels).size());
}

void Model::Impl::warn() {
  const NetworkKind* kind = networkKind(info.architecture);
  if (info.channelsAssumed && kind != nullptr && kind->isVoidFirst) {
    info.warnings.push_back("channel " + std::to_string(info.outputs.voidChannel) + " is assumed to be void, but " +
                            kind->name +
                            " as published has void first, channel 0: name \"void_channel\" in the sidecar");
  }
  const auto [least, most] = inputRange(info.preprocessing);
  if (std::max(std::abs(least), std::abs(most)) <= kPlausibleInput) return;
  std::ostringstream text;
  text << "input values run from " << least << " to " << most
       << ": networks expect about 0 to 1 or -2 to 3; a scale of 1/255 may be missing";
  info.warnings.push_back(text.str());
}

void Model::Impl::loadStateDict(const ModelOptions& options) {
  auto sidecar = sidecarOf(info.file, options.options);
  const ChosenStateDict chosen =
      chooseStateDict(readCheckpoint(info.file), sidecar ? sidecar->stateDict : "", info.file);
  const NetworkKind* kind = chosen.kind;
  info.kind = ModelKind::Weights;
  info.architecture = kind->name;
  const ResolvedOptions resolved = resolveOptions(withHeadOptions(*kind, chosen.shape), sidecar, info.file);
  NetworkShape shape = chosen.shape;
  info.options = shape.options = resolved.options;
  trained = makeNetwork(*kind, shape);
  makeEmpty = [kind, shape] { return makeNetwork(*kind, shape); };
  const LoadRemarks remarks = loadWeights(*trained, *kind, chosen.tensors, info.file);
  trained->eval();
  info.assumptions = chosen.notes;
  info.assumptions.insert(info.assumptions.end(), remarks.notes.begin(), remarks.notes.end());
  info.assumptions.insert(info.assumptions.end(), resolved.assumptions.begin(), resolved.assumptions.end());
  info.warnings = chosen.warnings;
  info.warnings.insert(info.warnings.end(), remarks.warnings.begin(), remarks.warnings.end());
  if (!options.preprocessing && !options.input) assumeInputSize(*kind, shape, sidecar, info.assumptions);
  applySidecar(sidecar, channelsOf(*kind, shape), options, kind->normalisation);
  const Size input = info.preprocessing.input;
  if (input.width % kind->sizeMultiple != 0 || input.height % kind->sizeMultiple != 0) {
    throw Error({.what = kind->name + " cannot take this input size",
                 .expected = "width and height that are multiples of " + std::to_string(kind->sizeMultiple),
                 .found = sizeText(input),
                 .file = info.file});
  }
  const bool namesOutput = sidecar && sidecar->outputName && !options.outputs;
  if (info.outputs.output != 0 || namesOutput) {
    throw Error({.what = kind->name + " has one output",
                 .expected = "output 0",
                 .found = namesOutput ? *sidecar->outputName : std::to_string(info.outputs.output),
                 .file = info.file});
  }
  info.arrays = kind->arrays ? arraysOf(*kind, shape, input) : arraysGivenBy(*trained, input);
  requireArrays(info);
  info.output = ownSize(info);
  info.passes = kind->arrays ? passesOfAny() : passesOf(*trained);
  info.added = arraysAddedTo(*trained, input);
  preprocessingOf = [kind, shape](Size image, const Preprocessing& given) {
    return preprocessingFor(*kind, shape, image, given);
  };
  info.parameters = countParameters(*trained, *kind);
  info.nonZeroParameters = countNonZero(*trained, *kind);
  info.multiplyAdds = multiplyAddsOf(*kind, *trained, input);
  if (chosen.ranges.defined() || !chosen.scales.empty()) return arrangeQuantised(chosen, options);
  std::vector<Arrangement> arrangements;
  if (device == Device::Cuda) {
    const std::shared_ptr<Network> onGpu = makeNetwork(*kind, shape);
    static_cast<void>(loadWeights(*onGpu, *kind, chosen.tensors, info.file));
    onGpu->eval();
    onGpu->to(torch::kCUDA);
    arrangements.push_back({"fast", [=] { return asSetUp(optimised(*kind, onGpu)); }});
    arrangements.push_back({"plain", [=] { return asSetUp(plainNetwork(onGpu)); }});
  } else {
    arrangements.push_back({"fast", [=, this] { return asSetUp(optimised(*kind, trained)); }});
  }
  arrangements.push_back({"own-convolutions", [=, this] { return withOwnConvolutions(optimised(*kind, trained), 0); }});
  arrangements.push_back({kReference, [this] { return withOwnConvolutions(plainNetwork(trained), 1); }});
  arrange(arrangements, {.tolerance = 1e-4, .switched = kind->switched}, options);
}

void Model::Impl::arrangeQuantised(const ChosenStateDict& chosen, const ModelOptions& options) {
  if (device == Device::Cuda) {
    throw Error({.what = "A quantised network runs on the CPU alone",
                 .expected = "device cpu",
                 .found = "cuda",
                 .file = info.file});
  }
  const QuantisedForms forms = quantisedFormsOf(*chosen.kind, chosen.shape);
  const bool isStatic = chosen.ranges.defined();
  if (isStatic ? forms.graph == nullptr : forms.dynamic == nullptr) {
    throw Error({.what = "The file holds a quantised network of a kind that none is run of",
                 .expected = isStatic ? staticKinds() + " without a further head" : dynamicKinds(),
                 .found = info.architecture,
                 .file = info.file});
  }
  const auto in = [this, forms, isStatic, scales = chosen.scales, ranges = chosen.ranges](ByteEngine engine) {
    if (isStatic) return quantisedNetwork(forms.graph(*trained), scales, ranges, engine);
    return forms.dynamic().arrange(*trained, scales, engine);
  };
  std::vector<Arrangement> arrangements;
  if (hasByteEngine())
    arrangements.push_back({"int8", [in] { return asSetUp(in(ByteEngine::Library)); }});
  else
    info.warnings.emplace_back("this LibTorch has no engine for int8: its integers are multiplied as float32, slowly");
  arrangements.push_back({"int8-own-convolutions", [in] { return withOwnConvolutions(in(ByteEngine::Own), 0); }});
  arrangements.push_back(
      {"int8-own-convolutions-1-thread", [in] { return withOwnConvolutions(in(ByteEngine::Own), 1); }});
  info.assumptions.push_back((isStatic
                                  ? std::string("weights and values between layers are int8")
                                  : "the weights of " + std::string(forms.dynamic().what) +
                                        " are int8, what they are multiplied with is brought to bytes at each pass") +
                             "; further passes take the weights as float32");
  // A sum beside the middle between two bytes may be rounded to either, and all layers behind see it.
  arrange(arrangements, {.tolerance = 2e-2, .switched = 1e-2 + chosen.kind->switched}, options);
}

void Model::Impl::loadTorchScript(const ModelOptions& options) {
  info.kind = ModelKind::TorchScript;
  info.architecture = "TorchScript";
  const auto sidecar = sidecarOf(info.file, options.options);
  refuseOptions(sidecar);
  const ResolvedSidecar early = resolveSidecar(withInput(sidecar, options), 0);
  const Preprocessing preprocessing = options.preprocessing.value_or(early.preprocessing);
  OutputWish wish;
  if (options.outputs) {
    wish.index = options.outputs->output;
  } else if (sidecar) {
    wish = {sidecar->output, sidecar->outputName};
  }
  if (sidecar && !sidecar->stateDict.empty()) {
    throw Error({.what = "The sidecar names a state dict, but the model is TorchScript",
                 .expected = "no field \"state_dict\"",
                 .found = sidecar->stateDict,
                 .file = sidecar->file});
  }
  const std::vector<NamedOutput> named = sidecar ? sidecar->outputs : std::vector<NamedOutput>();
  LoadedScript script = loadScript(info.file, preprocessing, wish, named, device);
  info.assumptions = std::move(script.notes);
  info.warnings = std::move(script.warnings);
  info.arrays = std::move(script.arrays);
  info.arrayNames = namesText(named);
  applySidecar(sidecar, classChannels(info, sidecar), options);
  requireArrays(info);
  info.passes = passesOfAny();
  info.outputs.output = script.outputIndex;
  info.output = ownSize(info);
  info.parameters = script.parameters;
  info.nonZeroParameters = script.nonZero;
  info.multiplyAdds = script.multiplyAdds;
  std::shared_ptr<InferenceNetwork> loaded = std::move(script.network);
  std::vector<Arrangement> arrangements{{"as-scripted", [=] { return asSetUp(shared(loaded)); }}};
  const auto onCpu = [=, this]() -> std::shared_ptr<InferenceNetwork> {
    if (device == Device::Cpu) return loaded;
    return loadScript(info.file, preprocessing, wish, named, Device::Cpu).network;
  };
  arrangements.push_back({"own-convolutions", [=] { return withOwnConvolutions(shared(onCpu()), 0); }});
  arrangements.push_back({kReference, [=] { return withOwnConvolutions(shared(onCpu()), 1); }});
  // A script may compare values as it likes, and weights in half precision round coarsely.
  arrange(arrangements, {.tolerance = script.single ? 1e-3 : 5e-2, .switched = 2e-3}, options);
}

ComputedBy Model::Impl::computedBy() const {
  return {.device = device,
          .arrangement = arrangement,
          .libraries = libraryIdentity(),
          .threads = threads,
          .asOneThread = asOneThread};
}

void Model::Impl::arrange(const std::vector<Arrangement>& quickestFirst, const Rounding& rounding,
                          const ModelOptions& options) {
  const Size size = info.preprocessing.input;
  at::Tensor probe = inputTensor(probeImage(size), preprocessingOf(size, info.preprocessing));
  if (device == Device::Cuda) probe = probe.to(at::kCUDA);
  ChosenArrangement chosen;
  try {
    chosen = chooseArrangement(quickestFirst, probe, passSizes(info.arrays), rounding,
                               verdictKeyText(info, computedBy()), Verdicts(options.memory));
  } catch (const std::exception& problem) {
    if (info.kind == ModelKind::Weights) throw;
    // A script that runs as it is, and not otherwise: its author's choice of operators.
    chosen.name = quickestFirst.front().name;
    chosen.network = quickestFirst.front().make();
    info.warnings.push_back(std::string("the numbers of this script could not be compared with those of one thread "
                                        "without oneDNN: ") +
                            problem.what());
  }
  arrangement = chosen.name;
  asOneThread = chosen.asOneThread;
  isOneDnnRight = chosen.rejected.empty();
  network = std::move(chosen.network);
  say(chosen);
}

void Model::Impl::say(const ChosenArrangement& chosen) {
  info.arrangement = chosen.name;
  for (const RejectedArrangement& each : chosen.rejected) {
    std::ostringstream apart;
    apart.imbue(std::locale::classic());
    apart.precision(3);
    apart << each.difference;
    info.arrangement += "; " + each.name + " rejected: logits wrong by up to " + apart.str();
    info.warnings.push_back(
        libraryIdentity() + " with " + std::to_string(threads) + (threads == 1 ? " thread on " : " threads on ") +
        processorIdentity() + " computes this network wrongly in the arrangement \"" + each.name +
        "\": logits differ by up to " + apart.str() + " from the plain network on one thread without oneDNN. \"" +
        chosen.name + "\" is used instead, which agrees and is slower");
  }
  if (chosen.unrepeatable)
    info.warnings.emplace_back(
        "this network gives other logits at every pass over the same image: no number of it can "
        "be repeated");
}

Model::Model(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

Model Model::load(const std::filesystem::path& file, const ModelOptions& given) {
  ModelOptions options = given;
  if (options.preprocessing && options.input) options.preprocessing->input = *options.input;
  auto impl = std::make_unique<Impl>();
  impl->info.file = file;
  impl->device = options.device;
  impl->threads = usableThreads(options.threads);
  if (options.device == Device::Cuda && !hasCuda()) {
    throw Error({.what = "The model cannot run on CUDA",
                 .expected = "a LibTorch with CUDA and a GPU",
                 .found = "LibTorch " + torchVersion() + " without one",
                 .file = file});
  }
  requireThreads(impl->threads);
  at::set_num_threads(impl->threads);
  const c10::InferenceMode inference;
  impl->info.fingerprint = sha256OfFile(file);
  try {
    if (isTorchScript(file)) {
      impl->loadTorchScript(options);
    } else {
      impl->loadStateDict(options);
    }
  } catch (const c10::Error& problem) {
    throw Error("LibTorch cannot use the model: " + torchReason(problem), file);
  }
  impl->warn();
  return Model(std::move(impl));
}

const ModelInfo& Model::info() const { return m_impl->info; }

LogitsMap Model::infer(const RgbImage& image) {
  if (info().arrays.front().output != Output::Logits)
    throw Error({.what = "the network gives no logits",
                 .expected = "a sidecar whose outputs name logits",
                 .found = info().arrayNames,
                 .file = info().file});
  return std::move(inferOutputs(image).maps.front());
}

OutputMaps Model::inferOutputs(const RgbImage& image) { return m_impl->run(*m_impl->network, image, info().arrays); }

OutputMaps Model::inferPass(const RgbImage& image, const PassChoice& pass, const PassRun& run) {
  require(std::ranges::find(info().passes, pass.kind) != info().passes.end(), "Model: cannot be run so");
  const std::unique_ptr<InferenceNetwork> network = passNetwork(
      pass, run,
      {.network = m_impl->networkOfPasses(), .plain = m_impl->network.get(), .isOneDnnRight = m_impl->isOneDnnRight});
  OutputMaps out = m_impl->run(*network, image, arraysOf(info(), pass.kind));
  if (!isMirrored(*pass.kind)) return out;
  for (std::size_t i = 0; i < out.maps.size(); ++i) {
    if (info().arrays[i].output == Output::ClassLogits) continue;  // of queries, which have no place
    const auto width = static_cast<std::ptrdiff_t>(out.maps[i].size.width);
    for (auto row = out.maps[i].values.begin(); row != out.maps[i].values.end(); row += width)
      std::reverse(row, row + width);
  }
  return out;
}

Network* Model::Impl::networkOfPasses() {
  if (!ofPasses && trained) {
    const c10::InferenceMode off(false);
    ofPasses = forPasses(*trained, makeEmpty());
    if (device == Device::Cuda && isOneDnnRight) ofPasses->to(torch::kCUDA);
  }
  return ofPasses.get();
}

OutputMaps Model::Impl::run(InferenceNetwork& with, const RgbImage& image, const std::vector<OutputArray>& arrays) {
  require(!image.empty(), "Model::infer: empty image");
  requireThreads(threads);  // LibTorch waits for ever for a thread that did not start
  at::set_num_threads(threads);
  const c10::InferenceMode inference;
  const auto sizes = passSizes(arrays);
  std::vector<float> values;
  for (const OutputArray& array : arrays) values.resize(values.size() + array.values());
  try {
    at::Tensor input = inputTensor(image, preprocessingOf(image.size(), info.preprocessing));
    if (device == Device::Cuda) input = input.to(at::kCUDA);
    with.run(input, at::from_blob(values.data(), sizes, at::TensorOptions(at::kFloat)));
  } catch (const c10::Error& problem) {
    throw Error("The network failed: " + torchReason(problem), info.file);
  }
  OutputMaps out;
  if (arrays.size() == 1) {
    const OutputArray& only = arrays.front();
    out.maps.push_back({only.channels, only.size, std::move(values)});
    return out;
  }
  auto from = values.begin();
  for (const OutputArray& array : arrays) {
    const auto to = from + static_cast<std::ptrdiff_t>(array.values());
    out.maps.push_back({array.channels, array.size, {from, to}});
    from = to;
  }
  return out;
}

double Model::measureLatency(int runs) {
  require(runs > 0, "Model::measureLatency: at least one run");
  const RgbImage image(m_impl->info.preprocessing.input, Rgb{128, 128, 128});
  (void)inferOutputs(image);
  std::vector<double> seconds;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    (void)inferOutputs(image);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
  std::nth_element(seconds.begin(), middle, seconds.end());
  return *middle;
}

ExportedModel Model::exported() const {
  const ModelInfo& own = info();
  if (!m_impl->trained)
    throw Error({.what = "The model cannot be exported to TorchScript",
                 .expected = "weights of a built-in network",
                 .found = "TorchScript already: copy the file, and its sidecar beside it",
                 .file = own.file});
  requireThreads(m_impl->threads);
  at::set_num_threads(m_impl->threads);
  const c10::InferenceMode off(false);
  const std::shared_ptr<Network> copy = forPasses(*m_impl->trained, m_impl->makeEmpty());
  return exportedModel(own, m_impl->preprocessingOf(own.preprocessing.input, own.preprocessing), *copy);
}

bool Model::seesImagesAtOwnSize() const {
  const Preprocessing& given = info().preprocessing;
  const Size wider{2 * given.input.width, given.input.height};
  return m_impl->preprocessingOf(wider, given).input != m_impl->preprocessingOf(given.input, given).input;
}

std::string Model::logitsKey() const { return logitsKeyText(m_impl->info, m_impl->computedBy()); }

}  // namespace oodscope

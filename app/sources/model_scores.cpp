// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/model_scores.h"

#include "analysis/core/sha256.h"
#include "analysis/scores/method_kinds.h"
#include "inference/models/known_channels.h"
#include "inference/models/preprocessing_fields.h"

#include <algorithm>
#include <future>
#include <numeric>

namespace oodscope {
namespace {

/// One network runs at a time in a process, whoever asks: it uses all cores by itself.
std::mutex& networkMutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

std::string imageDigest(const Frame& frame) {
  std::string image = sha256OfFile(frame.image);
  if (!frame.overlay) return image;
  return Sha256().add(image).add(sha256OfFile(*frame.overlay)).hex();
}

SourceId sourceIdOf(const Model& model, const FittedStatistics* statistics) {
  const ModelInfo& info = model.info();
  Sha256 reading;
  reading.add(model.logitsKey()).add("void ").add(std::to_string(info.outputs.voidChannel));
  for (const int channel : knownChannels(info.outputs, info.channels)) reading.add(" ").add(std::to_string(channel));
  if (statistics != nullptr) reading.add(" statistics ").add(statistics->digest);
  return {info.fingerprint, reading.hex()};
}

ModelScores::ModelScores(std::string label, std::shared_ptr<const DataSet> set, std::shared_ptr<Model> model,
                         std::shared_ptr<LogitsStore> store, ChannelChoice channels,
                         std::shared_ptr<const FittedStatistics> statistics, std::vector<PassChoice> passes)
    : LogitsSource(std::move(label), std::move(channels)),
      m_set(std::move(set)),
      m_model(std::move(model)),
      m_store(std::move(store)),
      m_statistics(std::move(statistics)),
      m_id(sourceIdOf(*m_model, m_statistics.get())),
      m_passes(std::move(passes)),
      m_runs(1),
      m_used(this->channels().list),
      m_addresses(m_set->frames.size()),
      m_held(m_set->frames.size()) {
  const ModelInfo& info = m_model->info();
  if (this->channels().all) {
    m_used.resize(static_cast<std::size_t>(info.channels));
    std::iota(m_used.begin(), m_used.end(), 0);
  }
  if (m_used.empty()) m_used = knownChannels(info.outputs, info.channels);
  const int last = *std::max_element(m_used.begin(), m_used.end());
  if (last >= info.channels)
    throw Error(ErrorParts{.what = "a channel asked for is not among the network's outputs",
                           .expected = "channels 0 to " + std::to_string(info.channels - 1),
                           .found = std::to_string(last),
                           .file = info.file});
  for (const PassChoice& pass : m_passes) {
    if (std::ranges::find(info.passes, pass.kind) == info.passes.end())
      throw Error(ErrorParts{.what = std::string("the network cannot be run ").append(pass.kind->title),
                             .expected = std::string(pass.kind->needs),
                             .found = info.architecture,
                             .file = info.file});
    for (PassRun& run : passRuns(pass)) m_runs.push_back({&pass, std::move(run)});
  }
}

bool ModelScores::StoredOutputs::isIntact() const {
  return std::ranges::all_of(arrays, [](const StoredLogits& array) { return array.isIntact(); });
}

void ModelScores::StoredOutputs::requireIntact() const {
  for (const StoredLogits& array : arrays) array.requireIntact();
}

std::uint64_t ModelScores::StoredOutputs::saturated() const {
  return std::accumulate(arrays.begin(), arrays.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const StoredLogits& array) { return sum + array.saturated(); });
}

ScoreInputs ModelScores::inputs() const {
  const ModelInfo& info = m_model->info();
  ScoreInputs out{.voidChannel = info.outputs.voidChannel};
  const auto channelsOf = [&](Output output) {
    const auto found = std::ranges::find(info.arrays, output, &OutputArray::output);
    return found == info.arrays.end() ? 0 : found->channels;
  };
  out.channels = channelsOf(Output::Logits);
  out.outlierChannels = channelsOf(Output::Outlier);
  out.membershipChannels = channelsOf(Output::Membership);
  for (const OutputArray& array : info.arrays)
    if (array.output == Output::ClassLogits) out.queryColumns = array.size.width;
  out.knownClasses = info.outputs.knownClasses;
  out.featureChannels = channelsOf(Output::Features);
  for (const OutputArray& array : info.added)
    if (array.output == Output::Features) out.featureChannels = array.channels;
  addStatistics(m_statistics.get(), m_used, out);
  out.passes = info.passes;
  return out;
}

const PassChoice* ModelScores::passOf(Method method) const {
  const auto found = std::ranges::find(m_passes, method.kind().pass, &PassChoice::kind);
  return found == m_passes.end() ? nullptr : &*found;
}

int ModelScores::passesPerFrame() const {
  return std::accumulate(m_runs.begin(), m_runs.end(), 0, [](int sum, const Run& run) {
    return sum + (run.pass == nullptr ? 1 : run.pass->kind->costs);
  });
}

std::vector<ScoreTerm> ModelScores::terms(const Configuration& configuration) const {
  std::vector<ScoreTerm> out = LogitsSource::terms(configuration);
  if (const PassChoice* pass = configuration.method ? passOf(*configuration.method) : nullptr)
    out.front().pass = passText(*pass);
  return out;
}

void ModelScores::requirePossible(Method method) const {
  if (const auto lack = method.whyNot(inputs()))
    throw Error(
        ErrorParts{.what = lack->what, .expected = lack->expected, .found = lack->found, .file = m_model->info().file});
  if (method.needsPass(inputs()) && passOf(method) == nullptr)
    throw Error(ErrorParts{.what = std::string(method.name()) + " reads a pass that was not run",
                           .expected = std::string("the network run ").append(method.kind().pass->title),
                           .file = m_model->info().file});
}

ModelScores::Addresses ModelScores::addressesOf(std::size_t frame) const {
  const std::string image = imageDigest(m_set->frames[frame]), key = m_model->logitsKey();
  Addresses out;
  for (const Run& run : m_runs)
    out.push_back(m_store->address(image, run.pass == nullptr ? key : key + "|pass " + run.how.key));
  return out;
}

const ModelScores::Addresses& ModelScores::addresses(std::size_t frame) {
  if (m_addresses[frame].empty()) m_addresses[frame] = addressesOf(frame);
  return m_addresses[frame];
}

bool ModelScores::isStored(std::size_t frame) {
  static_cast<void>(addresses(frame));
  return held(frame) != nullptr || stored(frame) != nullptr;
}

OutputMaps ModelScores::infer(const Run& run, const RgbImage& image) const {
  return run.pass == nullptr ? m_model->inferOutputs(image) : m_model->inferPass(image, *run.pass, run.how);
}

ModelScores::Outputs ModelScores::made(std::size_t frame) const {
  const RgbImage image = readImage(m_set->frames[frame]);
  auto out = std::make_shared<StoredOutputs>();
  for (std::size_t r = 0; r < m_runs.size(); ++r) {
    const std::string& address = m_addresses[frame][r];
    if (!*m_distrustsFolder && findRun(frame, r, *out)) continue;
    const OutputMaps maps = infer(m_runs[r], image);
    const std::vector<OutputArray> arrays = arraysOfRun(r);
    ++m_networkPasses;
    for (std::size_t i = 0; i < maps.maps.size(); ++i) {
      const std::string own = outputAddress(address, arrays[i].output);
      out->arrays.push_back(*m_distrustsFolder ? m_store->putAside(own, maps.maps[i])
                                               : m_store->put(own, maps.maps[i]));
    }
  }
  hold(frame, out);
  return out;
}

void ModelScores::prepare(std::size_t frame) {
  if (isStored(frame)) return;
  const std::scoped_lock oneAtATime(networkMutex());
  static_cast<void>(made(frame));
}

ModelScores::Outputs ModelScores::held(std::size_t frame) const {
  const std::scoped_lock lock(m_mutex);
  Held& held = m_held[frame];
  if (held.outputs && !held.outputs->isIntact()) {
    *m_distrustsFolder = true;
    held = {};
  }
  return held.outputs;
}

void ModelScores::hold(std::size_t frame, const Outputs& outputs) const {
  const std::scoped_lock lock(m_mutex);
  if (m_held[frame].outputs || m_holdsNone) return;
  Held holding{.outputs = outputs};
  for (const StoredLogits& array : outputs->arrays) {
    auto share = m_store->share(array);
    if (!share) return;
    holding.shares.push_back(std::move(share));
  }
  m_held[frame] = std::move(holding);
}

std::vector<OutputArray> ModelScores::arraysOfRun(std::size_t run) const {
  const PassChoice* pass = m_runs[run].pass;
  return arraysOf(m_model->info(), pass == nullptr ? nullptr : pass->kind);
}

bool ModelScores::findRun(std::size_t frame, std::size_t run, StoredOutputs& out) const {
  const std::size_t before = out.arrays.size();
  for (const OutputArray& array : arraysOfRun(run)) {
    auto found = m_store->find(outputAddress(m_addresses[frame][run], array.output));
    if (!found || found->view().channels != array.channels || found->view().size() != array.size) {
      out.arrays.resize(before);
      return false;
    }
    out.arrays.push_back(std::move(*found));
  }
  return true;
}

/// From the store's folder; nullptr where it is not there, or an entry has not the network's shape: an address says
/// which network it was, a record that it is undamaged.
ModelScores::Outputs ModelScores::stored(std::size_t frame) const {
  if (*m_distrustsFolder) return nullptr;
  const auto find = [&]() -> Outputs {
    auto out = std::make_shared<StoredOutputs>();
    for (std::size_t run = 0; run < m_runs.size(); ++run)
      if (!findRun(frame, run, *out)) return nullptr;
    return out;
  };
  Outputs found;
  try {
    found = find();
  } catch (const Error&) {
    // What is held fills the address space (ulimit -v, many sets): let go of it, and open frame by frame from now on.
    std::vector<Held> let(m_held.size());
    {
      const std::scoped_lock lock(m_mutex);
      m_holdsNone = true;
      let.swap(m_held);
    }
    let.clear();
    found = find();
  }
  if (found) hold(frame, found);
  return found;
}

ModelScores::Outputs ModelScores::madeAgain(std::size_t frame) const {
  const std::scoped_lock oneAtATime(networkMutex());
  if (Outputs outputs = held(frame)) return outputs;  // another thread made them while this one waited
  if (Outputs outputs = stored(frame)) return outputs;
  const Frame& record = m_set->frames[frame];
  if (addressesOf(frame) != m_addresses[frame])
    throw Error(ErrorParts{.what = "the image was changed during the run",
                           .expected = "the picture that was there when the run began",
                           .file = record.image});
  ++m_madeAgain;
  return made(frame);
}

ModelScores::Outputs ModelScores::outputs(std::size_t frame) const {
  require(!m_addresses[frame].empty(), "ModelScores: prepare(frame) comes first");
  if (Outputs outputs = held(frame)) return outputs;
  if (Outputs outputs = stored(frame)) return outputs;
  // In a thread of its own: LibTorch keeps a team of threads for each that calls it, and a worker that waited inside
  // the network could be given another frame to score, which would wait for the network in turn.
  return std::async(std::launch::async, [&] { return madeAgain(frame); }).get();
}

void ModelScores::addRun(const PassKind* pass, const OutputsView& arrays, OutputsView& out) {
  if (pass == nullptr)
    out = arrays;
  else if (pass->adds)
    out[*pass->adds] = arrays[*pass->adds];
  else
    out.further.push_back({pass, arrays});
}

OutputsView ModelScores::viewOf(const StoredOutputs& outputs) const {
  OutputsView out;
  auto next = outputs.arrays.begin();
  for (std::size_t run = 0; run < m_runs.size(); ++run) {
    OutputsView view;
    view.knownClasses = m_model->info().outputs.knownClasses;
    for (const OutputArray& array : arraysOfRun(run)) view[array.output] = (next++)->view();
    addRun(m_runs[run].pass == nullptr ? nullptr : m_runs[run].pass->kind, view, out);
  }
  return out;
}

std::optional<FrameOutputs> ModelScores::freshOutputs(std::size_t frame, const PassChoice* pass) const {
  std::vector<Run> runs(1);
  if (pass != nullptr)
    for (PassRun& run : passRuns(*pass)) runs.push_back({pass, std::move(run)});
  const auto owner = std::make_shared<std::vector<OutputMaps>>();
  const ModelInfo& info = m_model->info();
  const RgbImage image = readImage(m_set->frames[frame]);
  const std::scoped_lock oneAtATime(networkMutex());
  FrameOutputs out{.view = {}, .owner = owner};
  for (const Run& run : runs) {
    owner->push_back(infer(run, image));
    const PassKind* kind = run.pass == nullptr ? nullptr : run.pass->kind;
    const std::vector<OutputArray> arrays = arraysOf(info, kind);
    OutputsView view;
    view.knownClasses = info.outputs.knownClasses;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      const LogitsMap& map = owner->back().maps[i];
      view[arrays[i].output] = {
          .single = map.values.data(), .channels = map.channels, .height = map.size.height, .width = map.size.width};
    }
    addRun(kind, view, out.view);
  }
  return out;
}

std::optional<FrameOutputs> ModelScores::frameOutputs(std::size_t frame) const {
  const Outputs open = outputs(frame);
  return FrameOutputs{viewOf(*open), open, open->saturated(), [open, distrusts = m_distrustsFolder] {
                        if (!open->isIntact()) *distrusts = true;
                        open->requireIntact();
                      }};
}

Size ModelScores::ownSize(std::size_t) const { return m_model->info().output; }

ScoreParameters ModelScores::scoreParameters(const Configuration& configuration, const OutputsView&) const {
  const Method method = configuration.method.value();
  requirePossible(method);
  ScoreParameters out{.method = method,
                      .temperature = configuration.temperature.value_or(1.0F),
                      .channels = m_used,
                      .voidChannel = m_model->info().outputs.voidChannel};
  addStatistics(m_statistics.get(), out);
  return out;
}

std::string ModelScores::publishedModel() const {
  return channels() == ChannelChoice{} ? m_model->info().architecture : std::string();
}

std::vector<std::string> ModelScores::warnings() const {
  std::vector<std::string> out = m_store->warnings();
  if (m_madeAgain > 0)
    out.push_back(
        "the network ran " + std::to_string(m_madeAgain) +
        " times more than there are frames: the logits of all frames do not fit into the bounds of the store");
  return out;
}

std::vector<std::pair<std::string, std::string>> ModelScores::provenance() const {
  const ModelInfo& info = m_model->info();
  const Preprocessing& preprocessing = info.preprocessing;
  const std::string channels = channelsText(m_used, info.channels, info.outputs.voidChannel, info.channelsAssumed);
  std::vector<std::pair<std::string, std::string>> facts = {
      {"model", name()},
      {"architecture", architectureText(info)},
      {"arrangement", info.arrangement},
      {"model_sha256", info.fingerprint},
      {"input", std::to_string(preprocessing.input.width) + "x" + std::to_string(preprocessing.input.height) + " " +
                    std::string(resizeRuleName(preprocessing.resize))},
      {"channels", channels},
      {"logits", m_model->logitsKey()}};
  if (!info.arrayNames.empty()) facts.emplace_back("outputs", info.arrayNames);
  for (const PassChoice& pass : m_passes)
    facts.emplace_back(std::string("pass ").append(pass.kind->name), passText(pass));
  if (m_statistics)
    for (auto& fact : m_statistics->facts()) facts.push_back(std::move(fact));
  return facts;
}

}  // namespace oodscope

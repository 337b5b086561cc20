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

SourceId sourceIdOf(const Model& model) {
  const ModelInfo& info = model.info();
  Sha256 reading;
  reading.add(model.logitsKey()).add("void ").add(std::to_string(info.outputs.voidChannel));
  for (const int channel : knownChannels(info.outputs, info.channels)) reading.add(" ").add(std::to_string(channel));
  return {info.fingerprint, reading.hex()};
}

ModelScores::ModelScores(std::string label, std::shared_ptr<const DataSet> set, std::shared_ptr<Model> model,
                         std::shared_ptr<LogitsStore> store, ChannelChoice channels)
    : LogitsSource(std::move(label), std::move(channels)),
      m_set(std::move(set)),
      m_model(std::move(model)),
      m_store(std::move(store)),
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
  return out;
}

void ModelScores::requirePossible(Method method) const {
  if (const auto lack = method.whyNot(inputs()))
    throw Error(
        ErrorParts{.what = lack->what, .expected = lack->expected, .found = lack->found, .file = m_model->info().file});
}

const std::string& ModelScores::address(std::size_t frame) {
  if (m_addresses[frame].empty())
    m_addresses[frame] = m_store->address(imageDigest(m_set->frames[frame]), m_model->logitsKey());
  return m_addresses[frame];
}

bool ModelScores::isStored(std::size_t frame) {
  static_cast<void>(address(frame));
  return held(frame) != nullptr || stored(frame) != nullptr;
}

/// Puts what the network made into the store, array by array, and opens it.
ModelScores::Outputs ModelScores::kept(std::size_t frame, const OutputMaps& made) const {
  auto out = std::make_shared<StoredOutputs>();
  for (std::size_t i = 0; i < made.maps.size(); ++i) {
    const std::string own = outputAddress(m_addresses[frame], m_model->info().arrays[i].output);
    out->arrays.push_back(*m_distrustsFolder ? m_store->putAside(own, made.maps[i]) : m_store->put(own, made.maps[i]));
  }
  hold(frame, out);
  return out;
}

void ModelScores::prepare(std::size_t frame) {
  if (isStored(frame)) return;
  const RgbImage image = readImage(m_set->frames[frame]);
  const std::scoped_lock oneAtATime(networkMutex());
  const OutputMaps made = m_model->inferOutputs(image);
  ++m_networkPasses;
  static_cast<void>(kept(frame, made));
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

/// From the store's folder; nullptr where it is not there, or an entry has not the network's shape: an address says
/// which network it was, a record that it is undamaged.
ModelScores::Outputs ModelScores::stored(std::size_t frame) const {
  if (*m_distrustsFolder) return nullptr;
  const auto find = [&]() -> Outputs {
    auto out = std::make_shared<StoredOutputs>();
    for (const OutputArray& array : m_model->info().arrays) {
      auto found = m_store->find(outputAddress(m_addresses[frame], array.output));
      if (!found || found->view().channels != array.channels || found->view().size() != array.size) return nullptr;
      out->arrays.push_back(std::move(*found));
    }
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
  if (m_store->address(imageDigest(record), m_model->logitsKey()) != m_addresses[frame])
    throw Error(ErrorParts{.what = "the image was changed during the run",
                           .expected = "the picture that was there when the run began",
                           .file = record.image});
  const OutputMaps made = m_model->inferOutputs(readImage(record));
  ++m_networkPasses;
  ++m_madeAgain;
  return kept(frame, made);
}

ModelScores::Outputs ModelScores::outputs(std::size_t frame) const {
  require(!m_addresses[frame].empty(), "ModelScores: prepare(frame) comes first");
  if (Outputs outputs = held(frame)) return outputs;
  if (Outputs outputs = stored(frame)) return outputs;
  // In a thread of its own: LibTorch keeps a team of threads for each that calls it, and a worker that waited inside
  // the network could be given another frame to score, which would wait for the network in turn.
  return std::async(std::launch::async, [&] { return madeAgain(frame); }).get();
}

OutputsView ModelScores::viewOf(const StoredOutputs& outputs) const {
  const ModelInfo& info = m_model->info();
  OutputsView out;
  for (std::size_t i = 0; i < info.arrays.size(); ++i) out[info.arrays[i].output] = outputs.arrays[i].view();
  out.knownClasses = info.outputs.knownClasses;
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
  return ScoreParameters{.method = configuration.method.value(),
                         .temperature = configuration.temperature.value_or(1.0F),
                         .channels = m_used,
                         .voidChannel = m_model->info().outputs.voidChannel};
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
  return facts;
}

}  // namespace oodscope

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

void ModelScores::requirePossible(Method method) const {
  const ModelInfo& info = m_model->info();
  if (const auto lack = method.whyNot({.channels = info.channels, .voidChannel = info.outputs.voidChannel}))
    throw Error(ErrorParts{.what = lack->what, .expected = lack->expected, .found = lack->found, .file = info.file});
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

void ModelScores::prepare(std::size_t frame) {
  if (isStored(frame)) return;
  const RgbImage image = readImage(m_set->frames[frame]);
  const std::scoped_lock oneAtATime(networkMutex());
  const LogitsMap logits = m_model->infer(image);
  ++m_networkPasses;
  hold(frame, std::make_shared<const StoredLogits>(*m_distrustsFolder ? m_store->putAside(address(frame), logits)
                                                                      : m_store->put(address(frame), logits)));
}

ModelScores::Logits ModelScores::held(std::size_t frame) const {
  const std::scoped_lock lock(m_mutex);
  Held& held = m_held[frame];
  if (held.logits && !held.logits->isIntact()) {
    *m_distrustsFolder = true;
    held = {};
  }
  return held.logits;
}

void ModelScores::hold(std::size_t frame, const Logits& logits) const {
  const std::scoped_lock lock(m_mutex);
  if (m_held[frame].logits || m_holdsNone) return;
  if (auto share = m_store->share(*logits)) m_held[frame] = {logits, std::move(share)};
}

/// Whether an entry has the network's shape: an address says which network it was, a record that it is undamaged.
bool ModelScores::fits(const StoredLogits& logits) const {
  const LogitsView view = logits.view();
  return view.channels == m_model->info().channels && view.size() == m_model->info().output;
}

/// From the store's folder; nullptr where it is not there.
ModelScores::Logits ModelScores::stored(std::size_t frame) const {
  if (*m_distrustsFolder) return nullptr;
  const auto find = [&]() -> Logits {
    auto found = m_store->find(m_addresses[frame]);
    if (!found || !fits(*found)) return nullptr;
    return std::make_shared<const StoredLogits>(std::move(*found));
  };
  Logits found;
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

ModelScores::Logits ModelScores::madeAgain(std::size_t frame) const {
  const std::scoped_lock oneAtATime(networkMutex());
  if (Logits logits = held(frame)) return logits;  // another thread made them while this one waited
  if (Logits logits = stored(frame)) return logits;
  const Frame& record = m_set->frames[frame];
  if (m_store->address(imageDigest(record), m_model->logitsKey()) != m_addresses[frame])
    throw Error(ErrorParts{.what = "the image was changed during the run",
                           .expected = "the picture that was there when the run began",
                           .file = record.image});
  const LogitsMap logits = m_model->infer(readImage(record));
  ++m_networkPasses;
  ++m_madeAgain;
  const std::string& address = m_addresses[frame];
  auto out = std::make_shared<const StoredLogits>(*m_distrustsFolder ? m_store->putAside(address, logits)
                                                                     : m_store->put(address, logits));
  hold(frame, out);
  return out;
}

ModelScores::Logits ModelScores::logits(std::size_t frame) const {
  require(!m_addresses[frame].empty(), "ModelScores: prepare(frame) comes first");
  if (Logits logits = held(frame)) return logits;
  if (Logits logits = stored(frame)) return logits;
  // In a thread of its own: LibTorch keeps a team of threads for each that calls it, and a worker that waited inside
  // the network could be given another frame to score, which would wait for the network in turn.
  return std::async(std::launch::async, [&] { return madeAgain(frame); }).get();
}

std::optional<FrameLogits> ModelScores::frameLogits(std::size_t frame) const {
  const Logits open = logits(frame);
  return FrameLogits{open->view(), open, open->saturated(), [open, distrusts = m_distrustsFolder] {
                       if (!open->isIntact()) *distrusts = true;
                       open->requireIntact();
                     }};
}

Size ModelScores::ownSize(std::size_t) const { return m_model->info().output; }

ScoreParameters ModelScores::scoreParameters(const Configuration& configuration, int) const {
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
  return {{"model", name()},
          {"architecture", architectureText(info)},
          {"arrangement", info.arrangement},
          {"model_sha256", info.fingerprint},
          {"input", std::to_string(preprocessing.input.width) + "x" + std::to_string(preprocessing.input.height) + " " +
                        std::string(resizeRuleName(preprocessing.resize))},
          {"channels", channels},
          {"logits", m_model->logitsKey()}};
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluation/model_scores.h"

#include "analysis/core/sha256.h"
#include "inference/models/known_channels.h"

#include <algorithm>

namespace oodscope {

std::string imageDigest(const Frame& frame) {
  std::string image = sha256OfFile(frame.image);
  if (!frame.overlay) return image;
  return Sha256().add(image).add(sha256OfFile(*frame.overlay)).hex();
}

ModelScores::ModelScores(std::shared_ptr<const DataSet> set, std::shared_ptr<Model> model,
                         std::shared_ptr<LogitsStore> store, std::vector<int> channels)
    : m_set(std::move(set)),
      m_model(std::move(model)),
      m_store(std::move(store)),
      m_channels(std::move(channels)),
      m_addresses(m_set->frames.size()),
      m_inMemory(m_set->frames.size()),
      m_mapped(m_set->frames.size()) {
  const ModelInfo& info = m_model->info();
  if (m_channels.empty()) m_channels = knownChannels(info.outputs, info.channels);
  const int last = *std::max_element(m_channels.begin(), m_channels.end());
  if (last >= info.channels)
    throw Error(ErrorParts{.what = "a channel asked for is not among the network's outputs",
                           .expected = "channels 0 to " + std::to_string(info.channels - 1),
                           .found = std::to_string(last),
                           .file = info.file});
}

std::string ModelScores::name() const { return m_model->info().file.filename().string(); }

std::vector<Configuration> ModelScores::configurations(const std::vector<Method>& methods,
                                                       const std::vector<float>& temperatures) const {
  std::vector<Configuration> out;
  for (const Method method : methods) {
    if (method == Method::Void && m_model->info().outputs.voidChannel < 0)
      throw Error(ErrorParts{.what = "the network has no void channel to score with",
                             .expected = "a model whose sidecar names void_channel, or one with 20 outputs",
                             .found = std::to_string(m_model->info().channels) + " outputs",
                             .file = m_model->info().file});
    if (!dependsOnTemperature(method)) {
      out.push_back({std::string(methodName(method)), method, std::nullopt});
      continue;
    }
    for (const float temperature : temperatures) out.push_back({std::string(methodName(method)), method, temperature});
  }
  return out;
}

const std::string& ModelScores::address(std::size_t frame) {
  if (m_addresses[frame].empty())
    m_addresses[frame] = m_store->address(imageDigest(m_set->frames[frame]), m_model->logitsKey());
  return m_addresses[frame];
}

bool ModelScores::isStored(std::size_t frame) {
  return m_inMemory[frame] != nullptr || m_store->find(address(frame)).has_value();
}

void ModelScores::prepare(std::size_t frame) {
  if (isStored(frame)) return;
  const RgbImage image = readImage(m_set->frames[frame]);
  const LogitsMap logits = m_model->infer(image);
  ++m_networkPasses;
  try {
    static_cast<void>(m_store->put(address(frame), logits));
  } catch (const Error& error) {
    // The store cannot take it (a full disk): what was computed is kept in memory instead.
    if (m_warnings.empty()) m_warnings.emplace_back(std::string("logits are held in memory: ") + error.what());
    m_inMemory[frame] = std::make_shared<StoredLogits>(LogitsStore::holdInMemory(logits, StorePrecision::Half));
  }
}

StoredLogits ModelScores::logits(std::size_t frame) const {
  require(!m_addresses[frame].empty(), "ModelScores: prepare(frame) comes first");
  if (auto stored = m_store->find(m_addresses[frame])) return std::move(*stored);
  throw Error(ErrorParts{.what = "the stored logits of a frame have gone",
                         .expected = "an entry that was there when the set was prepared",
                         .file = m_set->frames[frame].image});
}

std::shared_ptr<const StoredLogits> ModelScores::mapped(std::size_t frame) const {
  if (const auto& held = m_inMemory[frame]) return held;
  {
    const std::scoped_lock lock(m_mappedMutex);
    if (m_mapped[frame]) return m_mapped[frame];
  }
  auto stored = std::make_shared<const StoredLogits>(logits(frame));
  const std::scoped_lock lock(m_mappedMutex);
  m_mapped[frame] = stored;
  return stored;
}

std::optional<FrameLogits> ModelScores::frameLogits(std::size_t frame) const {
  const auto held = mapped(frame);
  return FrameLogits{held->view(), held, held->saturated()};
}

Size ModelScores::ownSize(std::size_t) const { return m_model->info().output; }

ScoreParameters ModelScores::parameters(const Configuration& configuration) const {
  return ScoreParameters{.method = configuration.method.value(),
                         .temperature = configuration.temperature.value_or(1.0F),
                         .channels = m_channels,
                         .voidChannel = m_model->info().outputs.voidChannel};
}

ScoreMap ModelScores::score(std::size_t frame, const Configuration& configuration, Size target) const {
  ScoreMap out(target);
  const auto held = mapped(frame);
  const LogitsView view = held->view();
  if (target == view.size())
    oodscope::score(view, parameters(configuration), out.values());
  else
    scoreResized(view, parameters(configuration), target, out.values());
  return out;
}

std::vector<std::pair<std::string, std::string>> ModelScores::provenance() const {
  const ModelInfo& info = m_model->info();
  const Preprocessing& preprocessing = info.preprocessing;
  const std::string channels = channelsText(m_channels, info.channels, info.outputs.voidChannel, info.channelsAssumed);
  return {{"model", name()},
          {"architecture", architectureText(info)},
          {"arrangement", info.arrangement},
          {"model_sha256", info.fingerprint},
          {"input", std::to_string(preprocessing.input.width) + "x" + std::to_string(preprocessing.input.height) +
                        (preprocessing.resize == ResizeRule::PilBilinear ? " pil-bilinear" : " bilinear")},
          {"channels", channels},
          {"logits", m_model->logitsKey()}};
}

}  // namespace oodscope

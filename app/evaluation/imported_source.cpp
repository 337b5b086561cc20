// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluation/imported_source.h"

#include "analysis/core/sha256.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/imaging/resize.h"
#include "inference/logits/logits_store.h"
#include "inference/models/known_channels.h"

#include <algorithm>

namespace oodscope {

ImportedSource::ImportedSource(std::shared_ptr<const DataSet> set, const std::filesystem::path& folder,
                               ImportedChannels channels)
    : m_set(std::move(set)),
      m_scores(openImportedScores(folder, *m_set)),
      m_channels(std::move(channels)),
      m_sizes(m_set->frames.size()) {
  m_holdsLogits = std::any_of(m_scores.files.begin(), m_scores.files.end(),
                              [](const auto& file) { return file && file->content == ImportedFile::Content::Logits; });
}

std::string ImportedSource::name() const { return m_scores.method; }

std::vector<Configuration> ImportedSource::configurations(const std::vector<Method>& methods,
                                                          const std::vector<float>& temperatures) const {
  if (!m_holdsLogits) return {{m_scores.method, std::nullopt, std::nullopt}};
  std::vector<Configuration> out;
  for (const Method method : methods) {
    if (!dependsOnTemperature(method)) {
      out.push_back({std::string(methodName(method)), method, std::nullopt});
      continue;
    }
    for (const float temperature : temperatures) out.push_back({std::string(methodName(method)), method, temperature});
  }
  return out;
}

void ImportedSource::prepare(std::size_t frame) {
  const auto& file = m_scores.files[frame];
  if (!file)
    throw Error(ErrorParts{.what = "the method has no file for the frame",
                           .expected = "a score map or logits named like " + m_set->frames[frame].name,
                           .file = m_scores.root});
  if (file->content == ImportedFile::Content::Logits)
    m_sizes[frame] = openLogits(file->file).view().size();
  else
    m_sizes[frame] = readScoreMap(file->file).size();
}

Size ImportedSource::ownSize(std::size_t frame) const {
  require(m_sizes[frame].area() > 0, "ImportedSource: prepare(frame) comes first");
  return m_sizes[frame];
}

ScoreParameters ImportedSource::scoreParameters(const Configuration& configuration, int channels) const {
  ScoreParameters parameters{.method = configuration.method.value(),
                             .temperature = configuration.temperature.value_or(1.0F),
                             .channels = m_channels.list,
                             .voidChannel = assumedVoidChannel(channels)};
  if (parameters.channels.empty()) {
    parameters.channels = knownChannels(channels, m_channels.all ? -1 : parameters.voidChannel);
  }
  if (parameters.method == Method::Void && parameters.voidChannel < 0)
    throw Error(ErrorParts{.what = "the logits have no void channel",
                           .expected = "20 channels",
                           .found = std::to_string(channels),
                           .file = m_scores.root});
  const int last = *std::max_element(parameters.channels.begin(), parameters.channels.end());
  if (last >= channels)
    throw Error(ErrorParts{.what = "a channel asked for is not in the logits",
                           .expected = "channels 0 to " + std::to_string(channels - 1),
                           .found = std::to_string(last),
                           .file = m_scores.root});
  return parameters;
}

std::optional<FrameLogits> ImportedSource::frameLogits(std::size_t frame) const {
  const ImportedFile& file = m_scores.files[frame].value();
  if (file.content != ImportedFile::Content::Logits) return std::nullopt;
  const auto logits = std::make_shared<const StoredLogits>(openLogits(file.file));
  return FrameLogits{logits->view(), logits, logits->saturated(), [logits] { logits->requireIntact(); }};
}

bool ImportedSource::hasLogits(std::size_t frame) const {
  return m_scores.files[frame].value().content == ImportedFile::Content::Logits;
}

ScoreMap ImportedSource::score(std::size_t frame, const Configuration& configuration, Size target) const {
  const ImportedFile& file = m_scores.files[frame].value();
  if (file.content == ImportedFile::Content::Logits) {
    const StoredLogits logits = openLogits(file.file);
    const LogitsView view = logits.view();
    const ScoreParameters how = scoreParameters(configuration, view.channels);
    ScoreMap out(target);
    if (target == view.size())
      oodscope::score(view, how, out.values());
    else
      scoreResized(view, how, target, out.values());
    logits.requireIntact();
    return out;
  }
  ScoreMap map = readScoreMap(file.file);
  return map.size() == target ? std::move(map) : resizeBilinear(map, target);
}

std::vector<std::pair<std::string, std::string>> ImportedSource::provenance() const {
  Sha256 digest;
  for (const auto& file : m_scores.files)
    if (file) digest.add(file->file.filename().string()).add(sha256OfFile(file->file));
  return {{"scores", m_scores.method}, {"scores_sha256", digest.hex()}};
}

}  // namespace oodscope

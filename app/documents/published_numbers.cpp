// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/published_numbers.h"

#include "analysis/tables/number_text.h"
#include "app/options/resource_files.h"

namespace oodscope {
namespace {

std::optional<double> fractionOf(const std::optional<double>& percent) {
  return percent ? std::optional(*percent / 100.0) : std::nullopt;
}

}  // namespace

std::filesystem::path publishedValuesFile() { return resourceFile("published.json"); }

std::optional<PublishedValue> publishedValue(const PublishedValues& values, const std::string& set,
                                             const std::string& architecture, const Configuration& configuration,
                                             Protocol protocol) {
  if (architecture.empty() || !configuration.method) return std::nullopt;
  const std::string own = std::filesystem::path(set).filename().string();
  const auto temperature =
      configuration.temperature ? std::optional(shortestDecimal(*configuration.temperature)) : std::nullopt;
  for (PublishedValue& value : values.find(own, architecture, configuration.name, temperature))
    if (value.protocol == protocol.name() && (value.ap || value.fpr95)) return std::move(value);
  return std::nullopt;
}

PublishedColumns publishedColumns(const PublishedValues& values, const std::string& set, const ScoreSource& source,
                                  const Configuration& configuration, Protocol protocol) {
  const auto value = publishedValue(values, set, source.publishedModel(), configuration, protocol);
  if (!value) return {};
  return {
      .ap = fractionOf(value->ap), .fpr95 = fractionOf(value->fpr95), .source = value->source(), .note = value->note};
}

}  // namespace oodscope

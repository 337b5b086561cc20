// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/cityscapes.h"
#include "inference/training/samples.h"

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

/// Samples of several sources as one list.
class JoinedSource : public SampleSource {
public:
  explicit JoinedSource(std::vector<std::unique_ptr<SampleSource>> sources) : m_sources(std::move(sources)) {
    require(!m_sources.empty(), "joined samples: no source");
    for (const auto& source : m_sources) {
      if (source->classes() != classes()) {
        throw Error({.what =
                         "sets that are learned from together have other numbers of classes: a class map brings them "
                         "to the same ones",
                     .expected = std::to_string(classes()) + ", as " + m_sources.front()->identity(),
                     .found = std::to_string(source->classes()) + " in " + source->identity(),
                     .file = {}});
      }
    }
  }
  std::size_t size() const override {
    std::size_t count = 0;
    for (const auto& source : m_sources) count += source->size();
    return count;
  }
  int classes() const override { return m_sources.front()->classes(); }
  std::vector<std::string> classNames() const override { return m_sources.front()->classNames(); }
  std::string identity() const override {
    std::string out;
    for (const auto& source : m_sources) out.append(out.empty() ? "" : between()).append(source->identity());
    return out;
  }
  std::vector<std::string> warnings() const override {
    std::vector<std::string> out;
    for (const auto& source : m_sources)
      for (std::string& text : source->warnings()) out.push_back(std::move(text));
    return out;
  }
  Sample read(std::size_t index) const override {
    for (const auto& source : m_sources) {
      if (index < source->size()) return source->read(index);
      index -= source->size();
    }
    throw ContractViolation("joined samples: no such sample");
  }

protected:
  [[nodiscard]] virtual const char* between() const { return " and "; }
  [[nodiscard]] const std::vector<std::unique_ptr<SampleSource>>& sources() const { return m_sources; }

private:
  std::vector<std::unique_ptr<SampleSource>> m_sources;
};

class SourcesInTurn final : public JoinedSource {
public:
  using JoinedSource::JoinedSource;
  const SampleSource& during(int epoch, int epochs) const override {
    require(epoch >= 0 && epoch < epochs, "joined samples: no such epoch");
    const std::size_t count = sources().size();
    const auto turn = static_cast<std::size_t>(epoch) * count / static_cast<std::size_t>(epochs);
    return *sources()[std::min(turn, count - 1)];
  }

private:
  [[nodiscard]] const char* between() const override { return ", then "; }
};

}  // namespace

std::vector<std::string> SampleSource::classNames() const {
  if (classes() == kCityscapesTrainClasses) return cityscapesNames();
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(classes()));
  for (int i = 0; i < classes(); ++i) names.push_back("class " + std::to_string(i));
  return names;
}

std::unique_ptr<SampleSource> openMixed(std::vector<std::unique_ptr<SampleSource>> sources) {
  if (sources.size() == 1) return std::move(sources.front());
  return std::make_unique<JoinedSource>(std::move(sources));
}

std::unique_ptr<SampleSource> openInTurn(std::vector<std::unique_ptr<SampleSource>> sources) {
  if (sources.size() == 1) return std::move(sources.front());
  return std::make_unique<SourcesInTurn>(std::move(sources));
}

}  // namespace oodscope

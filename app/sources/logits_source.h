// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/sources/score_source.h"

#include <deque>
#include <memory>
#include <mutex>

namespace oodscope {

/// A source whose scores are made of a network's outputs by methods, or come as finished maps where it has none: what
/// such sources have in common, whoever made the outputs.
class LogitsSource : public ScoreSource {
public:
  [[nodiscard]] std::string name() const override { return m_label; }
  [[nodiscard]] ChannelChoice channels() const override { return m_channels; }
  [[nodiscard]] std::vector<Configuration> configurations(const std::vector<Method>& methods,
                                                          const std::vector<float>& temperatures) const override;
  [[nodiscard]] ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const override;
  [[nodiscard]] std::shared_ptr<const ClassMap> classesAt(std::size_t frame, const Configuration& configuration,
                                                          Size target) const override;

protected:
  LogitsSource(std::string label, ChannelChoice channels)
      : m_label(std::move(label)), m_channels(std::move(channels)) {}
  /// Throws Error where the source lacks what the method needs.
  virtual void requirePossible(Method method) const = 0;
  /// The frame's finished scores at `target`. Asked for where frameOutputs() is empty.
  [[nodiscard]] virtual ScoreMap finishedMap(std::size_t frame, Size target) const;
  /// The map after the configuration's filters. Throws Error where a frame has no classes for them.
  [[nodiscard]] ScoreMap filteredMap(std::size_t frame, const Configuration& configuration, ScoreMap plain) const;

private:
  /// Predicted classes of a frame at a size: of the outputs, brought to it, else those that came with the maps.
  struct KnownClasses {
    std::size_t frame = 0;
    std::shared_ptr<const ClassMap> map;
  };
  [[nodiscard]] ClassMap madeClasses(std::size_t frame, const Configuration& configuration, Size target) const;

  std::string m_label;
  ChannelChoice m_channels;
  mutable std::mutex m_classMutex;
  mutable std::deque<KnownClasses> m_classes;  ///< made last: while a temperature moves they stay what they are
};

}  // namespace oodscope

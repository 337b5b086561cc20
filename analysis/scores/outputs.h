// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/core/output.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace oodscope {

struct PassKind;
struct FurtherPass;

/// What the network gave, planar C x H x W, not owned: float16 bits (IEEE 754 binary16) or float32. Exactly one is set.
struct LogitsView {
  const std::uint16_t* half = nullptr;
  const float* single = nullptr;
  int channels = 0;
  int height = 0;
  int width = 0;
  [[nodiscard]] Size size() const { return {width, height}; }
};

/// The output of a name as files, folders and sidecars call it (outputName).
[[nodiscard]] std::optional<Output> outputNamed(std::string_view name);

/// The arrays of one frame, each with a size and a storage of its own, not owned. Absent ones have no channels. Class
/// logits lie as Q channels of 1 x (K + 1).
class OutputsView {
public:
  OutputsView() = default;
  OutputsView(const LogitsView& logits);  // what has logits alone needs no more words

  [[nodiscard]] const LogitsView& operator[](Output output) const { return m_arrays[indexOf(output)]; }
  [[nodiscard]] LogitsView& operator[](Output output) { return m_arrays[indexOf(output)]; }
  [[nodiscard]] bool has(Output output) const { return (*this)[output].channels > 0; }
  [[nodiscard]] bool hasQueries() const { return has(Output::ClassLogits) && has(Output::MaskLogits); }
  /// Whether something in it tells classes apart.
  [[nodiscard]] bool hasClasses() const { return has(Output::Logits) || has(Output::Membership) || hasQueries(); }
  /// The frame's own resolution: that of the logits, else of mask logits, memberships, outlier logits, features.
  [[nodiscard]] Size size() const;

  int knownClasses = 0;  ///< K of the class logits; 0: all columns but the last
  /// What the network gave of the same frame when it was run otherwise, run by run: arrays of the same shapes.
  std::vector<FurtherPass> further;

private:
  std::array<LogitsView, kOutputCount> m_arrays{};
};

/// One run of a further pass.
struct FurtherPass {
  const PassKind* kind = nullptr;
  OutputsView outputs = {};
};

inline OutputsView::OutputsView(const LogitsView& logits) : m_arrays{logits} {}

}  // namespace oodscope

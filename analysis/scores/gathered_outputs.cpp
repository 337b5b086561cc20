// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/gathered_outputs.h"

#include "analysis/core/half.h"

#include <oneapi/tbb/parallel_for.h>

#include <algorithm>

namespace oodscope {
namespace {

bool isGathered(Output output) { return output != Output::ClassLogits && output != Output::Features; }

}  // namespace

GatheredOutputs::GatheredOutputs(const OutputsView& like, const std::vector<std::size_t>& pixels,
                                 const std::array<bool, kOutputCount>& areHalf)
    : m_knownClasses(like.knownClasses) {
  std::size_t all = 0;
  for (const std::size_t count : pixels) {
    m_first.push_back(all);
    all += count;
  }
  require(all > 0, "GatheredOutputs: no pixels");
  if (like.hasQueries()) {
    m_queries = like[Output::ClassLogits].channels;
    m_columns = like[Output::ClassLogits].width;
    for (std::size_t f = 0; f < pixels.size(); ++f) m_parts.push_back({.first = m_first[f], .pixels = pixels[f]});
  } else {
    m_parts.push_back({.first = 0, .pixels = all});
  }
  for (Part& part : m_parts)
    for (const Output output : kAllOutputs)
      if (like.has(output) && isGathered(output))
        part.arrays[indexOf(output)].emplace(
            like[output].channels, part.pixels,
            areHalf[indexOf(output)] ? GatheredLogits::Storage::Half : GatheredLogits::Storage::Single);
  for (const FurtherPass& pass : like.further) {
    m_passes.push_back(pass.kind);
    m_further.emplace_back(pass.outputs, pixels, areHalf);
  }
}

void GatheredOutputs::fill(std::size_t frame, const OutputsView& outputs, Size target,
                           std::span<const std::uint32_t> pixels) {
  require(outputs.further.size() == m_further.size(), "GatheredOutputs: another number of passes");
  for (std::size_t run = 0; run < m_further.size(); ++run)
    m_further[run].fill(frame, outputs.further[run].outputs, target, pixels);
  const bool hasOwnPart = m_queries > 0;
  Part& part = m_parts[hasOwnPart ? frame : 0];
  for (const Output output : kAllOutputs) {
    auto& array = part.arrays[indexOf(output)];
    if (array) array->fill(hasOwnPart ? 0 : m_first[frame], outputs[output], target, pixels);
  }
  if (!hasOwnPart) return;
  const LogitsView& classes = outputs[Output::ClassLogits];
  require(classes.channels == m_queries && classes.width == m_columns, "GatheredOutputs: another number of queries");
  part.classLogits.resize(static_cast<std::size_t>(m_queries) * static_cast<std::size_t>(m_columns));
  for (std::size_t i = 0; i < part.classLogits.size(); ++i)
    part.classLogits[i] = classes.half != nullptr ? floatFromHalf(classes.half[i]) : classes.single[i];
}

OutputsView GatheredOutputs::view() const {
  const auto found = std::ranges::find_if(m_parts, [](const Part& part) { return part.pixels > 0; });
  return viewOf(static_cast<std::size_t>(found - m_parts.begin()));
}

OutputsView GatheredOutputs::viewOf(std::size_t part) const {
  OutputsView out = viewOf(m_parts[part]);
  for (std::size_t run = 0; run < m_further.size(); ++run)
    out.further.push_back({m_passes[run], m_further[run].viewOf(part)});
  return out;
}

OutputsView GatheredOutputs::viewOf(const Part& part) const {
  OutputsView out;
  out.knownClasses = m_knownClasses;
  for (const Output output : kAllOutputs)
    if (const auto& array = part.arrays[indexOf(output)]) out[output] = array->view();
  if (m_queries > 0)
    out[Output::ClassLogits] = {
        .single = part.classLogits.data(), .channels = m_queries, .height = 1, .width = m_columns};
  return out;
}

void GatheredOutputs::score(const ScoreParameters& parameters, std::span<float> out) const {
  oneapi::tbb::parallel_for(std::size_t{0}, m_parts.size(), [&](std::size_t i) {
    const Part& part = m_parts[i];
    if (part.pixels > 0) oodscope::score(viewOf(i), parameters, out.subspan(part.first, part.pixels));
  });
}

std::size_t GatheredOutputs::bytes() const {
  std::size_t out = 0;
  for (const Part& part : m_parts) {
    out += part.classLogits.size() * sizeof(float);
    for (const auto& array : part.arrays)
      if (array) out += array->bytes();
  }
  for (const GatheredOutputs& run : m_further) out += run.bytes();
  return out;
}

}  // namespace oodscope

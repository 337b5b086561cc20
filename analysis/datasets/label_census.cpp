// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/label_census.h"

#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/raw_label.h"

#include <tbb/parallel_for.h>
#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

/// Of how many pixels and labels something is.
struct Count {
  std::uint64_t pixels = 0;
  std::size_t labels = 0;
  void add(std::uint64_t more) {
    pixels += more;
    ++labels;
  }
};

/// What all labels together say under an encoding.
struct Totals {
  std::map<int, Count> unlisted;
  Count minusOne, rounded;
  std::size_t lossy = 0, refused = 0, inverted = 0, allVoid = 0, withAnomaly = 0;
};

std::uint8_t meaningOf(int value, const LabelEncoding& encoding) {
  const auto listed = encoding.meaning.find(value);
  if (listed != encoding.meaning.end()) return listed->second;
  return value == kMinusOne ? kVoid : encoding.otherwise;
}

/// What a label's values say under an encoding.
struct Said {
  bool isVoid = true, hasAnomaly = false;
};

/// Counts the values that the encoding does not list too.
Said readValues(const LabelFacts& label, const LabelEncoding& encoding, Totals& totals) {
  Said said;
  for (const auto& [value, pixels] : label.pixels) {
    const auto means = meaningOf(value, encoding);
    said.isVoid = said.isVoid && means == kVoid;
    said.hasAnomaly = said.hasAnomaly || means == kAnomaly;
    if (encoding.meaning.contains(value)) continue;
    if (value == kMinusOne) {
      totals.minusOne.add(pixels);
    } else if (label.roundedPixels == 0) {
      totals.unlisted[value].add(pixels);
    }
  }
  return said;
}

Totals totalsOf(const std::map<std::filesystem::path, LabelFacts>& facts, const LabelEncoding& encoding) {
  Totals out;
  for (const auto& [file, label] : facts) {
    out.lossy += label.isLossy ? 1U : 0U;
    out.refused += label.isRefused ? 1U : 0U;
    if (label.isRefused) continue;
    const Said said = readValues(label, encoding, out);
    out.allVoid += said.isVoid ? 1U : 0U;
    out.withAnomaly += said.hasAnomaly || label.roundedPixels > 0 ? 1U : 0U;
    out.inverted += label.isPaletteInverted ? 1U : 0U;
    if (label.roundedPixels > 0) out.rounded.add(label.roundedPixels);
  }
  return out;
}

std::string text(const Count& count) { return counted(count.pixels, "pixel") + " of " + counted(count.labels, "mask"); }

std::string listed(const std::map<int, Count>& values) {
  constexpr std::size_t kNamed = 6;
  std::string out;
  std::size_t named = 0;
  for (const auto& [value, count] : values) {
    if (named == kNamed) break;
    out += (named++ == 0 ? "" : ", ") + std::to_string(value) + " (" + text(count) + ")";
  }
  if (values.size() > kNamed) out += " and " + std::to_string(values.size() - kNamed) + " more values";
  return out;
}

/// "in all 30 masks", "in the 6 of 100 masks looked at so far".
std::string scopeOf(std::size_t seen, std::size_t labelled) {
  if (seen >= labelled) return labelled == 1 ? "in the only mask" : "in all " + std::to_string(labelled) + " masks";
  return "in the " + std::to_string(seen) + " of " + std::to_string(labelled) + " masks looked at so far";
}

/// "2 of 30 masks", "2 of the 6 masks looked at so far".
std::string ofMasks(std::size_t count, std::size_t seen, std::size_t labelled) {
  if (seen >= labelled) return std::to_string(count) + " of " + counted(labelled, "mask");
  return std::to_string(count) + " of the " + counted(seen, "mask") + " looked at so far";
}

}  // namespace

void LabelCensus::add(const std::filesystem::path& label, LabelFacts facts) {
  const std::scoped_lock lock(m_mutex);
  m_facts.insert_or_assign(label, std::move(facts));
}

std::map<std::filesystem::path, LabelFacts> LabelCensus::facts() const {
  const std::scoped_lock lock(m_mutex);
  return m_facts;
}

std::vector<std::string> labelFindings(const DataSet& set, const LabelCensus& census) {
  const auto facts = census.facts();
  if (facts.empty()) return {};
  const auto labelled = static_cast<std::size_t>(
      std::count_if(set.frames.begin(), set.frames.end(), [](const Frame& frame) { return frame.label.has_value(); }));
  const auto totals = totalsOf(facts, set.encoding);
  const auto scope = scopeOf(facts.size(), labelled);
  std::vector<std::string> out;
  if (!totals.unlisted.empty() && !set.encoding.isOtherwiseMeant &&
      (set.encoding.strict || set.encoding.otherwise == kVoid)) {
    const bool isOne = totals.unlisted.size() == 1;
    out.push_back(std::string(isOne ? "mask value " : "mask values ") + listed(totals.unlisted) + " " + scope +
                  (isOne ? " means" : " mean") + " nothing in \"" + set.encoding.description +
                  "\": " + (set.encoding.strict ? "those frames are refused" : "read as void") +
                  "; --images, --masks and --values say what values mean");
  }
  if (totals.minusOne.labels > 0)
    out.push_back("mask value 65535 or -1 (" + text(totals.minusOne) + ") " + scope + " is read as void");
  if (totals.lossy > 0) {
    std::string effect;
    if (totals.rounded.labels > 0) effect += ": " + text(totals.rounded) + " take the meaning of the nearest value";
    if (totals.refused > 0) effect += ": " + counted(totals.refused, "frame") + " refused";
    out.push_back(ofMasks(totals.lossy, facts.size(), labelled) +
                  (totals.lossy == 1 ? " is JPEG or lossy WebP" : " are JPEG or lossy WebP") +
                  ", which changes values" + effect + "; save masks as PNG");
  }
  if (totals.inverted > 0) {
    out.push_back(ofMasks(totals.inverted, facts.size(), labelled) + (totals.inverted == 1 ? " has" : " have") +
                  " a palette whose index 0 is white and 1 black: read by index, not by colour");
  }
  if (totals.allVoid > 0) {
    out.push_back("every pixel is void in " + ofMasks(totals.allVoid, facts.size(), labelled) +
                  ": nothing is known there, which is not \"no anomaly\"");
  }
  if (totals.withAnomaly == 0 && facts.size() >= labelled && totals.allVoid < facts.size() && totals.unlisted.empty() &&
      totals.refused == 0)
    out.push_back("no mask holds an anomaly (" + set.encoding.description + ")");
  return out;
}

void countLabels(const DataSet& set, std::span<const std::size_t> frames, LabelCensus& census) {
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    const auto& frame = set.frames[frames[i]];
    if (!frame.label) return;
    try {
      auto raw = readRawLabel(*frame.label, set.encoding);
      if (raw.facts.isLossy) {
        try {
          static_cast<void>(meaningsFor(raw, set.encoding, *frame.label));
        } catch (const Error&) {
          raw.facts.isRefused = true;
        }
      }
      census.add(*frame.label, std::move(raw.facts));
    } catch (const Error&) {
      return;  // told when the frame is read
    }
  });
}

}  // namespace oodscope

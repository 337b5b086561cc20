// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/name_forms.h"

#include "analysis/datasets/name_forms_table.h"
#include "analysis/datasets/natural_order.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <unordered_map>

namespace oodscope {
namespace {

using CodePoints = std::vector<std::uint32_t>;

// Hangul syllables are composed by rule. Source: The Unicode Standard, 3.12.
constexpr std::uint32_t kSyllables = 0xAC00, kLeading = 0x1100, kVowels = 0x1161, kTrailing = 0x11A7;
constexpr std::uint32_t kLeadingCount = 19, kVowelCount = 21, kTrailingCount = 28;
constexpr std::uint32_t kSyllableCount = kLeadingCount * kVowelCount * kTrailingCount;

std::optional<CodePoints> decoded(std::string_view text) {
  CodePoints out;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return std::nullopt;
    std::uint32_t code = length == 1 ? first : first & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next >> 6 != 2) return std::nullopt;
      code = code << 6 | (next & 0x3FU);
    }
    out.push_back(code);
    i += length;
  }
  return out;
}

void append(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80U | (code >> shift & 0x3FU)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::uint32_t orderOf(std::uint32_t code) {
  const auto after = std::upper_bound(kCombiningClasses.begin(), kCombiningClasses.end(), code,
                                      [](std::uint32_t value, const CombiningClass& run) { return value < run.first; });
  if (after == kCombiningClasses.begin()) return 0;
  const auto& run = *std::prev(after);
  return code <= run.last ? run.order : 0;
}

void decompose(std::uint32_t code, CodePoints& out) {
  static const auto kParts = [] {
    std::unordered_map<std::uint32_t, const Composition*> parts;
    for (const auto& pair : kCompositions) parts.emplace(pair.composed, &pair);
    return parts;
  }();
  if (code >= kSyllables && code < kSyllables + kSyllableCount) {
    const auto index = code - kSyllables;
    out.push_back(kLeading + index / (kVowelCount * kTrailingCount));
    out.push_back(kVowels + index / kTrailingCount % kVowelCount);
    if (index % kTrailingCount != 0) out.push_back(kTrailing + index % kTrailingCount);
    return;
  }
  const auto found = kParts.find(code);
  if (found == kParts.end()) return out.push_back(code);
  decompose(found->second->base, out);
  out.push_back(found->second->mark);
}

std::optional<std::uint32_t> composition(std::uint32_t base, std::uint32_t mark) {
  if (base >= kLeading && base < kLeading + kLeadingCount && mark >= kVowels && mark < kVowels + kVowelCount) {
    return kSyllables + ((base - kLeading) * kVowelCount + (mark - kVowels)) * kTrailingCount;
  }
  const bool isOpenSyllable =
      base >= kSyllables && base < kSyllables + kSyllableCount && (base - kSyllables) % kTrailingCount == 0;
  if (isOpenSyllable && mark > kTrailing && mark < kTrailing + kTrailingCount) return base + (mark - kTrailing);
  const auto found = std::lower_bound(kCompositions.begin(), kCompositions.end(), std::pair(base, mark),
                                      [](const Composition& pair, const std::pair<std::uint32_t, std::uint32_t>& want) {
                                        return std::pair(pair.base, pair.mark) < want;
                                      });
  if (found == kCompositions.end() || found->base != base || found->mark != mark) return std::nullopt;
  return found->composed;
}

/// Marks between two starters in ascending order of their class.
void orderMarks(CodePoints& codes) {
  for (auto first = codes.begin(); first != codes.end();) {
    if (orderOf(*first) == 0) {
      ++first;
      continue;
    }
    const auto last = std::find_if(first, codes.end(), [](std::uint32_t code) { return orderOf(code) == 0; });
    std::stable_sort(first, last, [](std::uint32_t a, std::uint32_t b) { return orderOf(a) < orderOf(b); });
    first = last;
  }
}

CodePoints composed(const CodePoints& codes) {
  CodePoints out;
  std::optional<std::size_t> starter;
  std::uint32_t lastOrder = 0;
  for (const auto code : codes) {
    const auto order = orderOf(code);
    const bool isNext = starter && *starter + 1 == out.size();
    if (starter && (isNext || (lastOrder != 0 && lastOrder < order))) {
      if (const auto whole = composition(out[*starter], code)) {
        out[*starter] = *whole;
        continue;
      }
    }
    if (order == 0) starter = out.size();
    lastOrder = order;
    out.push_back(code);
  }
  return out;
}

/// Longest first, so that "_gtFine_labelIds" goes before "_labelIds" does.
constexpr std::array<std::string_view, 19> kMaskSuffixes = {"_gtfine_labeltrainids",
                                                            "_gtcoarse_labelids",
                                                            "_gtfine_labelids",
                                                            "_labels_semantic",
                                                            "_segmentation",
                                                            "_groundtruth",
                                                            "_ground_truth",
                                                            "_annotation",
                                                            "_labelids",
                                                            "_semantic",
                                                            "_labels",
                                                            "_target",
                                                            "_label",
                                                            "_masks",
                                                            "_mask",
                                                            "_anno",
                                                            "_seg",
                                                            "_gt",
                                                            "_l"};
constexpr std::array<std::string_view, 12> kMaskPrefixes = {"ground_truth_", "groundtruth_", "annotation_", "labels_",
                                                            "target_",       "label_",       "masks_",      "anno_",
                                                            "mask_",         "lbl_",         "seg_",        "gt_"};
constexpr std::array<std::string_view, 8> kImageSuffixes = {"_leftimg8bit", "_original", "_colour", "_color",
                                                            "_image",       "_rgb",      "_img",    "_im"};
constexpr std::array<std::string_view, 8> kImagePrefixes = {"original_", "colour_", "image_", "color_",
                                                            "frame_",    "img_",    "rgb_",   "im_"};

/// '-', '.' and ' ' part an affix as '_' does.
std::string comparable(std::string_view name) {
  auto out = lowered(name);
  for (char& c : out) {
    if (c == '-' || c == '.' || c == ' ') c = '_';
  }
  return out;
}

std::string withoutAffix(std::string_view name, std::span<const std::string_view> prefixes,
                         std::span<const std::string_view> suffixes) {
  const auto text = comparable(name);
  for (const auto suffix : suffixes) {
    if (text.size() > suffix.size() && text.ends_with(suffix)) {
      name.remove_suffix(suffix.size());
      return std::string(name);
    }
  }
  for (const auto prefix : prefixes) {
    if (text.size() > prefix.size() && text.starts_with(prefix)) {
      name.remove_prefix(prefix.size());
      return std::string(name);
    }
  }
  return std::string(name);
}

}  // namespace

std::string composedName(std::string_view name) {
  if (std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    return std::string(name);
  }
  const auto codes = decoded(name);
  if (!codes) return std::string(name);
  CodePoints parts;
  for (const auto code : *codes) decompose(code, parts);
  orderMarks(parts);
  std::string out;
  for (const auto code : composed(parts)) append(out, code);
  return out;
}

std::string composedStem(const std::filesystem::path& file) { return composedName(file.stem().string()); }

std::string withoutImageAffix(std::string_view name) { return withoutAffix(name, kImagePrefixes, kImageSuffixes); }
std::string withoutMaskAffix(std::string_view name) { return withoutAffix(name, kMaskPrefixes, kMaskSuffixes); }

CommonAffixes commonAffixes(const std::vector<std::string>& names) {
  if (names.size() < 2) return {};
  std::string prefix = names.front();
  std::string suffix = names.front();
  for (const auto& name : names) {
    const auto differs = std::mismatch(prefix.begin(), prefix.end(), name.begin(), name.end());
    prefix.erase(differs.first, prefix.end());
    const auto differsBack = std::mismatch(suffix.rbegin(), suffix.rend(), name.rbegin(), name.rend());
    suffix.erase(suffix.begin(), differsBack.first.base());
  }
  // A digit that all numbers share ("1" of 10, 11, 12) belongs to the number.
  while (!prefix.empty() && isDigit(prefix.back())) prefix.pop_back();
  while (!suffix.empty() && isDigit(suffix.front())) suffix.erase(0, 1);
  return {prefix, suffix};
}

}  // namespace oodscope

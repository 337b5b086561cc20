// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/score_names.h"

#include "analysis/datasets/layout_kinds.h"
#include "analysis/datasets/name_forms.h"
#include "analysis/datasets/natural_order.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShared = static_cast<std::size_t>(-1);

/// What stands before or after a frame's name, parted by '_', '-' or '.'; longer ones first.
constexpr std::array<std::string_view, 44> kAffixes = {"anomaly_scores",
                                                       "anomaly_score",
                                                       "anomaly_map",
                                                       "anomaly",
                                                       "pred_id_labels",
                                                       "segmentation",
                                                       "uncertainty",
                                                       "confidence",
                                                       "max_logits",
                                                       "max_logit",
                                                       "max-logit",
                                                       "maxlogit",
                                                       "maxlogits",
                                                       "prediction",
                                                       "predictions",
                                                       "predicted",
                                                       "softmax",
                                                       "heatmap",
                                                       "entropy",
                                                       "outlier",
                                                       "logits",
                                                       "logit",
                                                       "scores",
                                                       "score",
                                                       "values",
                                                       "value",
                                                       "output",
                                                       "energy",
                                                       "result",
                                                       "probs",
                                                       "prob",
                                                       "pred",
                                                       "conf",
                                                       "maps",
                                                       "map",
                                                       "msp",
                                                       "ood",
                                                       "out",
                                                       "unc",
                                                       "raw",
                                                       "gt",
                                                       "l",
                                                       "npy",
                                                       "float"};

/// Case and Unicode form do not matter.
std::string folded(const std::string& name) { return lowered(composedName(name)); }

bool isSeparator(char c) { return c == '_' || c == '-' || c == '.' || c == ' '; }

/// The name without one affix, or nothing where it has none.
std::optional<std::string> withoutAffix(const std::string& name) {
  const std::string low = lowered(name);
  for (const auto affix : kAffixes) {
    if (low.size() < affix.size() + 2) continue;
    const std::size_t rest = low.size() - affix.size();
    if (low.ends_with(affix) && isSeparator(low[rest - 1])) return name.substr(0, rest - 1);
    if (low.starts_with(affix) && isSeparator(low[affix.size()])) return name.substr(affix.size() + 1);
  }
  return std::nullopt;
}

std::optional<std::string> asNumber(const std::string& text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const auto first = text.find_first_not_of('0');
  return first == std::string::npos ? "0" : text.substr(first);
}

void put(std::unordered_map<std::string, std::size_t>& names, const std::string& name, std::size_t frame) {
  const auto [place, isNew] = names.emplace(name, frame);
  if (!isNew && place->second != frame) place->second = kShared;
}

std::optional<std::size_t> lookUp(const std::unordered_map<std::string, std::size_t>& names, const std::string& name) {
  const auto found = names.find(name);
  return found == names.end() || found->second == kShared ? std::nullopt : std::optional(found->second);
}

/// Numbers of names that differ in their last number alone, ascending.
std::optional<std::vector<std::uint64_t>> sequence(const std::vector<std::string>& names) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::size_t kMostDigits = 18;
  std::set<std::string> frames;  // the text around the number
  std::vector<std::uint64_t> out;
  for (const auto& name : names) {
    const auto last = name.find_last_of(kDigits);
    if (last == std::string::npos) return std::nullopt;
    const auto before = name.find_last_not_of(kDigits, last);
    const auto first = before == std::string::npos ? 0 : before + 1;
    if (last + 1 - first > kMostDigits) return std::nullopt;
    frames.insert(name.substr(0, first) + '#' + name.substr(last + 1));
    std::from_chars(name.data() + first, name.data() + last + 1, out.emplace_back());
  }
  if (frames.size() != 1) return std::nullopt;
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

std::vector<std::string> strippedNames(const std::string& stem) {
  std::vector<std::string> out = {stem};
  while (const auto shorter = withoutAffix(out.back())) out.push_back(*shorter);
  return out;
}

FrameNames::FrameNames(const DataSet& set) {
  const auto otherName = set.layout.kind().scoreName;
  for (std::size_t i = 0; i < set.frames.size(); ++i) {
    const auto& frame = set.frames[i];
    add(frame.name, i);
    add(fs::path(frame.name).filename().string(), i);
    add(frame.image.stem().string(), i);
    if (const auto name = otherName != nullptr ? otherName(frame) : std::nullopt) add(*name, i);
    if (const auto number = asNumber(frame.name)) put(m_byNumber, *number, i);
  }
}

void FrameNames::add(const std::string& name, std::size_t frame) {
  put(m_byName, name, frame);
  put(m_byFoldedName, folded(name), frame);
}

std::optional<FoundFrame> FrameNames::find(const fs::path& below) const {
  const auto names = strippedNames(below.stem().string());
  const auto paths = [&](const std::string& name) {
    return std::array{(below.parent_path() / name).generic_string(),
                      (below.parent_path().filename() / name).generic_string(), name};
  };
  for (const auto& name : names) {
    for (const auto& path : paths(name))
      if (const auto frame = lookUp(m_byName, path)) return FoundFrame{*frame, false};
  }
  for (const auto& name : names) {
    for (const auto& path : paths(name))
      if (const auto frame = lookUp(m_byFoldedName, folded(path))) return FoundFrame{*frame, true};
  }
  for (const auto& name : names) {
    const auto number = asNumber(name);
    if (const auto frame = number ? lookUp(m_byNumber, *number) : std::nullopt) return FoundFrame{*frame, false};
  }
  return std::nullopt;
}

std::optional<NumberShift> numberShift(const std::vector<std::string>& fileNames,
                                       const std::vector<std::string>& frameNames) {
  if (fileNames.empty() || frameNames.empty()) return std::nullopt;
  const auto files = sequence(fileNames), frames = sequence(frameNames);
  if (!files || !frames || *files == *frames) return std::nullopt;
  const bool startsBeside = files->front() == 0 && frames->front() == 1;  // whatever is missing at the end
  bool isShifted = files->size() == frames->size() && files->front() != frames->front();
  for (std::size_t i = 1; isShifted && i < files->size(); ++i)
    isShifted = (*files)[i] - (*files)[i - 1] == (*frames)[i] - (*frames)[i - 1];
  // A loader's own count, 0 or 1 to N, where the frames have other numbers.
  const bool isCount =
      files->size() == frames->size() && files->front() <= 1 && files->back() - files->front() + 1 == files->size();
  const bool isList = files->size() > 1;  // one number beside one other tells nothing
  if (!startsBeside && !(isList && (isShifted || isCount))) return std::nullopt;
  const auto text = [](std::uint64_t number) { return std::to_string(number); };
  return NumberShift{text(files->front()), text(files->back()), text(frames->front()), text(frames->back())};
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/reproduction_plan.h"

#include "analysis/core/failure_text.h"
#include "analysis/datasets/folder_listing.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr int kDeepestFolder = 3;
constexpr std::array<std::string_view, 5> kWeightsEndings = {".pth", ".pt", ".bin", ".ckpt", ".tar"};
/// Between and around the words of a path.
constexpr char kBetween = '_';

bool isWordCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
char lowered(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

/// Letters and digits in lower case.
std::string plainName(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (isWordCharacter(c)) out += lowered(c);
  return out;
}

/// "_runs_erfnet_logit_norm_ce_model_best_pth_": a word or several are found whole.
std::string wordsOf(std::string_view path) {
  std::string out(1, kBetween);
  for (const char c : path) {
    if (isWordCharacter(c))
      out += lowered(c);
    else if (out.back() != kBetween)
      out += kBetween;
  }
  return out.back() == kBetween ? out : out + kBetween;
}

bool hasAnyOf(const std::string& words, const std::vector<std::string>& wanted) {
  return std::ranges::any_of(
      wanted, [&](const std::string& word) { return words.find(kBetween + word + kBetween) != std::string::npos; });
}

template <class T, class Text>
std::string listed(const std::vector<T>& items, const char* last, const Text& text) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out.append(i == 0 ? "" : i + 1 == items.size() ? last : ", ").append(text(items[i]));
  return out;
}
std::string listed(const std::vector<std::string>& items, const char* last) {
  return listed(items, last, [](const std::string& item) { return item; });
}

bool isMeant(const WantedSet& wanted, const std::string& folder, const std::optional<Layout>& layout) {
  return std::ranges::find(wanted.names, plainName(folder)) != wanted.names.end() ||
         (layout && std::ranges::find(wanted.layouts, *layout) != wanted.layouts.end());
}

/// The files below `folder` whose names end as weights' do, in natural order, those of a folder before its own
/// folders'.
void listWeights(const fs::path& folder, int depth, std::vector<fs::path>& out) {
  for (const fs::path& file : filesIn(folder))
    if (std::ranges::any_of(kWeightsEndings, [&](std::string_view ending) { return endsWith(file, ending); }))
      out.push_back(file);
  if (depth == kDeepestFolder) return;
  for (const fs::path& below : foldersIn(folder)) listWeights(below, depth + 1, out);
}

bool hasVoidClass(const WantedNetwork& wanted, const WeightsSummary& summary, const std::string& words) {
  if (summary.voidChannel < 0) return false;
  return wanted.voidClass == WantedNetwork::VoidClass::Counted || !summary.isVoidAssumed ||
         hasAnyOf(words, voidClassWords());
}

bool isMeant(const WantedNetwork& wanted, const FoundWeights& found) {
  const WeightsSummary& summary = found.summary;
  const auto isAmong = [](const auto& list, const auto& value) { return std::ranges::find(list, value) != list.end(); };
  const std::string words = wordsOf(found.name);
  return isAmong(wanted.architectures, summary.architecture) && isAmong(wanted.classes, summary.classes) &&
         summary.head == wanted.head &&
         hasVoidClass(wanted, summary, words) == (wanted.voidClass != WantedNetwork::VoidClass::None) &&
         std::ranges::all_of(wanted.words, [&](const auto& group) { return hasAnyOf(words, group); }) &&
         !hasAnyOf(words, wanted.foreignWords);
}

/// What was looked for, in words.
std::string descriptionOf(const WantedNetwork& wanted) {
  std::string out = listed(wanted.architectures, " or ") + " of " +
                    listed(wanted.classes, " or ", [](int count) { return std::to_string(count); }) + " classes";
  if (wanted.voidClass == WantedNetwork::VoidClass::Named)
    out +=
        ", void among them by its sidecar's void_channel or by a word of its path: " + listed(voidClassWords(), " or ");
  if (wanted.voidClass == WantedNetwork::VoidClass::Counted) out += ", void among them";
  if (!wanted.head.empty()) out += ", with the head " + wanted.head;
  for (const auto& group : wanted.words) out += ", with " + listed(group, " or ") + " in its path";
  if (!wanted.foreignWords.empty()) out += ", without " + listed(wanted.foreignWords, " or ") + " in its path";
  return out;
}

}  // namespace

Found<FoundSet> findSets(const fs::path& folder, std::span<const WantedSet> wanted) {
  Found<FoundSet> out;
  for (const fs::path& path : findDataSets(folder)) {
    const auto layout = recogniseLayout(path);
    const std::string name = folderName(path);
    if (std::ranges::none_of(wanted, [&](const WantedSet& set) { return isMeant(set, name, layout); })) continue;
    try {
      const DataSet set = openDataSet(path);
      const auto labelled =
          std::ranges::count_if(set.frames, [](const Frame& frame) { return frame.label.has_value(); });
      out.items.push_back({path, name, set.layout, static_cast<std::size_t>(labelled)});
    } catch (const std::exception& failure) {
      out.problems.push_back(failureText(failure));
    }
  }
  return out;
}

Found<FoundWeights> findWeights(const fs::path& folder) {
  std::vector<fs::path> files;
  if (isFolder(folder))
    listWeights(folder, 0, files);
  else
    files = {folder};
  Found<FoundWeights> out;
  for (const fs::path& file : files) {
    try {
      const fs::path name = file == folder ? file.filename() : file.lexically_relative(folder);
      out.items.push_back({name.string(), summariseWeights(file)});
    } catch (const std::exception& failure) {
      out.problems.push_back(failureText(failure));
    }
  }
  return out;
}

Choice chooseSet(const WantedSet& wanted, std::span<const FoundSet> found) {
  Choice out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!isMeant(wanted, found[i].name, found[i].layout)) continue;
    const auto isWhole = [&](std::size_t index) { return found[index].labelled == wanted.frames; };
    if (out.index && (isWhole(*out.index) || !isWhole(i))) {
      out.others.push_back(i);
      continue;
    }
    if (out.index) out.others.push_back(*out.index);
    out.index = i;
  }
  if (out.index) return out;
  out.lack = "set not found: looked for a folder named " + listed(wanted.names, " or ") +
             " (case and punctuation apart) or laid out as " +
             listed(wanted.layouts, " or ", [](Layout layout) { return std::string(layout.name()); });
  return out;
}

Choice chooseWeights(const WantedNetwork& wanted, std::span<const FoundWeights> found) {
  Choice out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!isMeant(wanted, found[i])) continue;
    if (out.index)
      out.others.push_back(i);
    else
      out.index = i;
  }
  if (!out.index) out.lack = "no weights found: looked for " + descriptionOf(wanted);
  return out;
}

std::string otherCountText(std::size_t frames, std::size_t wanted) {
  if (frames == wanted) return {};
  return std::to_string(frames) + (frames < wanted ? " of the " : " in place of ") + std::to_string(wanted) + " frames";
}

}  // namespace oodscope

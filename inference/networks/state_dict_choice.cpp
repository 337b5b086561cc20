// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/state_dict_choice.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/backbones.inl.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/known_layouts.inl.h"
#include "inference/networks/weights.inl.h"

#include <torch/types.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace oodscope {
namespace {

/// Closely looked at: each costs a network. A checkpoint of an ensemble has some ten.
constexpr std::size_t kMaxCandidates = 32;
constexpr std::size_t kMaxNamed = 8;

/// Wrappers of modules, which may stand anywhere in a key. Sources: DataParallel and DistributedDataParallel,
/// torch.compile, FullyShardedDataParallel, checkpoint_wrapper.
constexpr std::array kWrappers{std::string_view("module."), std::string_view("_orig_mod."),
                               std::string_view("_fsdp_wrapped_module."),
                               std::string_view("_checkpoint_wrapped_module.")};

/// Key of the architecture and where its tensor lies.
struct Origin {
  std::size_t table = 0;
  std::string key;
};

/// Named tensors from one table or several, each with its origins (two for a pruned weight and its mask).
struct Pool {
  StateDict shapes;
  std::vector<Origin> origins;
  std::vector<std::string> entries;  ///< what they were put together from; one for a single table
};

/// A part of a pool that may be a network's state dict.
struct Candidate {
  const NetworkKind* kind = nullptr;
  std::optional<NetworkShape> shape;
  std::string name;    ///< what `state_dict` in the sidecar calls it
  std::string prefix;  ///< taken off its keys
  std::vector<std::string> entries, outside;
  StateDict shapes;
  std::vector<Origin> origins;
  std::optional<Origin> ranges;  ///< of a quantised network
  KeyComparison keys;
  std::size_t votes = 0;
  [[nodiscard]] std::size_t differences() const {
    return keys.missing.size() + keys.leftOver.size() + keys.misshapen.size();
  }
};

/// The pool with wrappers taken out inside its keys, or nothing where that changes none or makes two alike.
std::optional<Pool> unwrapped(const Pool& pool) {
  Pool out = pool;
  std::unordered_set<std::string> seen;
  bool changed = false;
  for (auto& [key, tensor] : out.shapes) {
    std::string bare = withoutWrappers(key);
    changed = changed || bare != key;
    if (!seen.insert(bare).second) return std::nullopt;
    key = std::move(bare);
  }
  return changed ? std::optional(std::move(out)) : std::nullopt;
}

/// What stands before the signature keys of `kind` among the pool's keys, and before how many of them.
std::map<std::string, std::size_t> prefixesOf(const NetworkKind& kind, const Pool& pool) {
  std::map<std::string, std::size_t> votes;
  for (const auto& [key, tensor] : pool.shapes) {
    for (const std::string& signature : kind.signature) {
      if (!key.ends_with(signature)) continue;
      const std::string prefix = key.substr(0, key.size() - signature.size());
      if (prefix.empty() || prefix.back() == '.') ++votes[prefix];
    }
  }
  return votes;
}

std::string nameOf(const Pool& pool, const std::string& prefix) {
  std::string name = pool.entries.size() == 1 ? pool.entries.front() : "";
  if (prefix.empty()) return name;
  return (name.empty() ? "" : name + "/") + prefix.substr(0, prefix.size() - 1);
}

/// A weight that a file keeps as two tensors.
struct JoinedForm {
  std::string_view value, factor;  ///< endings of their keys behind the weight's
};
constexpr JoinedForm kPruned{"_orig", "_mask"};
/// What this program's quantisation writes.
constexpr JoinedForm kQuantised{"_int8", "_scale"};

/// Pruned weights: "w_orig" and "w_mask" become "w" with the shape of both; quantised ones: "w_int8" and "w_scale".
void joinParts(Candidate& candidate) {
  std::unordered_set<std::string_view> keys;
  for (const auto& [key, tensor] : candidate.shapes) keys.insert(key);
  StateDict shapes;
  std::vector<Origin> origins;
  for (std::size_t i = 0; i < candidate.shapes.size(); ++i) {
    const std::string& key = candidate.shapes[i].first;
    const auto& tensor = candidate.shapes[i].second;
    const auto other = [&](std::string_view end, std::string_view its) {
      return key.ends_with(end) && keys.contains(key.substr(0, key.size() - end.size()) + std::string(its));
    };
    if (other(kPruned.factor, kPruned.value) || other(kQuantised.factor, kQuantised.value)) continue;
    if (key == kQuantisedRanges) {
      candidate.ranges = candidate.origins[i];
      continue;
    }
    std::string joined = key;
    for (const JoinedForm& form : {kPruned, kQuantised})
      if (other(form.value, form.factor)) joined.resize(key.size() - form.value.size());
    shapes.emplace_back(std::move(joined), tensor);
    origins.push_back(candidate.origins[i]);
  }
  candidate.shapes = std::move(shapes);
  candidate.origins = std::move(origins);
}

Candidate candidateOf(const NetworkKind& kind, const Pool& pool, const std::string& prefix, std::size_t votes) {
  Candidate out;
  out.kind = &kind;
  out.name = nameOf(pool, prefix);
  out.prefix = prefix;
  out.entries = pool.entries;
  out.votes = votes;
  for (std::size_t i = 0; i < pool.shapes.size(); ++i) {
    const auto& [key, tensor] = pool.shapes[i];
    if (key.starts_with(prefix)) {
      out.shapes.emplace_back(key.substr(prefix.size()), tensor);
      out.origins.push_back(pool.origins[i]);
    } else {
      out.outside.push_back(key);
    }
  }
  joinParts(out);
  out.shape = shapeOf(kind, out.shapes);
  // Where the shape cannot be told, the published one makes the keys' differences readable.
  out.keys = compareKeys(*makeNetwork(kind, out.shape.value_or(NetworkShape{})), kind, out.shapes);
  return out;
}

void addCandidates(const Pool& given, std::vector<Candidate>& out) {
  for (const NetworkKind& kind : networkKinds()) {
    Pool pool = given;
    renameKeys(kind, pool.shapes);
    for (const auto& [prefix, votes] : prefixesOf(kind, pool)) {
      if (out.size() < kMaxCandidates) out.push_back(candidateOf(kind, pool, prefix, votes));
    }
  }
}

Pool poolOf(const Checkpoint& checkpoint, std::size_t index) {
  const TensorTable& table = checkpoint.tables()[index];
  Pool out{.shapes = table.shapes, .origins = {}, .entries = {table.path}};
  for (const auto& [key, tensor] : table.shapes) out.origins.push_back({index, key});
  return out;
}

std::string parentOf(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// The tables `members` below `parent` in one, their keys as they are or below the tables' names; none where two keys
/// are one.
std::optional<Pool> joined(const Checkpoint& checkpoint, const std::string& parent,
                           const std::vector<std::size_t>& members, bool named) {
  Pool pool;
  std::unordered_set<std::string> seen;
  bool unique = true;
  for (const std::size_t index : members) {
    const TensorTable& table = checkpoint.tables()[index];
    pool.entries.push_back(table.path);
    const std::string name = table.path.substr(parent.empty() ? 0 : parent.size() + 1);
    for (const auto& [key, tensor] : table.shapes) {
      std::string whole = key;
      if (named) whole.insert(0, 1, '.').insert(0, name);
      unique = unique && seen.insert(whole).second;
      pool.shapes.emplace_back(std::move(whole), tensor);
      pool.origins.push_back({index, key});
    }
  }
  return unique ? std::optional(std::move(pool)) : std::nullopt;
}

/// Tables that lie side by side in one entry, put together: their keys as they are, or below the tables' names.
std::vector<Pool> joinedPools(const Checkpoint& checkpoint) {
  std::map<std::string, std::vector<std::size_t>> byParent;
  const auto& tables = checkpoint.tables();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!tables[i].path.empty()) byParent[parentOf(tables[i].path)].push_back(i);
  }
  std::vector<Pool> out;
  for (const auto& [parent, members] : byParent) {
    if (members.size() < 2 || members.size() > kMaxCandidates) continue;
    for (const bool named : {false, true})
      if (auto pool = joined(checkpoint, parent, members, named)) out.push_back(std::move(*pool));
  }
  return out;
}

std::vector<Candidate> candidatesOf(const Checkpoint& checkpoint) {
  std::vector<Candidate> out;
  const auto anyFits = [&](std::size_t from) {
    return std::any_of(out.begin() + static_cast<std::ptrdiff_t>(from), out.end(),
                       [](const Candidate& candidate) { return candidate.keys.fits(); });
  };
  for (std::size_t i = 0; i < checkpoint.tables().size(); ++i) {
    const std::size_t before = out.size();
    const Pool pool = poolOf(checkpoint, i);
    addCandidates(pool, out);
    if (anyFits(before)) continue;
    if (const auto bare = unwrapped(pool)) addCandidates(*bare, out);
  }
  if (anyFits(0)) return out;
  for (const Pool& pool : joinedPools(checkpoint)) {
    std::vector<Candidate> joined;
    addCandidates(pool, joined);
    for (Candidate& each : joined) {
      if (each.keys.fits()) out.push_back(std::move(each));
    }
    if (anyFits(0)) break;
  }
  return out;
}

std::string shownName(const Candidate& candidate) {
  return candidate.name.empty() ? "the file's own dictionary" : candidate.name;
}

std::string listed(const std::vector<const Candidate*>& candidates) {
  std::string out;
  for (std::size_t i = 0; i < std::min(candidates.size(), kMaxNamed); ++i) {
    out += (out.empty() ? "" : ", ") + shownName(*candidates[i]) + " (" + candidates[i]->kind->name + ")";
  }
  return out + (candidates.size() > kMaxNamed ? ", …" : "");
}

/// A copy that is averaged while another is trained, by a word of its name. Sources: timm, torch.optim.swa_utils, MoCo.
bool isAveraged(const Candidate& candidate) {
  std::string word;
  for (const char c : candidate.name + "/") {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      continue;
    }
    if (word == "ema" || word == "swa" || word == "shadow" || word == "momentum" || word.starts_with("averag"))
      return true;
    word.clear();
  }
  return false;
}

const Candidate& chosenOf(const std::vector<const Candidate*>& fitting, std::vector<std::string>& warnings,
                          const std::filesystem::path& file) {
  if (fitting.size() == 1) return *fitting.front();
  std::vector<const Candidate*> trained;
  for (const Candidate* each : fitting) {
    if (!isAveraged(*each)) trained.push_back(each);
  }
  if (trained.size() != 1) {
    throw Error({.what = "The file holds several state dicts that fit",
                 .expected = "one, or the field \"state_dict\" in the sidecar (" + file.stem().string() +
                             ".json) that names one of them",
                 .found = listed(fitting),
                 .file = file});
  }
  warnings.push_back("the file holds " + std::to_string(fitting.size()) + " state dicts: " + listed(fitting) +
                     "; taken is " + shownName(*trained.front()) + ": name another with \"state_dict\" in the sidecar");
  return *trained.front();
}

/// Says of which part of the network nothing is there: an encoder alone is a common file.
std::string absentPart(const Candidate& candidate) {
  std::unordered_set<std::string> given;
  std::map<std::string, std::size_t> missing;
  for (const auto& [key, tensor] : candidate.shapes) given.insert(key.substr(0, key.find('.')));
  for (const std::string& key : candidate.keys.missing) ++missing[key.substr(0, key.find('.'))];
  for (const auto& [part, count] : missing) {
    if (!given.contains(part)) return "; nothing of its " + part + " is there (" + std::to_string(count) + " keys)";
  }
  return {};
}

[[noreturn]] void refuseNearest(const std::vector<Candidate>& candidates, const std::filesystem::path& file) {
  const Candidate& best = *std::min_element(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return a.votes != b.votes ? a.votes > b.votes : a.differences() < b.differences();
  });
  const std::string layout = resembledImplementation(best.shapes);
  const std::size_t wanted = stateDictOf(*makeNetwork(*best.kind, best.shape.value_or(NetworkShape{}))).size();
  throw Error(
      {.what = "The weights do not fit " + best.kind->name + (best.name.empty() ? "" : " (entry " + best.name + ")"),
       .expected = std::to_string(wanted) + " keys of " + best.kind->name,
       .found = best.keys.text() + absentPart(best) + (layout.empty() ? "" : "; the keys are those of " + layout),
       .file = file});
}

[[noreturn]] void refuseUnknown(const Checkpoint& checkpoint, const std::filesystem::path& file) {
  std::string known;
  for (const NetworkKind& each : networkKinds()) known += (known.empty() ? "" : ", ") + each.name;
  const auto& tables = checkpoint.tables();
  const auto largest = std::max_element(tables.begin(), tables.end(),
                                        [](const auto& a, const auto& b) { return a.shapes.size() < b.shapes.size(); });
  const std::string layout = resembledImplementation(largest->shapes);
  const NetworkKind& near = nearestByShapes(largest->shapes);
  KeyComparison keys = compareKeys(*near.make({}), near, largest->shapes);
  keys.leftOver.insert(keys.leftOver.end(), keys.outside.begin(), keys.outside.end());  // nothing is beside a network
  throw Error({.what = "The state dict is of an unknown architecture",
               .expected = known + " (or a TorchScript file of any)",
               .found = std::to_string(largest->shapes.size()) + " keys" +
                        (largest->path.empty() ? "" : " in the entry " + largest->path) +
                        (layout.empty() ? "" : ", those of " + layout) + "; the nearest is " + near.name + ", with " +
                        keys.text(),
               .file = file});
}

/// Throws where the file is a backbone alone, returns else.
void refuseBackbone(const Checkpoint& checkpoint, const std::filesystem::path& file) {
  const auto backbone = backboneIn(checkpoint);
  if (!backbone) return;
  throw Error({.what = "The file holds a backbone without a head: features, but no classes to score by",
               .expected = "a segmentation network; to train one from these weights: oodscope-cli train --backbone " +
                           file.filename().string(),
               .found = backbone->name + ", " + std::to_string(backbone->shapes.size()) + " tensors",
               .file = file});
}

/// Fills tensors and what was quantised, with masks and scales applied; how many were pruned.
std::size_t fillData(const Checkpoint& checkpoint, const Candidate& candidate, ChosenStateDict& out) {
  std::map<std::size_t, std::unordered_map<std::string, at::Tensor>> tables;
  const auto tensor = [&](const Origin& origin) -> const at::Tensor* {
    auto& table = tables[origin.table];
    if (table.empty()) {
      for (auto& [key, value] : checkpoint.tensors(origin.table)) table.emplace(key, value);
    }
    const auto found = table.find(origin.key);
    return found == table.end() ? nullptr : &found->second;
  };
  std::size_t pruned = 0;
  for (std::size_t i = 0; i < candidate.shapes.size(); ++i) {
    const Origin& origin = candidate.origins[i];
    const std::string& key = candidate.shapes[i].first;
    at::Tensor value = *tensor(origin);
    const auto factor = [&](const JoinedForm& form) -> const at::Tensor* {
      if (!origin.key.ends_with(form.value) || key.ends_with(form.value)) return nullptr;
      Origin other = origin;
      other.key.replace(other.key.size() - form.value.size(), form.value.size(), form.factor);
      return tensor(other);
    };
    if (const at::Tensor* mask = factor(kPruned)) {
      value = value * *mask;
      ++pruned;
    }
    if (const at::Tensor* scale = factor(kQuantised)) {
      out.scales.emplace_back(key, *scale);
      value = value.to(at::kFloat) * *scale;
    }
    out.tensors.emplace_back(key, std::move(value));
  }
  if (candidate.ranges) out.ranges = *tensor(*candidate.ranges);
  return pruned;
}

std::string joinedNames(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : " and ") + name;
  return out;
}

}  // namespace

std::string withoutWrappers(std::string key) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view wrapper : kWrappers) {
      const auto at = key.find(wrapper);
      if (at == std::string::npos || (at > 0 && key[at - 1] != '.')) continue;
      key.erase(at, wrapper.size());
      found = true;
    }
  }
  return key;
}

ChosenStateDict chooseStateDict(const Checkpoint& checkpoint, const std::string& wanted,
                                const std::filesystem::path& file) {
  const std::vector<Candidate> candidates = candidatesOf(checkpoint);
  const bool anyFits = std::ranges::any_of(candidates, [](const Candidate& each) { return each.keys.fits(); });
  if (!anyFits) refuseBackbone(checkpoint, file);
  if (candidates.empty()) refuseUnknown(checkpoint, file);
  std::vector<const Candidate*> fitting;
  for (const Candidate& each : candidates) {
    if (each.keys.fits()) fitting.push_back(&each);
  }
  if (fitting.empty()) refuseNearest(candidates, file);
  if (!wanted.empty()) {
    std::vector<const Candidate*> named;
    for (const Candidate* each : fitting) {
      if (each->name == wanted || each->entries.front() == wanted) named.push_back(each);
    }
    if (named.empty()) {
      throw Error({.what = "The file holds no state dict of the name that the sidecar gives",
                   .expected = listed(fitting),
                   .found = "\"state_dict\": \"" + wanted + "\"",
                   .file = file});
    }
    fitting = std::move(named);
  }
  ChosenStateDict out;
  const Candidate& chosen = chosenOf(fitting, out.warnings, file);
  out.kind = chosen.kind;
  out.shape = chosen.shape.value_or(NetworkShape{});
  const std::size_t pruned = fillData(checkpoint, chosen, out);
  if (chosen.entries.size() > 1) {
    out.warnings.push_back("the weights are put together from the entries " + joinedNames(chosen.entries));
  } else if (!chosen.entries.front().empty()) {
    out.notes.push_back("weights taken from the entry " + chosen.entries.front());
  }
  if (!chosen.prefix.empty() && chosen.prefix != kWrappers.front()) {
    out.notes.push_back("the prefix " + chosen.prefix + " was taken off the keys");
  }
  if (!chosen.outside.empty())
    out.notes.push_back("tensors outside the weights are left out: " + keysText(chosen.outside));
  if (!out.shape.form.empty()) out.notes.push_back("the keys are those of " + formText(*out.kind, out.shape.form));
  if (pruned > 0) out.notes.push_back(std::to_string(pruned) + " pruned weights were multiplied by their masks");
  return out;
}

}  // namespace oodscope

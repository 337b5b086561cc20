// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/checkpoints/tensor_tables.inl.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <unordered_set>

namespace oodscope {
namespace {

using PickledValue = pickle::Value;
using Kind = PickledValue::Kind;

/// An optimiser's state has a table for each parameter; large networks have a few thousand.
constexpr std::size_t kMaxTables = 20'000;
constexpr std::size_t kMaxTensors = 100'000;
constexpr std::size_t kMaxListed = 256;
constexpr std::size_t kMaxEntriesNamed = 8;
constexpr std::size_t kLongestName = 60;
/// Weights lie a few entries deep; a pickle that nests further is no checkpoint.
constexpr int kMaxNesting = 16;

struct ElementType {
  const char* storage;
  at::ScalarType type;
};

constexpr std::array kElementTypes{
    ElementType{"torch.FloatStorage", at::kFloat}, ElementType{"torch.DoubleStorage", at::kDouble},
    ElementType{"torch.HalfStorage", at::kHalf},   ElementType{"torch.BFloat16Storage", at::kBFloat16},
    ElementType{"torch.LongStorage", at::kLong},   ElementType{"torch.IntStorage", at::kInt},
    ElementType{"torch.ShortStorage", at::kShort}, ElementType{"torch.CharStorage", at::kChar},
    ElementType{"torch.ByteStorage", at::kByte},   ElementType{"torch.BoolStorage", at::kBool}};

bool isContainer(const PickledValue& value) {
  return value.kind == Kind::Dictionary || value.kind == Kind::Object || value.kind == Kind::Sequence;
}

std::string joined(const std::string& path, const std::string& name) { return path.empty() ? name : path + "/" + name; }

class Search {
public:
  std::vector<FoundTable> found;

  void visit(const PickledValue& value, const std::string& path, int depth) {
    if (depth > kMaxNesting || !m_seen.insert(&value).second || found.size() >= kMaxTables) return;
    if (value.kind == Kind::Sequence) {
      for (std::size_t i = 0; i < std::min(value.items.size(), kMaxListed); ++i) {
        if (isContainer(*value.items[i])) visit(*value.items[i], joined(path, std::to_string(i)), depth + 1);
      }
      return;
    }
    addTable(value, path);
    for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
      const PickledValue& key = *value.items[i];
      if (!isContainer(*value.items[i + 1])) continue;
      if (key.kind == Kind::Text) visit(*value.items[i + 1], joined(path, key.text), depth + 1);
      if (key.kind == Kind::Integer) visit(*value.items[i + 1], joined(path, std::to_string(key.integer)), depth + 1);
    }
  }

private:
  void addTable(const PickledValue& dictionary, const std::string& path) {
    FoundTable out{.table = {.path = path, .shapes = {}}, .tensors = {}};
    for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
      const PickledValue& key = *dictionary.items[i];
      const PickledValue& tensor = *dictionary.items[i + 1];
      if (key.kind != Kind::Text || tensor.kind != Kind::Tensor || m_tensors >= kMaxTensors) continue;
      const auto type = elementType(tensor.items.front()->storageType);
      if (!type) continue;
      out.table.shapes.emplace_back(key.text, at::empty(tensor.sizes, at::TensorOptions(*type).device(at::kMeta)));
      out.tensors.push_back(&tensor);
      ++m_tensors;
    }
    if (!out.tensors.empty()) found.push_back(std::move(out));
  }

  std::unordered_set<const PickledValue*> m_seen;
  std::size_t m_tensors = 0;
};

std::string kindText(const PickledValue& value) {
  switch (value.kind) {
    case Kind::None:
      return "nothing";
    case Kind::Bool:
    case Kind::Integer:
    case Kind::Float:
      return "a number";
    case Kind::Text:
      return "text";
    case Kind::Sequence:
      return "a list of " + std::to_string(value.items.size());
    case Kind::Dictionary:
      return "a dictionary of " + std::to_string(value.items.size() / 2);
    case Kind::Global:
      return "the name " + value.text.substr(0, kLongestName);
    case Kind::Object:
      // numpy spells the same class numpy.core.multiarray._reconstruct or numpy._core.multiarray._reconstruct.
      if (value.text.ends_with("multiarray._reconstruct")) return "a numpy array";
      return "an object of class " + value.text.substr(0, kLongestName);
    case Kind::Storage:
    case Kind::Tensor:
      return "a tensor";
  }
  return "something else";
}

}  // namespace

std::optional<at::ScalarType> elementType(std::string storage) {
  if (const auto at = storage.find("cuda."); at != std::string::npos) storage.erase(at, 5);
  for (const ElementType& known : kElementTypes) {
    if (storage == known.storage) return known.type;
  }
  return std::nullopt;
}

std::vector<FoundTable> findTables(const PickledValue& root) {
  Search search;
  search.visit(root, "", 0);
  return std::move(search.found);
}

std::string contentsText(const PickledValue& root) {
  if (root.kind != Kind::Dictionary) return kindText(root);
  std::string out;
  const std::size_t entries = root.items.size() / 2;
  for (std::size_t i = 0; i < std::min(entries, kMaxEntriesNamed); ++i) {
    const PickledValue& key = *root.items[2 * i];
    if (!out.empty()) out += ", ";
    out += key.kind == Kind::Text ? key.text.substr(0, kLongestName) : std::to_string(key.integer);
    out += " (" + kindText(*root.items[2 * i + 1]) + ")";
  }
  if (entries > kMaxEntriesNamed) out += ", …";
  return out.empty() ? "an empty dictionary" : out;
}

std::optional<std::string> objectIn(const PickledValue& root) {
  if (root.kind == Kind::Object) return root.text;
  if (root.kind != Kind::Dictionary) return std::nullopt;
  for (std::size_t i = 1; i < root.items.size(); i += 2) {
    if (root.items[i]->kind == Kind::Object && root.items[i]->text.find("multiarray.") == std::string::npos) {
      return root.items[i]->text;
    }
  }
  return std::nullopt;
}

}  // namespace oodscope

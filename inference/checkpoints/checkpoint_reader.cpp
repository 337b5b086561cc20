// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/checkpoints/pickle.h"
#include "inference/checkpoints/zip_archive.h"

#include <ATen/ops/as_strided.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <functional>
#include <optional>
#include <unordered_set>

namespace oodscope {
namespace {

using pickle::Value;
using Kind = Value::Kind;

/// The largest published road-scene networks have 1.5 GB.
constexpr std::uint64_t kMaxBytes = std::uint64_t{8} << 30;
constexpr std::size_t kMaxTensors = 100'000;
constexpr int kMaxNesting = 3;

/// What torch.save wrote before version 1.6 begins with: a pickled magic number.
constexpr std::array<std::uint8_t, 15> kLegacyMagic{0x80, 2,    0x8a, 10,   0x6c, 0xfc, 0x9c, 0x46,
                                                    0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};

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

at::ScalarType elementType(std::string storage, const std::filesystem::path& file) {
  if (const auto at = storage.find("cuda."); at != std::string::npos) storage.erase(at, 5);
  for (const ElementType& known : kElementTypes) {
    if (storage == known.storage) return known.type;
  }
  throw Error({.what = "Cannot read the checkpoint",
               .expected = "plain tensors",
               .found = "a storage of type " + storage,
               .file = file});
}

std::vector<std::byte> contentOf(const std::filesystem::path& file) {
  std::error_code problem;
  if (std::filesystem::is_directory(file, problem)) throw Error("This is a folder, not a model file", file);
  const std::uint64_t size = std::filesystem::file_size(file, problem);
  if (problem) throw Error("Cannot open the model file: " + problem.message(), file);
  if (size == 0) throw Error("The model file is empty", file);
  if (size > kMaxBytes) throw Error("The model file is larger than 8 GiB", file);
  std::vector<std::byte> out(size);
  std::ifstream in(file, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(size))) {
    throw Error("Cannot read the model file", file);
  }
  return out;
}

/// Bytes of a storage by its key and expected count of bytes.
using StorageSource = std::function<std::span<const std::byte>(const std::string& key, std::uint64_t bytes)>;

class TensorMaker {
public:
  TensorMaker(StorageSource source, std::filesystem::path file)
      : m_source(std::move(source)), m_file(std::move(file)) {}

  at::Tensor operator()(const Value& tensor) {
    const Value& storage = *tensor.items.front();
    at::Tensor& flat = m_storages[storage.text];
    if (!flat.defined()) {
      const at::ScalarType type = elementType(storage.storageType, m_file);
      const std::uint64_t width = c10::elementSize(type);
      const auto count = static_cast<std::uint64_t>(storage.integer);
      if (count > kMaxBytes / width) throw Error("A tensor claims an absurd size", m_file);
      const auto bytes = m_source(storage.text, count * width);
      flat = at::empty({storage.integer}, at::TensorOptions(type));
      if (count > 0) std::memcpy(flat.data_ptr(), bytes.data(), count * width);
    }
    // Two tensors may share a storage, but not disagree about how long it is.
    if (storage.integer > flat.numel()) throw Error("A tensor lies outside its storage", m_file);
    return at::as_strided(flat, tensor.sizes, tensor.strides, tensor.integer);
  }

private:
  StorageSource m_source;
  std::filesystem::path m_file;
  std::map<std::string, at::Tensor> m_storages;
};

std::size_t tensorsIn(const Value& value) {
  if (value.kind != Kind::Dictionary) return 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
    if (value.items[i]->kind == Kind::Text && value.items[i + 1]->kind == Kind::Tensor) ++count;
  }
  return count;
}

struct Found {
  const Value* dictionary = nullptr;
  std::string path = {};
};

/// The dictionary of tensors: the value itself, or what it wraps under one of the usual names, or its only such entry.
Found stateDictIn(const Value& value, const std::string& path, int depth) {
  if (tensorsIn(value) > 0) return {&value, path};
  if (value.kind != Kind::Dictionary || depth == kMaxNesting) return {};
  static constexpr std::array usual{"state_dict", "model_state_dict", "model_state", "model",  "net",
                                    "network",    "weights",          "params",      "module", "ema"};
  const auto inner = [&](std::size_t i) {
    const std::string name = path.empty() ? value.items[i]->text : path + "/" + value.items[i]->text;
    return stateDictIn(*value.items[i + 1], name, depth + 1);
  };
  for (const char* name : usual) {
    for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
      if (value.items[i]->kind != Kind::Text || value.items[i]->text != name) continue;
      if (Found found = inner(i); found.dictionary != nullptr) return found;
    }
  }
  Found only;
  for (std::size_t i = 0; i + 1 < std::min<std::size_t>(value.items.size(), 200); i += 2) {
    if (Found found = inner(i); found.dictionary != nullptr) {
      if (only.dictionary != nullptr) return {};
      only = found;
    }
  }
  return only;
}

/// The first foreign object at the top or under a usual name: what torch.save(model) leaves behind.
std::optional<std::string> objectIn(const Value& value) {
  if (value.kind == Kind::Object) return value.text;
  if (value.kind != Kind::Dictionary) return std::nullopt;
  for (std::size_t i = 1; i < value.items.size(); i += 2) {
    if (value.items[i]->kind == Kind::Object) return value.items[i]->text;
  }
  return std::nullopt;
}

Checkpoint collect(const Value& root, TensorMaker make, const std::filesystem::path& file) {
  const Found found = stateDictIn(root, "", 0);
  if (found.dictionary == nullptr) {
    if (const auto name = objectIn(root)) {
      throw Error({.what = "The file holds a whole Python object and no state dict",
                   .expected = "torch.save(model.state_dict(), file)",
                   .found = "torch.save of an object of class " + *name,
                   .file = file});
    }
    throw Error({.what = "The file holds no state dict", .expected = "named tensors", .found = "none", .file = file});
  }
  Checkpoint out;
  if (!found.path.empty()) out.notes.push_back("weights taken from the entry " + found.path);
  const auto& items = found.dictionary->items;
  static constexpr std::string_view prefix = "module.";
  bool prefixed = true;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i + 1]->kind == Kind::Tensor && items[i]->text.compare(0, prefix.size(), prefix) != 0) prefixed = false;
  }
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i]->kind != Kind::Text || items[i + 1]->kind != Kind::Tensor) continue;
    if (out.tensors.size() == kMaxTensors) throw Error("The checkpoint holds more than 100,000 tensors", file);
    std::string key = prefixed ? items[i]->text.substr(prefix.size()) : items[i]->text;
    if (!seen.insert(key).second) throw Error("The checkpoint names " + key + " twice", file);
    out.tensors.emplace_back(std::move(key), make(*items[i + 1]));
  }
  return out;
}

constexpr std::array kZipMagic{std::byte{'P'}, std::byte{'K'}, std::byte{3}, std::byte{4}};

bool isZip(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && std::equal(kZipMagic.begin(), kZipMagic.end(), bytes.begin());
}

bool carriesCode(const ZipArchive& archive) {
  const auto names = archive.names();
  return std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.find("/code/") != std::string::npos || name.ends_with("/constants.pkl");
  });
}

Checkpoint readZip(std::span<const std::byte> bytes, const std::filesystem::path& file) {
  const ZipArchive archive(bytes, file);
  // Every member lies below one folder, whose name is the writer's choice.
  static constexpr std::string_view pickleName = "/data.pkl";
  std::string folder;
  for (const std::string& name : archive.names()) {
    if (name.ends_with(pickleName) && name.find('/') == name.size() - pickleName.size()) {
      folder = name.substr(0, name.size() - pickleName.size() + 1);
    }
  }
  if (carriesCode(archive)) throw Error("This is a TorchScript file, not a state dict", file);
  if (folder.empty()) {
    throw Error(
        {.what = "This zip file is no checkpoint", .expected = "a member data.pkl", .found = "none", .file = file});
  }
  std::vector<std::byte> order;
  if (archive.contains(folder + "byteorder")) {
    const auto text = archive.read(folder + "byteorder", order, 16);
    if (std::string_view(reinterpret_cast<const char*>(text.data()), text.size()) != "little") {
      throw Error("The checkpoint was written on a big-endian machine", file);
    }
  }
  std::vector<std::byte> pickled, buffer;
  pickle::InertReader reader(archive.read(folder + "data.pkl", pickled, std::uint64_t{1} << 30), file);
  const Value& root = reader.read();
  const auto source = [&](const std::string& key, std::uint64_t needed) {
    const auto content = archive.read(folder + "data/" + key, buffer, kMaxBytes);
    if (content.size() < needed) throw Error("The tensor storage " + key + " is cut short", file);
    return content;
  };
  return collect(root, TensorMaker(source, file), file);
}

Checkpoint readLegacy(std::span<const std::byte> bytes, const std::filesystem::path& file) {
  // Pickles one after the other: magic, protocol, machine, the object, the storages' keys; then each storage's count
  // and data.
  pickle::InertReader reader(bytes.subspan(kLegacyMagic.size()), file);
  (void)reader.read();
  (void)reader.read();
  const Value& root = reader.read();
  const std::map<std::string, std::string> types = reader.storageTypes();
  const Value& keys = reader.read();
  std::span<const std::byte> rest = reader.rest();
  std::map<std::string, std::span<const std::byte>> storages;
  for (const Value* key : keys.items) {
    const auto type = types.find(key->text);
    std::int64_t count = 0;
    if (type == types.end() || rest.size() < sizeof count) throw Error("The checkpoint is cut short", file);
    std::memcpy(&count, rest.data(), sizeof count);
    rest = rest.subspan(sizeof count);
    const std::uint64_t width = c10::elementSize(elementType(type->second, file));
    if (count < 0 || static_cast<std::uint64_t>(count) > rest.size() / width) {
      throw Error("The checkpoint is cut short", file);
    }
    storages[key->text] = rest.first(static_cast<std::uint64_t>(count) * width);
    rest = rest.subspan(static_cast<std::uint64_t>(count) * width);
  }
  const auto source = [&](const std::string& key, std::uint64_t needed) {
    const auto found = storages.find(key);
    if (found == storages.end() || found->second.size() < needed) {
      throw Error("The tensor storage " + key + " is missing or cut short", file);
    }
    return found->second;
  };
  return collect(root, TensorMaker(source, file), file);
}

}  // namespace

Checkpoint readCheckpoint(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = contentOf(file);
  const std::span<const std::byte> all(bytes);
  if (isZip(all)) return readZip(all, file);
  if (all.size() >= kLegacyMagic.size() && std::memcmp(all.data(), kLegacyMagic.data(), kLegacyMagic.size()) == 0) {
    return readLegacy(all, file);
  }
  // A bare pickle is no checkpoint, but if it would run code the user should hear of that.
  if (all[0] == std::byte{0x80}) (void)pickle::InertReader(all, file).read();
  throw Error({.what = "This is no model file",
               .expected = "a checkpoint written by torch.save, or TorchScript",
               .found = "something else",
               .file = file});
}

bool isTorchScript(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = contentOf(file);
  return isZip(bytes) && carriesCode(ZipArchive(bytes, file));
}

}  // namespace oodscope

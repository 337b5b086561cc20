// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/formats/pickle.h"
#include "analysis/formats/zip_archive.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/checkpoints/foreign_file.h"
#include "inference/checkpoints/tensor_tables.inl.h"

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

using PickledValue = pickle::Value;

/// The largest published road-scene networks have 1.5 GB.
constexpr std::uint64_t kMaxBytes = std::uint64_t{8} << 30;
constexpr std::uint64_t kMaxPickle = std::uint64_t{1} << 30;

/// What torch.save wrote before version 1.6 begins with, as a pickled integer: 0x1950a86a20f9469cfc6c.
constexpr std::array<std::uint8_t, 10> kLegacyMagic{0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};

/// Bytes of an element where the type is not read, but has to be stepped over.
constexpr std::array kOtherWidths{
    std::pair{"torch.ComplexFloatStorage", 8}, std::pair{"torch.ComplexDoubleStorage", 16},
    std::pair{"torch.QInt8Storage", 1},        std::pair{"torch.QUInt8Storage", 1},
    std::pair{"torch.QInt32Storage", 4},       std::pair{"torch.storage.UntypedStorage", 1}};

std::uint64_t elementWidth(const std::string& storage, const std::filesystem::path& file) {
  if (const auto type = elementType(storage)) return c10::elementSize(*type);
  for (const auto& [name, width] : kOtherWidths) {
    if (storage == name) return static_cast<std::uint64_t>(width);
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

  /// Requires: a type that elementType() knows.
  at::Tensor operator()(const PickledValue& tensor) {
    const PickledValue& storage = *tensor.items.front();
    at::Tensor& flat = m_storages[storage.text];
    if (!flat.defined()) {
      const at::ScalarType type = elementType(storage.storageType).value();
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

}  // namespace

struct Checkpoint::Content {
  explicit Content(std::filesystem::path path)
      : file(std::move(path)), bytes(contentOf(file)), reader(std::span<const std::byte>(bytes), file) {}

  void readZip();
  void readLegacy();
  void find(const PickledValue& root);
  /// The bytes of storage `key`, `needed` at least.
  std::span<const std::byte> storage(const std::string& key, std::uint64_t needed);

  std::filesystem::path file;
  std::vector<std::byte> bytes, pickled, buffer;
  pickle::InertReader reader;  ///< owns the values that `tensors` point to
  std::optional<ZipArchive> archive;
  std::string folder;                                          ///< of a zip, with "/"
  std::map<std::string, std::span<const std::byte>> storages;  ///< of a legacy file
  std::vector<TensorTable> tables;
  std::vector<std::vector<const PickledValue*>> tensors;  ///< of each table
};

void Checkpoint::Content::find(const PickledValue& root) {
  for (FoundTable& each : findTables(root)) {
    tables.push_back(std::move(each.table));
    tensors.push_back(std::move(each.tensors));
  }
  if (!tables.empty()) return;
  if (const auto name = objectIn(root)) {
    throw Error({.what = "The file holds a whole Python object and no state dict",
                 .expected = "torch.save(model.state_dict(), file)",
                 .found = "torch.save of an object of class " + *name,
                 .file = file});
  }
  throw Error({.what = "The file holds no state dict",
               .expected = "named tensors, as torch.save(model.state_dict(), file) writes them",
               .found = contentsText(root),
               .file = file});
}

void Checkpoint::Content::readZip() {
  archive.emplace(bytes, file);
  // Every member lies below one folder, whose name is the writer's choice.
  static constexpr std::string_view pickleName = "/data.pkl";
  for (const std::string& name : archive->names()) {
    if (name.ends_with(pickleName) && name.find('/') == name.size() - pickleName.size()) {
      folder = name.substr(0, name.size() - pickleName.size() + 1);
    }
  }
  if (carriesCode(*archive)) throw Error("This is a TorchScript file, not a state dict", file);
  if (folder.empty()) refuseForeignZip(*archive, file);
  std::vector<std::byte> order;
  if (archive->contains(folder + "byteorder")) {
    const auto text = archive->read(folder + "byteorder", order, 16);
    if (std::string_view(reinterpret_cast<const char*>(text.data()), text.size()) != "little") {
      throw Error("The checkpoint was written on a big-endian machine", file);
    }
  }
  reader = pickle::InertReader(archive->read(folder + "data.pkl", pickled, kMaxPickle), file);
  find(reader.read());
}

void Checkpoint::Content::readLegacy() {
  // Pickles one after the other: magic, protocol, machine, the object, the storages' keys; then each storage's count
  // and data.
  for (int i = 0; i < 3; ++i) (void)reader.read();
  const PickledValue& root = reader.read();
  const std::map<std::string, std::string> types = reader.storageTypes();
  const PickledValue& keys = reader.read();
  std::span<const std::byte> rest = reader.rest();
  for (const PickledValue* key : keys.items) {
    const auto type = types.find(key->text);
    std::int64_t count = 0;
    if (type == types.end() || rest.size() < sizeof count) throw Error("The checkpoint is cut short", file);
    std::memcpy(&count, rest.data(), sizeof count);
    rest = rest.subspan(sizeof count);
    const std::uint64_t width = elementWidth(type->second, file);
    if (count < 0 || static_cast<std::uint64_t>(count) > rest.size() / width) {
      throw Error("The checkpoint is cut short", file);
    }
    storages[key->text] = rest.first(static_cast<std::uint64_t>(count) * width);
    rest = rest.subspan(static_cast<std::uint64_t>(count) * width);
  }
  find(root);
}

std::span<const std::byte> Checkpoint::Content::storage(const std::string& key, std::uint64_t needed) {
  if (archive) {
    const auto content = archive->read(folder + "data/" + key, buffer, kMaxBytes);
    if (content.size() < needed) throw Error("The tensor storage " + key + " is cut short", file);
    return content;
  }
  const auto found = storages.find(key);
  if (found == storages.end() || found->second.size() < needed) {
    throw Error("The tensor storage " + key + " is missing or cut short", file);
  }
  return found->second;
}

Checkpoint::Checkpoint(std::unique_ptr<Content> content) : m_content(std::move(content)) {}
Checkpoint::Checkpoint(Checkpoint&&) noexcept = default;
Checkpoint& Checkpoint::operator=(Checkpoint&&) noexcept = default;
Checkpoint::~Checkpoint() = default;

const std::vector<TensorTable>& Checkpoint::tables() const { return m_content->tables; }

StateDict Checkpoint::tensors(std::size_t index) const {
  require(index < m_content->tables.size(), "Checkpoint::tensors: no such table");
  TensorMaker make([this](const std::string& key, std::uint64_t needed) { return m_content->storage(key, needed); },
                   m_content->file);
  const StateDict& shapes = m_content->tables[index].shapes;
  std::unordered_set<std::string_view> seen;
  StateDict out;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const std::string& key = shapes[i].first;
    if (!seen.insert(key).second) throw Error("The checkpoint names " + key + " twice", m_content->file);
    out.emplace_back(key, make(*m_content->tensors[index][i]));
  }
  return out;
}

Checkpoint readCheckpoint(const std::filesystem::path& file) {
  auto content = std::make_unique<Checkpoint::Content>(file);
  const std::span<const std::byte> all(content->bytes);
  const auto start = all.first(std::min<std::size_t>(all.size(), 32));
  const auto isMagic = [](std::byte a, std::uint8_t b) { return std::to_integer<std::uint8_t>(a) == b; };
  if (isZip(all)) {
    content->readZip();
  } else if (all[0] == std::byte{0x80} && std::search(start.begin(), start.end(), kLegacyMagic.begin(),
                                                      kLegacyMagic.end(), isMagic) != start.end()) {
    content->readLegacy();
  } else {
    // A bare pickle is no checkpoint, but if it would run code the user should hear of that.
    if (all[0] == std::byte{0x80}) (void)content->reader.read();
    refuseForeign(all, file);
  }
  return Checkpoint(std::move(content));
}

bool isTorchScript(const std::filesystem::path& file) {
  const std::vector<std::byte> bytes = contentOf(file);
  return isZip(bytes) && carriesCode(ZipArchive(bytes, file));
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/torch_file.h"

#include "analysis/core/error.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/pickle.h"
#include "analysis/formats/zip_archive.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using pickle::Value;
using Kind = Value::Kind;

constexpr std::size_t kMostElements = std::size_t{1} << 28;
constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 30;
constexpr std::size_t kMostArrays = 1000;
constexpr std::string_view kPickle = "data.pkl";

/// An element type as a storage names it.
struct StoredType {
  std::string_view storage;
  NpyType type;
  std::size_t width;
  bool isBrain = false;  ///< bfloat16: the upper half of a float32
};
constexpr std::array<StoredType, 10> kStoredTypes = {{{"FloatStorage", NpyType::Float32, 4},
                                                      {"DoubleStorage", NpyType::Float64, 8},
                                                      {"HalfStorage", NpyType::Float16, 2},
                                                      {"BFloat16Storage", NpyType::Float32, 2, true},
                                                      {"LongStorage", NpyType::Int64, 8},
                                                      {"IntStorage", NpyType::Int32, 4},
                                                      {"ShortStorage", NpyType::Int16, 2},
                                                      {"CharStorage", NpyType::Int8, 1},
                                                      {"ByteStorage", NpyType::UInt8, 1},
                                                      {"BoolStorage", NpyType::Bool, 1}}};

const StoredType* storedType(std::string_view storage) {
  const std::string_view name = storage.substr(storage.rfind('.') + 1);
  const auto* found = std::find_if(kStoredTypes.begin(), kStoredTypes.end(),
                                   [&](const StoredType& each) { return each.storage == name; });
  return found == kStoredTypes.end() ? nullptr : &*found;
}

/// A file by torch.save in memory.
class TorchFile {
public:
  explicit TorchFile(const fs::path& file) : m_file(file), m_bytes(readFileBytes(file)), m_reader(content(), file) {
    const FileKind kind = sniffBytes(m_bytes);
    if (kind == FileKind::TorchZip)
      readZip();
    else if (kind == FileKind::TorchLegacy)
      readLegacy();
    else
      throw Error({.what = "file holds no tensors",
                   .expected = "what torch.save wrote",
                   .found = describeBytes(m_bytes),
                   .file = m_file});
  }

  [[nodiscard]] const std::vector<std::pair<TorchArray, const Value*>>& arrays() const { return m_arrays; }

  [[nodiscard]] NpyArray read(const std::string& name) {
    const bool isOnly = name.empty() && m_arrays.size() == 1;
    const auto found = std::find_if(m_arrays.begin(), m_arrays.end(),
                                    [&](const auto& each) { return isOnly || each.first.name == name; });
    if (found == m_arrays.end()) fail("a tensor named " + name, names());
    return gathered(found->first, *found->second);
  }

private:
  [[noreturn]] void fail(const std::string& expected, const std::string& found) const {
    throw Error({.what = "file by torch.save cannot be read", .expected = expected, .found = found, .file = m_file});
  }

  [[nodiscard]] std::span<const std::byte> content() const { return std::as_bytes(std::span(m_bytes)); }

  [[nodiscard]] std::string names() const {
    std::string out;
    for (const auto& [array, value] : m_arrays) out += (out.empty() ? "" : ", ") + array.name;
    return out.empty() ? "no tensor" : out;
  }

  void readZip() {
    m_archive.emplace(content(), m_file);
    const auto members = m_archive->names();
    for (const std::string& name : members) {
      if (name.find("/code/") != std::string::npos || name.ends_with("/constants.pkl"))
        fail("tensors as torch.save(tensor, file) writes them", "TorchScript, a network");
      const auto slash = name.find('/');
      if (slash != std::string::npos && std::string_view(name).substr(slash + 1) == kPickle)
        m_folder = name.substr(0, slash + 1);
    }
    if (m_folder.empty()) fail("an archive with data.pkl", "none");
    if (m_archive->contains(m_folder + "byteorder")) {
      const auto order = m_archive->read(m_folder + "byteorder", m_pickled, 16);
      if (order.empty() || order.front() != std::byte{'l'}) fail("little-endian data", "another byte order");
    }
    m_reader = pickle::InertReader(m_archive->read(m_folder + std::string(kPickle), m_pickled, kMostBytes), m_file);
    list(m_reader.read());
  }

  /// Pickles one after another (magic, protocol, machine, the object, the storages' keys), then each storage's count
  /// and data.
  void readLegacy() {
    constexpr int kBefore = 3;
    for (int i = 0; i < kBefore; ++i) (void)m_reader.read();
    const Value& root = m_reader.read();
    const auto types = m_reader.storageTypes();
    const Value& keys = m_reader.read();
    auto rest = m_reader.rest();
    for (const Value* key : keys.items) {
      const auto named = types.find(key->text);
      const StoredType* type = named == types.end() ? nullptr : storedType(named->second);
      std::int64_t count = 0;
      if (type == nullptr || rest.size() < sizeof count) fail("every tensor's data", "a file that is cut short");
      std::memcpy(&count, rest.data(), sizeof count);
      rest = rest.subspan(sizeof count);
      if (count < 0 || static_cast<std::uint64_t>(count) > rest.size() / type->width)
        fail("every tensor's data", "a file that is cut short");
      const std::size_t bytes = static_cast<std::size_t>(count) * type->width;
      m_storages[key->text] = rest.first(bytes);
      rest = rest.subspan(bytes);
    }
    list(root);
  }

  void list(const Value& root) {
    if (root.kind == Kind::Tensor) return add({}, root);
    if (root.kind == Kind::Sequence) {
      for (std::size_t i = 0; i < root.items.size(); ++i) add(std::to_string(i), *root.items[i]);
      return;
    }
    if (root.kind != Kind::Dictionary && root.kind != Kind::Object) return;
    for (std::size_t i = 0; i + 1 < root.items.size(); i += 2)
      if (root.items[i]->kind == Kind::Text) add(root.items[i]->text, *root.items[i + 1]);
  }

  void add(const std::string& name, const Value& value) {
    if (value.kind != Kind::Tensor || value.items.empty() || m_arrays.size() >= kMostArrays) return;
    const StoredType* type = storedType(value.items.front()->storageType);
    if (type == nullptr) return;
    TorchArray array{.name = name, .type = type->type, .shape = {}};
    for (const std::int64_t size : value.sizes) array.shape.push_back(static_cast<std::size_t>(size));
    m_arrays.emplace_back(std::move(array), &value);
  }

  [[nodiscard]] std::span<const std::byte> storage(const Value& storage, std::uint64_t bytes) {
    std::span<const std::byte> out;
    if (m_archive) {
      out = m_archive->read(m_folder + "data/" + storage.text, m_buffer, kMostBytes);
    } else if (const auto found = m_storages.find(storage.text); found != m_storages.end()) {
      out = found->second;
    }
    if (out.size() < bytes)
      fail("storage " + storage.text + " of " + std::to_string(bytes) + " bytes",
           std::to_string(out.size()) + " bytes");
    return out;
  }

  [[nodiscard]] NpyArray gathered(const TorchArray& array, const Value& tensor) {
    const Value& stored = *tensor.items.front();
    const StoredType type = *storedType(stored.storageType);
    // The reader of the pickle has seen to it that all elements lie within the storage, and are no more than it has.
    if (static_cast<std::uint64_t>(stored.integer) > kMostElements)
      fail("at most 2^28 values", std::to_string(stored.integer));
    std::size_t count = 1;
    for (const std::size_t size : array.shape) count *= size;
    NpyArray out;
    out.header.type = array.type;
    out.header.shape = array.shape;
    out.header.dataBytes = count * npyTypeSize(array.type);
    out.data.resize(out.header.dataBytes);
    if (count == 0) return out;
    const auto bytes = storage(stored, static_cast<std::uint64_t>(stored.integer) * type.width);
    const std::size_t width = npyTypeSize(array.type);
    std::vector<std::size_t> place(array.shape.size(), 0);
    auto from = static_cast<std::size_t>(tensor.integer);
    for (std::size_t i = 0; i < count; ++i) {
      // A bfloat16 is a float32 without its lower two bytes.
      std::memcpy(out.data.data() + i * width + (type.isBrain ? 2 : 0), bytes.data() + from * type.width, type.width);
      for (std::size_t axis = array.shape.size(); axis-- > 0;) {
        const auto stride = static_cast<std::size_t>(tensor.strides[axis]);
        from += stride;
        if (++place[axis] < array.shape[axis]) break;
        from -= stride * array.shape[axis];
        place[axis] = 0;
      }
    }
    return out;
  }

  fs::path m_file;
  std::vector<std::uint8_t> m_bytes;
  std::vector<std::byte> m_pickled, m_buffer;
  pickle::InertReader m_reader;  ///< owns the values that m_arrays point to
  std::optional<ZipArchive> m_archive;
  std::string m_folder;                                          ///< of a zip, with "/"
  std::map<std::string, std::span<const std::byte>> m_storages;  ///< of the format before it
  std::vector<std::pair<TorchArray, const Value*>> m_arrays;
};

}  // namespace

std::vector<TorchArray> torchArrays(const fs::path& file) {
  const TorchFile opened(file);
  std::vector<TorchArray> out;
  for (const auto& [array, value] : opened.arrays()) out.push_back(array);
  return out;
}

NpyArray readTorchArray(const fs::path& file, const std::string& name) { return TorchFile(file).read(name); }

}  // namespace oodscope

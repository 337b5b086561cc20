// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/hdf5_file.h"

#include "analysis/core/half.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/hdf5_lzf.h"

#include <hdf5.h>
#include <algorithm>
#include <array>
#include <mutex>
#include <utility>
#include <vector>

namespace oodscope {
namespace {

constexpr hsize_t kMostValues = hsize_t{1} << 28;

/// Debian's HDF5 is not thread-safe: one call at a time.
std::mutex& hdf5Mutex() {
  static std::mutex mutex;
  return mutex;
}

/// An HDF5 identifier that closes itself.
class Handle {
public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : m_id(id), m_close(close) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() {
    if (m_id >= 0) m_close(m_id);
  }
  [[nodiscard]] hid_t id() const { return m_id; }
  [[nodiscard]] bool isOpen() const { return m_id >= 0; }

private:
  hid_t m_id;
  herr_t (*m_close)(hid_t);
};

/// Keeps HDF5 from printing its error stack while the caller handles the failure.
class QuietErrors {
public:
  QuietErrors() {
    H5Eget_auto2(H5E_DEFAULT, &m_function, &m_data);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { H5Eset_auto2(H5E_DEFAULT, m_function, m_data); }

private:
  H5E_auto2_t m_function = nullptr;
  void* m_data = nullptr;
};

/// IEEE binary16 as h5py stores it.
hid_t halfType() {
  const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

std::optional<NpyType> integerType(std::size_t size, bool isSigned) {
  if (size == 1) return isSigned ? NpyType::Int8 : NpyType::UInt8;
  if (size == 2) return isSigned ? NpyType::Int16 : NpyType::UInt16;
  if (size <= 4) return isSigned ? NpyType::Int32 : NpyType::UInt32;
  if (size > 8) return std::nullopt;
  return isSigned ? NpyType::Int64 : NpyType::UInt64;
}

/// What HDF5's types are to NumPy; nothing for what are no numbers.
std::optional<NpyType> numberType(hid_t type) {
  const auto size = H5Tget_size(type);
  switch (H5Tget_class(type)) {
    case H5T_FLOAT: {
      constexpr std::size_t kIeeeBias = 15;
      if (size == 2) return H5Tget_ebias(type) == kIeeeBias ? NpyType::Float16 : NpyType::Float32;
      return size <= sizeof(float) ? NpyType::Float32 : NpyType::Float64;
    }
    case H5T_INTEGER:
      return integerType(size, H5Tget_sign(type) != H5T_SGN_NONE);
    case H5T_ENUM:  // h5py's bool
      return size == 1 && H5Tget_nmembers(type) == 2 ? std::optional(NpyType::Bool) : std::nullopt;
    default:
      return std::nullopt;
  }
}

/// The type to read into memory by; the caller closes it.
hid_t memoryType(NpyType type, hid_t stored) {
  switch (type) {
    case NpyType::Float16:
      return halfType();
    case NpyType::Float32:
      return H5Tcopy(H5T_NATIVE_FLOAT);
    case NpyType::Float64:
      return H5Tcopy(H5T_NATIVE_DOUBLE);
    case NpyType::Bool:
      return H5Tget_native_type(stored, H5T_DIR_ASCEND);
    case NpyType::Int8:
      return H5Tcopy(H5T_NATIVE_INT8);
    case NpyType::UInt8:
      return H5Tcopy(H5T_NATIVE_UINT8);
    case NpyType::Int16:
      return H5Tcopy(H5T_NATIVE_INT16);
    case NpyType::UInt16:
      return H5Tcopy(H5T_NATIVE_UINT16);
    case NpyType::Int32:
      return H5Tcopy(H5T_NATIVE_INT32);
    case NpyType::UInt32:
      return H5Tcopy(H5T_NATIVE_UINT32);
    case NpyType::Int64:
      return H5Tcopy(H5T_NATIVE_INT64);
    case NpyType::UInt64:
      return H5Tcopy(H5T_NATIVE_UINT64);
  }
  return H5I_INVALID_HID;
}

std::vector<std::size_t> shapeOf(hid_t dataset) {
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const int rank = space.isOpen() ? H5Sget_simple_extent_ndims(space.id()) : 0;
  std::vector<hsize_t> dimensions(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space.id(), dimensions.data(), nullptr);
  return {dimensions.begin(), dimensions.end()};
}

/// Elements, or nothing beyond what is read.
std::optional<std::size_t> elementsOf(const std::vector<std::size_t>& shape) {
  std::size_t total = 1;
  for (const auto dimension : shape) {
    if (dimension != 0 && total > kMostValues / dimension) return std::nullopt;
    total *= dimension;
  }
  return total;
}

/// The first filter of the dataset that this HDF5 cannot undo, "blosc (32001)".
std::string missingFilter(hid_t dataset) {
  const Handle creation(H5Dget_create_plist(dataset), H5Pclose);
  const int count = creation.isOpen() ? H5Pget_nfilters(creation.id()) : 0;
  for (int i = 0; i < count; ++i) {
    std::array<char, 64> name{};
    std::size_t parameters = 0;
    unsigned flags = 0, about = 0;
    const auto filter = H5Pget_filter2(creation.id(), static_cast<unsigned>(i), &flags, &parameters, nullptr,
                                       name.size() - 1, name.data(), &about);
    if (filter >= 0 && H5Zfilter_avail(filter) <= 0)
      return (name[0] != '\0' ? std::string(name.data()) : std::string("a filter")) + " (" + std::to_string(filter) +
             ")";
  }
  return {};
}

std::string datasetText(const Hdf5Dataset& dataset) {
  const auto type = dataset.type ? std::string(npyTypeName(*dataset.type)) : std::string("no numbers");
  return dataset.name + " (" + type + " " + npyShapeText(dataset.shape) + ")";
}

}  // namespace

struct Hdf5File::Impl {
  std::filesystem::path file;
  std::vector<std::uint8_t> bytes;
  std::optional<Handle> access, opened;
};

Hdf5File::Hdf5File(const std::filesystem::path& file) : m_impl(std::make_unique<Impl>()) {
  m_impl->file = file;
  m_impl->bytes = readFileBytes(file);
  auto& bytes = m_impl->bytes;
  const std::scoped_lock lock(hdf5Mutex());
  const QuietErrors quiet;
  registerLzf();
  constexpr std::size_t kGrowth = std::size_t{1} << 16;
  m_impl->access.emplace(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  const hid_t access = m_impl->access->id();
  const bool isReady =
      H5Pset_fapl_core(access, kGrowth, 0) >= 0 && H5Pset_file_image(access, bytes.data(), bytes.size()) >= 0;
  // HDF5 takes two images of one name for one file, and gives the second who opens the content of the first.
  static std::uint64_t opens = 0;
  const std::string name = "image " + std::to_string(++opens);
  m_impl->opened.emplace(isReady ? H5Fopen(name.c_str(), H5F_ACC_RDONLY, access) : H5I_INVALID_HID, H5Fclose);
  if (m_impl->opened->isOpen()) return;
  const auto kind = sniffBytes(bytes);
  m_impl->opened.reset();
  m_impl->access.reset();
  throw Error({.what = "HDF5 file cannot be opened",
               .expected = "an intact HDF5 file",
               .found = kind == FileKind::Hdf5 ? "a damaged or cut one of " + std::to_string(bytes.size()) + " bytes"
                                               : describeBytes(bytes),
               .file = file});
}

Hdf5File::~Hdf5File() {
  const std::scoped_lock lock(hdf5Mutex());
  m_impl->opened.reset();
  m_impl->access.reset();
}

bool Hdf5File::isFromMatlab() const {
  constexpr std::string_view kMark = "MATLAB 7.3 MAT-file";
  const auto& bytes = m_impl->bytes;
  return bytes.size() > kMark.size() && std::equal(kMark.begin(), kMark.end(), bytes.begin());
}

std::vector<Hdf5Dataset> Hdf5File::datasets() const {
  const std::scoped_lock lock(hdf5Mutex());
  const QuietErrors quiet;
  std::vector<Hdf5Dataset> out;
  const auto visit = [](hid_t group, const char* name, const H5L_info_t* link, void* data) -> herr_t {
    constexpr std::size_t kMost = 10'000;
    auto& found = *static_cast<std::vector<Hdf5Dataset>*>(data);
    if (link->type != H5L_TYPE_HARD) return 0;
    const Handle object(H5Oopen(group, name, H5P_DEFAULT), H5Oclose);
    if (!object.isOpen() || H5Iget_type(object.id()) != H5I_DATASET) return 0;
    const Handle type(H5Dget_type(object.id()), H5Tclose);
    found.push_back({name, type.isOpen() ? numberType(type.id()) : std::nullopt, shapeOf(object.id())});
    return found.size() < kMost ? 0 : 1;
  };
  if (H5Lvisit(m_impl->opened->id(), H5_INDEX_NAME, H5_ITER_NATIVE, visit, &out) < 0) {
    throw Error({.what = "HDF5 file cannot be listed",
                 .expected = "an intact HDF5 file",
                 .found = "damaged data",
                 .file = m_impl->file});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

NpyArray Hdf5File::read(const std::string& name) const {
  const auto all = datasets();
  const auto entry = std::find_if(all.begin(), all.end(), [&](const Hdf5Dataset& d) { return d.name == name; });
  const auto refuse = [&](const char* what, const std::string& expected, const std::string& found) {
    throw Error({.what = what, .expected = expected, .found = found, .file = m_impl->file});
  };
  if (entry == all.end()) {
    std::string names;
    for (const auto& dataset : all) names += (names.empty() ? "" : ", ") + datasetText(dataset);
    refuse("HDF5 file lacks its dataset", name, names.empty() ? "no dataset" : names);
  }
  const auto count = elementsOf(entry->shape);
  if (!entry->type || !count) refuse("HDF5 dataset cannot be read", "at most 2^28 numbers", datasetText(*entry));

  const std::scoped_lock lock(hdf5Mutex());
  const QuietErrors quiet;
  const Handle dataset(H5Dopen2(m_impl->opened->id(), name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.isOpen()) refuse("HDF5 dataset cannot be read", "intact data in " + name, "damaged data");
  if (const auto filter = missingFilter(dataset.id()); !filter.empty())
    refuse("HDF5 dataset cannot be unpacked", "gzip, lzf, szip or no compression", "the filter " + filter);
  NpyArray out;
  out.header.type = *entry->type;
  out.header.shape = entry->shape;
  out.header.dataBytes = *count * npyTypeSize(out.header.type);
  // Memory is not taken on a header's word alone.
  constexpr std::uint64_t kMostRatio = 2000, kTrusted = std::uint64_t{64} << 20;
  const auto stored = static_cast<std::uint64_t>(H5Dget_storage_size(dataset.id()));
  if (*count > 0 && stored == 0)
    refuse("HDF5 dataset holds no data", "values in " + name, "a dataset that was made and never written");
  if (out.header.dataBytes > kTrusted && out.header.dataBytes / kMostRatio > stored)
    refuse("HDF5 dataset is not believed", "about the bytes that it announces",
           std::to_string(stored) + " bytes for " + datasetText(*entry));
  const Handle type(H5Dget_type(dataset.id()), H5Tclose);
  const Handle memory(memoryType(out.header.type, type.id()), H5Tclose);
  out.data.resize(out.header.dataBytes);
  if (*count > 0 && H5Dread(dataset.id(), memory.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data.data()) < 0)
    refuse("HDF5 dataset cannot be read", "intact data in " + name, "damaged data");
  return out;
}

void writeHdf5HalfMap(const std::filesystem::path& file, const std::string& name, const Grid<float>& values) {
  std::vector<std::uint8_t> image;
  {
    const std::scoped_lock lock(hdf5Mutex());
    const QuietErrors quiet;
    const auto fail = [&](bool isFine) {
      if (!isFine) throw Error("HDF5 file cannot be made", file);
    };
    // In memory first, so that the disk sees a complete file or none.
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    constexpr std::size_t kGrowth = std::size_t{1} << 20;
    fail(H5Pset_fapl_core(access.id(), kGrowth, 0) >= 0);
    const Handle made(H5Fcreate("scores", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose);
    fail(made.isOpen());
    const std::array<hsize_t, 2> dimensions = {static_cast<hsize_t>(values.height()),
                                               static_cast<hsize_t>(values.width())};
    const Handle space(H5Screate_simple(2, dimensions.data(), nullptr), H5Sclose);
    const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const std::array<hsize_t, 2> chunk = {std::min<hsize_t>(dimensions[0], 128), dimensions[1]};
    constexpr unsigned kGzipLevel = 4;
    fail(H5Pset_chunk(creation.id(), 2, chunk.data()) >= 0 && H5Pset_deflate(creation.id(), kGzipLevel) >= 0);
    const Handle type(halfType(), H5Tclose);
    const Handle dataset(
        H5Dcreate2(made.id(), name.c_str(), type.id(), space.id(), H5P_DEFAULT, creation.id(), H5P_DEFAULT), H5Dclose);
    fail(dataset.isOpen());
    std::vector<std::uint16_t> halves(values.values().size());
    std::transform(values.values().begin(), values.values().end(), halves.begin(), halfFromFloat);
    fail(H5Dwrite(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, halves.data()) >= 0);
    fail(H5Fflush(made.id(), H5F_SCOPE_LOCAL) >= 0);
    const auto size = H5Fget_file_image(made.id(), nullptr, 0);
    fail(size > 0);
    image.resize(static_cast<std::size_t>(size));
    fail(H5Fget_file_image(made.id(), image.data(), image.size()) == size);
  }
  writeFileAtomically(file, std::as_bytes(std::span(image)));
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/hdf5_file.h"

#include "analysis/formats/atomic_file.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"
#include "analysis/core/half.h"

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

Size mapSize(const std::vector<hsize_t>& dimensions, const std::filesystem::path& file) {
  std::string text;
  hsize_t total = 1;
  for (const auto dimension : dimensions) {
    if (!text.empty()) text += 'x';
    text += std::to_string(dimension);
    total = dimension != 0 && total > kMostValues / dimension ? kMostValues + 1 : total * dimension;
  }
  auto kept = dimensions;
  while (kept.size() > 2 && kept.front() == 1) kept.erase(kept.begin());
  while (kept.size() > 2 && kept.back() == 1) kept.pop_back();
  if (kept.size() != 2 || total == 0 || total > kMostValues) {
    throw Error({.what = "HDF5 dataset is no score map",
                 .expected = "height x width",
                 .found = text.empty() ? "a single value" : text,
                 .file = file});
  }
  return {static_cast<int>(kept[1]), static_cast<int>(kept[0])};
}

}  // namespace

Grid<float> readHdf5Map(const std::filesystem::path& file, const std::string& name) {
  // From memory: a file that is cut off, or changes meanwhile, is a plain error.
  auto bytes = readFileBytes(file);
  const std::scoped_lock lock(hdf5Mutex());
  const QuietErrors quiet;
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  constexpr std::size_t kGrowth = std::size_t{1} << 16;
  const bool isReady =
      H5Pset_fapl_core(access.id(), kGrowth, 0) >= 0 && H5Pset_file_image(access.id(), bytes.data(), bytes.size()) >= 0;
  const Handle opened(isReady ? H5Fopen("image", H5F_ACC_RDONLY, access.id()) : H5I_INVALID_HID, H5Fclose);
  if (!opened.isOpen()) {
    throw Error(
        {.what = "HDF5 file cannot be opened",
         .expected = "an intact HDF5 file",
         .found = std::string(fileKindName(sniffBytes(bytes))) + " of " + std::to_string(bytes.size()) + " bytes",
         .file = file});
  }
  const Handle dataset(H5Dopen2(opened.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.isOpen()) {
    throw Error({.what = "HDF5 file lacks its dataset", .expected = name, .found = "no such dataset", .file = file});
  }
  const Handle type(H5Dget_type(dataset.id()), H5Tclose);
  const auto typeClass = type.isOpen() ? H5Tget_class(type.id()) : H5T_NO_CLASS;
  if (typeClass != H5T_FLOAT && typeClass != H5T_INTEGER) {
    throw Error({.what = "HDF5 dataset is no score map", .expected = "numbers", .found = "another type", .file = file});
  }
  const Handle space(H5Dget_space(dataset.id()), H5Sclose);
  const int rank = space.isOpen() ? H5Sget_simple_extent_ndims(space.id()) : -1;
  std::vector<hsize_t> dimensions(static_cast<std::size_t>(std::max(rank, 0)));
  if (rank > 0) H5Sget_simple_extent_dims(space.id(), dimensions.data(), nullptr);
  Grid<float> values(mapSize(dimensions, file));
  if (H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.values().data()) < 0) {
    throw Error({.what = "HDF5 dataset cannot be read",
                 .expected = "intact data in " + name,
                 .found = "damaged data",
                 .file = file});
  }
  return values;
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

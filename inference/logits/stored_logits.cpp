// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/stored_logits.h"

#include "analysis/core/error.h"
#include "inference/logits/cache_folder.h"
#include "inference/logits/half_conversion.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace oodscope {
namespace {

/// More channels or a longer side than any network gives: a header that claims them is wrong.
constexpr std::size_t kMaxStoredExtent = 65'536;

}  // namespace

StoredLogits::StoredLogits() : m_impl(std::make_unique<Impl>()) {}
StoredLogits::StoredLogits(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
StoredLogits::StoredLogits(StoredLogits&&) noexcept = default;
StoredLogits& StoredLogits::operator=(StoredLogits&&) noexcept = default;
StoredLogits::~StoredLogits() = default;
LogitsView StoredLogits::view() const { return m_impl->view; }
std::uint64_t StoredLogits::bytes() const { return m_impl->bytes; }
std::uint64_t StoredLogits::saturated() const { return m_impl->saturated; }
bool StoredLogits::isIntact() const { return m_impl->mapped.isIntact(); }

void StoredLogits::requireIntact() const {
  if (isIntact()) return;
  throw Error({.what = "The file of logits changed while it was read",
               .expected = "a file that is written before the run begins",
               .file = m_impl->mapped.file()});
}

StoredLogits logitsIn(MappedFile mapped, const NpyHeader& header, std::uint64_t saturated,
                      const std::filesystem::path& file) {
  std::vector<std::size_t> shape = header.shape;
  if (shape.size() == 4 && shape.front() == 1) shape.erase(shape.begin());
  const bool isFloat = header.type == NpyType::Float16 || header.type == NpyType::Float32;
  bool fits = shape.size() == 3 && isFloat && !header.isFortranOrder && !header.isBigEndian;
  for (const std::size_t extent : shape) fits = fits && extent > 0 && extent <= kMaxStoredExtent;
  if (!fits) {
    throw Error({.what = "This array holds no logits",
                 .expected = "float16 or float32, channels x height x width, C order",
                 .found = npyText(header) + (header.isFortranOrder ? " in Fortran order" : ""),
                 .file = file});
  }
  const auto all = mapped.bytes();
  if (all.size() < header.dataOffset || all.size() - header.dataOffset < header.dataBytes) {
    throw Error({.what = "The file of logits is cut short",
                 .expected = std::to_string(header.dataOffset + header.dataBytes) + " bytes",
                 .found = std::to_string(all.size()),
                 .file = file});
  }
  const std::byte* data = all.data() + header.dataOffset;
  auto impl = std::make_unique<StoredLogits::Impl>();
  impl->bytes = header.dataBytes;
  impl->saturated = saturated;
  impl->view = {.channels = static_cast<int>(shape[0]),
                .height = static_cast<int>(shape[1]),
                .width = static_cast<int>(shape[2])};
  const bool isHalf = header.type == NpyType::Float16;
  if (header.dataOffset % npyTypeSize(header.type) != 0) {
    const std::size_t count = header.elements();
    if (isHalf) {
      impl->ownHalf.resize(count);
      std::memcpy(impl->ownHalf.data(), data, header.dataBytes);
      impl->view.half = impl->ownHalf.data();
    } else {
      impl->ownSingle.resize(count);
      std::memcpy(impl->ownSingle.data(), data, header.dataBytes);
      impl->view.single = impl->ownSingle.data();
    }
    return StoredLogits(std::move(impl));
  }
  impl->mapped = std::move(mapped);
  if (isHalf) {
    impl->view.half = reinterpret_cast<const std::uint16_t*>(data);
  } else {
    impl->view.single = reinterpret_cast<const float*>(data);
  }
  return StoredLogits(std::move(impl));
}

StoredLogits openLogits(const std::filesystem::path& npy) {
  const NpyHeader header = readNpyHeader(npy);
  const Descriptor file(npy, O_RDONLY);
  struct stat status {};
  if (!file.isOpen() || fstat(file.value(), &status) != 0)
    throw Error("Cannot open the logits: " + std::string(std::strerror(errno)), npy);
  StoredLogits out = logitsIn(MappedFile(file.value(), status, npy), header, 0, npy);
  out.requireIntact();
  return out;
}

StoredLogits LogitsStore::holdInMemory(const LogitsMap& logits, StorePrecision precision) {
  require(logits.channels > 0 && logits.values.size() == static_cast<std::size_t>(logits.channels) * logits.size.area(),
          "LogitsStore: the logits do not fill their shape");
  auto impl = std::make_unique<StoredLogits::Impl>();
  impl->view = {.channels = logits.channels, .height = logits.size.height, .width = logits.size.width};
  if (precision == StorePrecision::Single) {
    impl->ownSingle = logits.values;
    impl->view.single = impl->ownSingle.data();
    impl->bytes = impl->ownSingle.size() * sizeof(float);
  } else {
    impl->ownHalf.resize(logits.values.size());
    impl->saturated = toHalf(logits.values, impl->ownHalf);
    impl->view.half = impl->ownHalf.data();
    impl->bytes = impl->ownHalf.size() * sizeof(std::uint16_t);
  }
  return StoredLogits(std::move(impl));
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/file_bytes.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

namespace oodscope {
namespace {

std::ifstream openForReading(const std::filesystem::path& file) {
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    throw Error({.what = "file cannot be read",
                 .found = errno != 0 ? std::strerror(errno) : std::string("an unknown reason"),
                 .file = file});
  }
  return stream;
}

}  // namespace

std::uint64_t sizeOfFile(const std::filesystem::path& file) {
  std::error_code failure;
  const auto status = std::filesystem::status(file, failure);
  if (!std::filesystem::exists(status)) throw Error("file does not exist", file);
  if (std::filesystem::is_directory(status)) {
    throw Error({.what = "file cannot be read", .expected = "a file", .found = "a folder", .file = file});
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw Error(
        {.what = "file cannot be read", .expected = "a regular file", .found = "a device or pipe", .file = file});
  }
  const auto size = std::filesystem::file_size(file, failure);
  if (failure) throw Error({.what = "file cannot be read", .found = failure.message(), .file = file});
  return size;
}

std::vector<std::uint8_t> readFileStart(const std::filesystem::path& file, std::size_t count) {
  const auto size = sizeOfFile(file);
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(std::min<std::uint64_t>(size, count)));
  auto stream = openForReading(file);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  return bytes;
}

std::vector<std::uint8_t> readFileBytes(const std::filesystem::path& file, std::uint64_t maxBytes) {
  const auto size = sizeOfFile(file);
  if (size == 0) throw Error({.what = "file is empty", .expected = "content", .found = "0 bytes", .file = file});
  if (size > maxBytes) {
    throw Error({.what = "file is too large",
                 .expected = "at most " + std::to_string(maxBytes) + " bytes",
                 .found = std::to_string(size),
                 .file = file});
  }
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(size));
  auto stream = openForReading(file);
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (static_cast<std::uint64_t>(std::max<std::streamsize>(stream.gcount(), 0)) != size) {
    throw Error({.what = "file cannot be read to its end",
                 .expected = std::to_string(size) + " bytes",
                 .found = std::to_string(stream.gcount()),
                 .file = file});
  }
  return bytes;
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/npz.h"

#include "analysis/core/error.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"

#include <zlib.h>
#include <algorithm>
#include <fstream>
#include <optional>
#include <span>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;

constexpr std::uint64_t kMostMemberBytes = std::uint64_t{2} << 30;
constexpr std::uint64_t kMostDirectoryBytes = std::uint64_t{64} << 20;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kMostComment = 65535;
constexpr std::size_t kEntryBytes = 46;
constexpr std::size_t kLocalBytes = 30;

std::uint64_t little(Bytes bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

[[noreturn]] void damaged(const std::string& found, const fs::path& file) {
  throw Error({.what = "zip archive is damaged", .expected = "a complete .npz or .zip", .found = found, .file = file});
}

std::vector<std::uint8_t> readRange(const fs::path& file, std::uint64_t offset, std::uint64_t count) {
  const auto total = sizeOfFile(file);
  if (offset > total || count > total - offset) damaged("an entry that lies beyond the end of the file", file);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(count));
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  stream.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(count));
  if (!stream) throw Error("file cannot be read", file);
  return out;
}

struct Directory {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;
};

/// zip64 keeps the true numbers in a record that a locator before the end record points to.
std::optional<Directory> wideDirectory(const fs::path& file, std::uint64_t endOffset) {
  constexpr std::uint64_t kLocatorBytes = 20;
  constexpr std::uint64_t kRecordBytes = 56;
  if (endOffset < kLocatorBytes) return std::nullopt;
  const auto locator = readRange(file, endOffset - kLocatorBytes, kLocatorBytes);
  if (little(locator, 0, 4) != 0x07064b50) return std::nullopt;
  const auto record = readRange(file, little(locator, 8, 8), kRecordBytes);
  if (little(record, 0, 4) != 0x06064b50) damaged("a zip64 locator that points nowhere", file);
  return Directory{little(record, 48, 8), little(record, 40, 8), little(record, 32, 8)};
}

Directory findDirectory(const fs::path& file) {
  const auto total = sizeOfFile(file);
  const auto tailBytes = std::min<std::uint64_t>(total, kEndBytes + kMostComment);
  const auto tail = readRange(file, total - tailBytes, tailBytes);
  for (std::size_t at = tail.size() < kEndBytes ? 0 : tail.size() - kEndBytes + 1; at-- > 0;) {
    if (little(tail, at, 4) != 0x06054b50) continue;
    const Directory narrow{little(tail, at + 16, 4), little(tail, at + 12, 4), little(tail, at + 10, 2)};
    const auto wide = wideDirectory(file, total - tailBytes + at);
    return wide ? *wide : narrow;
  }
  damaged("no directory at its end (truncated?)", file);
}

/// Fields of 0xFFFFFFFF have their true value in the zip64 extra field, in this order.
void widen(ZipMember& member, Bytes extra) {
  std::size_t at = 0;
  while (extra.size() - at >= 4) {
    const auto id = little(extra, at, 2);
    const auto size = static_cast<std::size_t>(little(extra, at + 2, 2));
    at += 4;
    if (extra.size() - at < size) return;
    if (id == 1) {
      std::size_t field = at;
      for (std::uint64_t* value : {&member.bytes, &member.packedBytes, &member.headerOffset}) {
        if (*value != 0xFFFFFFFF || field + 8 > at + size) continue;
        *value = little(extra, field, 8);
        field += 8;
      }
    }
    at += size;
  }
}

/// Up to `most` bytes of what is packed; fewer where it ends before.
std::vector<std::uint8_t> inflated(Bytes packed, std::uint64_t most, const ZipMember& member, const fs::path& file) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(most));
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Error("zlib cannot start", file);
  stream.next_in = const_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  // A whole member must end where it says; of a part, only that it can be unpacked.
  const bool isWhole = most == member.bytes && packed.size() == member.packedBytes;
  const int result = inflate(&stream, isWhole ? Z_FINISH : Z_SYNC_FLUSH);
  const auto produced = stream.total_out;
  inflateEnd(&stream);
  const bool isFine =
      isWhole ? result == Z_STREAM_END : result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
  if (!isFine) damaged("member " + member.name + " that cannot be unpacked", file);
  out.resize(produced);
  return out;
}

/// The first `count` bytes of what the archive holds of a member, packed as it is.
std::vector<std::uint8_t> packedContent(const fs::path& file, const ZipMember& member, std::uint64_t count) {
  if (member.method != 0 && member.method != 8) {
    throw Error({.what = "zip member cannot be unpacked",
                 .expected = "stored or deflated",
                 .found = member.method < 0 ? "encrypted " + member.name
                                            : member.name + " packed by method " + std::to_string(member.method),
                 .file = file});
  }
  // Deflate cannot shrink more than 1032 to 1: a member that claims more is damaged, and must not claim memory.
  constexpr std::uint64_t kMostRatio = 1032;
  const bool isAbsurd = member.bytes > kMostMemberBytes || member.packedBytes > kMostMemberBytes ||
                        (member.method == 0 && member.bytes != member.packedBytes) ||
                        (member.method == 8 && member.bytes / kMostRatio > member.packedBytes);
  if (isAbsurd) damaged("member " + member.name + " of " + std::to_string(member.bytes) + " bytes", file);
  const auto local = readRange(file, member.headerOffset, kLocalBytes);
  if (little(local, 0, 4) != 0x04034b50) damaged("member " + member.name + " without a header", file);
  const auto start = member.headerOffset + kLocalBytes + little(local, 26, 2) + little(local, 28, 2);
  return readRange(file, start, count);
}

}  // namespace

std::vector<ZipMember> zipMembers(const fs::path& file) {
  const auto kind = sniffFile(file);
  if (kind != FileKind::Zip && kind != FileKind::TorchZip) {
    throw Error({.what = "file is not a zip archive",
                 .expected = ".npz or .zip",
                 .found = std::string(fileKindName(kind)),
                 .file = file});
  }
  const auto place = findDirectory(file);
  if (place.bytes > kMostDirectoryBytes) damaged("a directory of " + std::to_string(place.bytes) + " bytes", file);
  const auto directory = readRange(file, place.offset, place.bytes);
  const Bytes bytes = directory;
  std::vector<ZipMember> members;
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < place.entries; ++i) {
    if (bytes.size() - at < kEntryBytes || little(bytes, at, 4) != 0x02014b50) damaged("a broken directory", file);
    const auto nameBytes = static_cast<std::size_t>(little(bytes, at + 28, 2));
    const auto extraBytes = static_cast<std::size_t>(little(bytes, at + 30, 2));
    const auto commentBytes = static_cast<std::size_t>(little(bytes, at + 32, 2));
    if (bytes.size() - at - kEntryBytes < nameBytes + extraBytes + commentBytes) damaged("a broken directory", file);
    ZipMember member;
    const bool isEncrypted = (little(bytes, at + 8, 2) & 1U) != 0;
    member.method = isEncrypted ? -1 : static_cast<int>(little(bytes, at + 10, 2));
    member.crc = static_cast<std::uint32_t>(little(bytes, at + 16, 4));
    member.packedBytes = little(bytes, at + 20, 4);
    member.bytes = little(bytes, at + 24, 4);
    member.headerOffset = little(bytes, at + 42, 4);
    const auto* name = reinterpret_cast<const char*>(bytes.data()) + at + kEntryBytes;
    member.name.assign(name, nameBytes);
    widen(member, bytes.subspan(at + kEntryBytes + nameBytes, extraBytes));
    members.push_back(std::move(member));
    at += kEntryBytes + nameBytes + extraBytes + commentBytes;
  }
  return members;
}

std::vector<std::uint8_t> readZipMember(const fs::path& file, const ZipMember& member) {
  auto content = packedContent(file, member, member.packedBytes);
  if (member.method == 8) content = inflated(content, member.bytes, member, file);
  if (content.size() != member.bytes) damaged("member " + member.name + " that cannot be unpacked", file);
  const auto sum = crc32(crc32(0, nullptr, 0), content.data(), static_cast<uInt>(content.size()));
  if (static_cast<std::uint32_t>(sum) != member.crc) damaged("member " + member.name + " with a wrong checksum", file);
  return content;
}

std::vector<std::uint8_t> readZipMemberStart(const fs::path& file, const ZipMember& member, std::size_t count) {
  constexpr std::uint64_t kSlack = 1024;  // deflate may grow what it cannot pack
  auto content = packedContent(file, member, std::min<std::uint64_t>(member.packedBytes, count + kSlack));
  const auto wanted = std::min<std::uint64_t>(member.bytes, count);
  if (member.method == 8) return inflated(content, wanted, member, file);
  content.resize(static_cast<std::size_t>(std::min<std::uint64_t>(content.size(), wanted)));
  return content;
}

std::vector<NpzArray> npzArrays(const fs::path& file) {
  constexpr std::string_view kEnding = ".npy";
  constexpr std::size_t kHeader = 65536 + 12;
  std::vector<NpzArray> out;
  for (const auto& member : zipMembers(file)) {
    if (!member.name.ends_with(kEnding)) continue;
    const auto start = readZipMemberStart(file, member, kHeader);
    try {
      out.push_back({member.name.substr(0, member.name.size() - kEnding.size()),
                     parseNpyHeader(start, member.bytes, file / member.name)});
    } catch (const Error&) {
      continue;
    }
  }
  return out;
}

NpyArray readNpz(const fs::path& file, const std::string& name) {
  std::vector<ZipMember> arrays;
  std::string names;
  for (auto& member : zipMembers(file)) {
    if (!member.name.ends_with(".npy")) continue;
    names += (names.empty() ? "" : ", ") + member.name.substr(0, member.name.size() - 4);
    arrays.push_back(std::move(member));
  }
  const auto refuse = [&](const std::string& expected) {
    throw Error({.what = "archive does not hold the array",
                 .expected = expected,
                 .found = names.empty() ? "no array" : names.substr(0, 200),
                 .file = file});
  };
  if (name.empty() && arrays.size() != 1) refuse("a single array");
  const auto found = name.empty() ? arrays.begin()
                                  : std::find_if(arrays.begin(), arrays.end(),
                                                 [&](const ZipMember& m) { return m.name == name + ".npy"; });
  if (found == arrays.end()) refuse("an array named " + name);
  return parseNpy(readZipMember(file, *found), file / found->name);
}

}  // namespace oodscope

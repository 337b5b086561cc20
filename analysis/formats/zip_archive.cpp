// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/zip_archive.h"

#include "analysis/core/error.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace oodscope {
namespace {

// Signatures and record lengths. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16.
constexpr std::uint32_t kLocalHeader = 0x04034b50, kCentralHeader = 0x02014b50, kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50, kEnd64Locator = 0x07064b50;
constexpr std::size_t kLocalLength = 30, kCentralLength = 46, kEndLength = 22, kLocatorLength = 20, kEnd64Length = 56;
constexpr std::size_t kMaxMembers = 200'000;
constexpr std::size_t kAlignment = 64;
constexpr std::uint32_t kIn64 = 0xffffffff;

std::uint64_t little(std::span<const std::byte> bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}

void putLittle(std::vector<std::byte>& out, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out.push_back(static_cast<std::byte>(value >> (8 * i)));
}

void putText(std::vector<std::byte>& out, std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::uint32_t crcOf(std::span<const std::byte> bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<z_size_t>(bytes.size())));
}

}  // namespace

void ZipArchive::fail(const std::string& what) const { throw Error("Damaged zip file: " + what, m_file); }

ZipArchive::ZipArchive(std::span<const std::byte> bytes, std::filesystem::path file)
    : m_bytes(bytes), m_file(std::move(file)) {
  if (bytes.size() < kEndLength) fail("too short");
  // The end record may be followed by a comment of up to 65,535 bytes.
  const std::size_t lowest = bytes.size() - std::min<std::size_t>(bytes.size(), kEndLength + 65'535);
  std::size_t end = bytes.size() - kEndLength;
  while (little(bytes, end, 4) != kEnd) {
    if (end == lowest) fail("no end record; the file is cut short");
    --end;
  }
  std::uint64_t count = little(bytes, end + 10, 2), length = little(bytes, end + 12, 4),
                start = little(bytes, end + 16, 4);
  if ((count == 0xffff || length == kIn64 || start == kIn64) && end >= kLocatorLength &&
      little(bytes, end - kLocatorLength, 4) == kEnd64Locator) {
    const std::uint64_t at = little(bytes, end - kLocatorLength + 8, 8);
    if (at > bytes.size() || bytes.size() - at < kEnd64Length || little(bytes, at, 4) != kEnd64)
      fail("bad zip64 record");
    count = little(bytes, at + 32, 8);
    length = little(bytes, at + 40, 8);
    start = little(bytes, at + 48, 8);
  }
  if (count > kMaxMembers) fail(std::to_string(count) + " members");
  if (start > bytes.size() || length > bytes.size() - start) fail("directory outside the file");
  const auto directory = bytes.subspan(start, length);
  std::size_t at = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (directory.size() - at < kCentralLength || little(directory, at, 4) != kCentralHeader)
      fail("bad directory entry");
    const std::uint64_t nameLength = little(directory, at + 28, 2), extraLength = little(directory, at + 30, 2);
    const std::uint64_t entryLength = kCentralLength + nameLength + extraLength + little(directory, at + 32, 2);
    if (directory.size() - at < entryLength) fail("bad directory entry");
    Member member{.offset = little(directory, at + 42, 4),
                  .packed = little(directory, at + 20, 4),
                  .size = little(directory, at + 24, 4),
                  .crc = static_cast<std::uint32_t>(little(directory, at + 16, 4)),
                  .method = static_cast<std::uint16_t>(little(directory, at + 10, 2))};
    const auto nameBytes = directory.subspan(at + kCentralLength, nameLength);
    const std::string name(reinterpret_cast<const char*>(nameBytes.data()), nameBytes.size());
    const auto extra = directory.subspan(at + kCentralLength + nameLength, extraLength);
    for (std::size_t e = 0; e + 4 <= extra.size();) {
      const std::uint64_t id = little(extra, e, 2), size = little(extra, e + 2, 2);
      if (extra.size() - e - 4 < size) break;
      if (id == 1) {  // zip64: the fields that did not fit, in this order
        std::size_t field = e + 4;
        for (std::uint64_t* value : {&member.size, &member.packed, &member.offset}) {
          if (*value != kIn64) continue;
          if (field + 8 > e + 4 + size) fail("bad zip64 entry");
          *value = little(extra, field, 8);
          field += 8;
        }
      }
      e += 4 + size;
    }
    m_members.emplace(name, member);
    at += entryLength;
  }
}

std::vector<std::string> ZipArchive::names() const {
  std::vector<std::string> out;
  for (const auto& [name, member] : m_members) out.push_back(name);
  return out;
}

std::span<const std::byte> ZipArchive::read(const std::string& name, std::vector<std::byte>& buffer,
                                            std::uint64_t maxBytes) const {
  const auto found = m_members.find(name);
  if (found == m_members.end()) fail("no member " + name);
  const Member& member = found->second;
  if (member.size > maxBytes) fail(name + " claims " + std::to_string(member.size) + " bytes");
  if (member.offset > m_bytes.size() || m_bytes.size() - member.offset < kLocalLength ||
      little(m_bytes, member.offset, 4) != kLocalHeader) {
    fail("no header for " + name);
  }
  const std::uint64_t begin =
      member.offset + kLocalLength + little(m_bytes, member.offset + 26, 2) + little(m_bytes, member.offset + 28, 2);
  if (begin > m_bytes.size() || member.packed > m_bytes.size() - begin) fail(name + " lies outside the file");
  std::span<const std::byte> content = m_bytes.subspan(begin, member.packed);
  if (member.method == 8) {
    // Deflate cannot pack better than about 1032 to 1: a larger claim is a lie and must not be allocated.
    if (member.size / 1100 > member.packed) fail(name + " claims an impossible size");
    buffer.resize(member.size);
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) fail("inflate");
    if (member.packed > std::numeric_limits<uInt>::max() || member.size > std::numeric_limits<uInt>::max()) {
      inflateEnd(&stream);
      fail(name + " is too large to inflate");
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(content.data()));  // zlib's interface is not const
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int status = inflate(&stream, Z_FINISH);
    const bool complete = status == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    if (!complete) fail(name + " does not inflate");
    content = buffer;
  } else if (member.method != 0) {
    fail(name + " is compressed with method " + std::to_string(member.method));
  } else if (member.packed != member.size) {
    fail(name + " has two sizes");
  }
  if (crcOf(content) != member.crc) fail(name + " does not match its checksum");
  return content;
}

void ZipWriter::add(std::string_view name, std::span<const std::byte> content) {
  require(m_bytes.size() + content.size() < kIn64 - 4096 && m_count < 0xfff0, "ZipWriter: too large without zip64");
  const std::uint64_t offset = m_bytes.size();
  const std::uint32_t crc = crcOf(content);
  // The extra field "FB" is what LibTorch itself pads with; 4 bytes are its own header.
  const std::size_t unpadded = offset + kLocalLength + name.size() + 4;
  const std::size_t padding = (kAlignment - unpadded % kAlignment) % kAlignment;
  const auto common = [&](std::vector<std::byte>& out, std::size_t extra) {
    putLittle(out, 20, 2);       // version needed
    putLittle(out, 1 << 11, 2);  // names are UTF-8
    putLittle(out, 0, 2);        // stored
    putLittle(out, 0, 2);        // time 00:00
    putLittle(out, 0x21, 2);     // 1 January 1980, the earliest
    putLittle(out, crc, 4);
    putLittle(out, content.size(), 4);
    putLittle(out, content.size(), 4);
    putLittle(out, name.size(), 2);
    putLittle(out, extra, 2);
  };
  putLittle(m_bytes, kLocalHeader, 4);
  common(m_bytes, 4 + padding);
  putText(m_bytes, name);
  putText(m_bytes, "FB");
  putLittle(m_bytes, padding, 2);
  m_bytes.insert(m_bytes.end(), padding, std::byte{'Z'});
  m_bytes.insert(m_bytes.end(), content.begin(), content.end());
  putLittle(m_directory, kCentralHeader, 4);
  putLittle(m_directory, 20, 2);
  common(m_directory, 0);
  for (const std::size_t field : {2U, 2U, 2U, 4U}) putLittle(m_directory, 0, field);  // comment, disk, attributes
  putLittle(m_directory, offset, 4);
  putText(m_directory, name);
  ++m_count;
}

std::vector<std::byte> ZipWriter::finish() {
  const std::uint64_t start = m_bytes.size();
  m_bytes.insert(m_bytes.end(), m_directory.begin(), m_directory.end());
  putLittle(m_bytes, kEnd, 4);
  putLittle(m_bytes, 0, 4);
  putLittle(m_bytes, m_count, 2);
  putLittle(m_bytes, m_count, 2);
  putLittle(m_bytes, m_directory.size(), 4);
  putLittle(m_bytes, start, 4);
  putLittle(m_bytes, 0, 2);
  return std::move(m_bytes);
}

}  // namespace oodscope

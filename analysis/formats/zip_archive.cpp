// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/zip_archive.h"

#include "analysis/core/error.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"

#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <limits>

namespace oodscope {
namespace {

// Signatures and record lengths. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16.
constexpr std::uint32_t kLocalHeader = 0x04034b50, kCentralHeader = 0x02014b50, kEnd = 0x06054b50;
constexpr std::uint32_t kEnd64 = 0x06064b50, kEnd64Locator = 0x07064b50;
constexpr std::size_t kLocalLength = 30, kCentralLength = 46, kEndLength = 22, kLocatorLength = 20, kEnd64Length = 56;
constexpr std::uint64_t kMostMembers = 200'000, kMostDirectoryBytes = std::uint64_t{64} << 20, kMostRatio = 1032;
constexpr std::uint16_t kStored = 0, kDeflated = 8;
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

void ZipArchive::fail(const std::string& what) const {
  throw Error(
      {.what = "zip archive is damaged", .expected = "a complete .npz, .pth or .zip", .found = what, .file = m_file});
}

std::span<const std::byte> ZipArchive::range(std::uint64_t offset, std::uint64_t count,
                                             std::vector<std::byte>& buffer) const {
  if (offset > m_length || count > m_length - offset) fail("an entry that lies beyond the end of the file");
  if (m_bytes) return m_bytes->subspan(offset, count);
  buffer.resize(count);
  std::ifstream stream(m_file, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  stream.read(reinterpret_cast<char*>(buffer.data()), static_cast<std::streamsize>(count));
  if (!stream) throw Error("file cannot be read", m_file);
  return buffer;
}

ZipArchive::ZipArchive(std::span<const std::byte> bytes, std::filesystem::path file)
    : m_bytes(bytes), m_file(std::move(file)), m_length(bytes.size()) {
  readDirectory();
}

ZipArchive::ZipArchive(std::filesystem::path file) : m_file(std::move(file)), m_length(sizeOfFile(m_file)) {
  const FileKind kind = sniffFile(m_file);
  if (kind != FileKind::Zip && kind != FileKind::TorchZip) {
    throw Error({.what = "file is not a zip archive",
                 .expected = ".npz or .zip",
                 .found = std::string(fileKindName(kind)),
                 .file = m_file});
  }
  readDirectory();
}

/// zip64 keeps the true numbers in a record that a locator before the end record points to.
std::optional<ZipArchive::Directory> ZipArchive::wideDirectory(std::uint64_t end) const {
  if (end < kLocatorLength) return std::nullopt;
  std::vector<std::byte> buffer;
  const auto locator = range(end - kLocatorLength, kLocatorLength, buffer);
  if (little(locator, 0, 4) != kEnd64Locator) return std::nullopt;
  const auto record = range(little(locator, 8, 8), kEnd64Length, buffer);
  if (little(record, 0, 4) != kEnd64) fail("a zip64 locator that points nowhere");
  return Directory{.count = little(record, 32, 8), .length = little(record, 40, 8), .start = little(record, 48, 8)};
}

ZipArchive::Directory ZipArchive::findDirectory() const {
  // The end record may be followed by a comment of up to 65,535 bytes.
  const std::uint64_t tailLength = std::min<std::uint64_t>(m_length, kEndLength + 65'535);
  std::vector<std::byte> buffer;
  const auto tail = range(m_length - tailLength, tailLength, buffer);
  for (std::size_t at = tail.size() < kEndLength ? 0 : tail.size() - kEndLength + 1; at-- > 0;) {
    if (little(tail, at, 4) != kEnd) continue;
    const Directory narrow{
        .count = little(tail, at + 10, 2), .length = little(tail, at + 12, 4), .start = little(tail, at + 16, 4)};
    return wideDirectory(m_length - tailLength + at).value_or(narrow);
  }
  fail("no directory at its end (truncated?)");
}

void ZipArchive::readDirectory() {
  const Directory place = findDirectory();
  if (place.count > kMostMembers) fail(std::to_string(place.count) + " members");
  if (place.length > kMostDirectoryBytes) fail("a directory of " + std::to_string(place.length) + " bytes");
  std::vector<std::byte> buffer;
  std::span<const std::byte> rest = range(place.start, place.length, buffer);
  for (std::uint64_t i = 0; i < place.count; ++i) {
    if (rest.size() < kCentralLength || little(rest, 0, 4) != kCentralHeader) fail("a broken directory");
    const std::size_t nameLength = little(rest, 28, 2), extraLength = little(rest, 30, 2);
    const std::size_t entryLength = kCentralLength + nameLength + extraLength + little(rest, 32, 2);
    if (rest.size() < entryLength) fail("a broken directory");
    addMember(rest.first(entryLength), nameLength, extraLength);
    rest = rest.subspan(entryLength);
  }
}

void ZipArchive::addMember(std::span<const std::byte> entry, std::size_t nameLength, std::size_t extraLength) {
  const auto name = entry.subspan(kCentralLength, nameLength);
  ZipMember member{.name = std::string(reinterpret_cast<const char*>(name.data()), name.size()),
                   .method = static_cast<std::uint16_t>(little(entry, 10, 2)),
                   .isEncrypted = (little(entry, 8, 2) & 1U) != 0,
                   .crc = static_cast<std::uint32_t>(little(entry, 16, 4)),
                   .packed = little(entry, 20, 4),
                   .size = little(entry, 24, 4),
                   .offset = little(entry, 42, 4)};
  auto extra = entry.subspan(kCentralLength + nameLength, extraLength);
  while (extra.size() >= 4) {
    const std::uint64_t id = little(extra, 0, 2), length = little(extra, 2, 2);
    extra = extra.subspan(4);
    if (extra.size() < length) break;
    if (id == 1) {  // zip64: the fields that did not fit, in this order
      std::size_t field = 0;
      for (std::uint64_t* value : {&member.size, &member.packed, &member.offset}) {
        if (*value != kIn64) continue;
        if (field + 8 > length) fail("a broken zip64 entry of " + member.name);
        *value = little(extra, field, 8);
        field += 8;
      }
    }
    extra = extra.subspan(length);
  }
  m_byName.emplace(member.name, m_members.size());
  m_members.push_back(std::move(member));
}

std::vector<std::string> ZipArchive::names() const {
  std::vector<std::string> out;
  for (const auto& [name, index] : m_byName) out.push_back(name);
  std::sort(out.begin(), out.end());
  return out;
}

const ZipMember& ZipArchive::find(const std::string& name) const {
  const auto found = m_byName.find(name);
  if (found == m_byName.end()) fail("no member " + name);
  return m_members[found->second];
}

std::span<const std::byte> ZipArchive::packedContent(const ZipMember& member, std::uint64_t count,
                                                     std::vector<std::byte>& buffer) const {
  if (member.isEncrypted || (member.method != kStored && member.method != kDeflated)) {
    throw Error({.what = "zip member cannot be unpacked",
                 .expected = "stored or deflated",
                 .found = member.isEncrypted ? "encrypted " + member.name
                                             : member.name + " packed by method " + std::to_string(member.method),
                 .file = m_file});
  }
  // Deflate cannot shrink more than 1032 to 1: a member that claims more is damaged, and must not claim memory.
  const bool isAbsurd =
      member.method == kStored ? member.size != member.packed : member.size / kMostRatio > member.packed;
  if (isAbsurd) fail("member " + member.name + " of " + std::to_string(member.size) + " bytes");
  const auto header = range(member.offset, kLocalLength, buffer);
  if (little(header, 0, 4) != kLocalHeader) fail("member " + member.name + " without a header");
  return range(member.offset + kLocalLength + little(header, 26, 2) + little(header, 28, 2), count, buffer);
}

/// Fills `content` from what is packed. A whole member must end where it says; of a part, only that it can be unpacked.
void ZipArchive::inflateInto(std::span<std::byte> content, std::span<const std::byte> packed,
                             const ZipMember& member) const {
  constexpr std::uint64_t kMost = std::numeric_limits<uInt>::max();
  if (packed.size() > kMost || content.size() > kMost) fail("member " + member.name + ", too large to be unpacked");
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Error("zlib cannot start", m_file);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));  // zlib's interface is not const
  stream.avail_in = static_cast<uInt>(packed.size());
  std::byte nowhere{};  // zlib refuses an address of nothing
  stream.next_out = reinterpret_cast<Bytef*>(content.empty() ? &nowhere : content.data());
  stream.avail_out = static_cast<uInt>(content.size());
  const bool isWhole = content.size() == member.size && packed.size() == member.packed;
  const int status = inflate(&stream, isWhole ? Z_FINISH : Z_SYNC_FLUSH);
  const bool isFilled = stream.avail_out == 0;
  inflateEnd(&stream);
  const bool isFine =
      status == Z_STREAM_END || (!isWhole && (status == Z_OK || status == Z_BUF_ERROR));  // no room is no error
  if (!isFine || !isFilled) fail("member " + member.name + " that cannot be unpacked");
}

std::span<const std::byte> ZipArchive::read(const std::string& name, std::vector<std::byte>& buffer,
                                            std::uint64_t maxBytes) const {
  const ZipMember& member = find(name);
  if (member.size > maxBytes) fail("member " + name + " of " + std::to_string(member.size) + " bytes");
  std::vector<std::byte> packed;
  std::span<const std::byte> content = packedContent(member, member.packed, member.method == kStored ? buffer : packed);
  if (member.method == kDeflated) {
    buffer.resize(member.size);
    inflateInto(buffer, content, member);
    content = buffer;
  }
  if (crcOf(content) != member.crc) fail("member " + name + " with a wrong checksum");
  return content;
}

std::vector<std::byte> ZipArchive::readStart(const std::string& name, std::size_t count) const {
  constexpr std::uint64_t kSlack = 1024;  // deflate may grow what it cannot pack
  const ZipMember& member = find(name);
  std::vector<std::byte> buffer;
  const auto packed = packedContent(member, std::min<std::uint64_t>(member.packed, count + kSlack), buffer);
  std::vector<std::byte> out(std::min<std::uint64_t>(member.size, count));
  if (member.method == kDeflated)
    inflateInto(out, packed, member);
  else
    std::copy_n(packed.begin(), out.size(), out.begin());
  return out;
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

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/npy.h"

#include "analysis/core/error.h"
#include "analysis/core/half.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;

struct TypeFacts {
  NpyType type;
  std::string_view code;  ///< without the byte order
  std::string_view name;
  std::size_t size;
};
constexpr std::array<TypeFacts, 12> kTypes = {{{NpyType::Float16, "f2", "float16", 2},
                                               {NpyType::Float32, "f4", "float32", 4},
                                               {NpyType::Float64, "f8", "float64", 8},
                                               {NpyType::Bool, "b1", "bool", 1},
                                               {NpyType::Int8, "i1", "int8", 1},
                                               {NpyType::UInt8, "u1", "uint8", 1},
                                               {NpyType::Int16, "i2", "int16", 2},
                                               {NpyType::UInt16, "u2", "uint16", 2},
                                               {NpyType::Int32, "i4", "int32", 4},
                                               {NpyType::UInt32, "u4", "uint32", 4},
                                               {NpyType::Int64, "i8", "int64", 8},
                                               {NpyType::UInt64, "u8", "uint64", 8}}};

const TypeFacts& factsOf(NpyType type) {
  return *std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeFacts& facts) { return facts.type == type; });
}

/// More header than anybody needs; NumPy's own limit is 10,000 by default.
constexpr std::size_t kMostHeaderBytes = 65536;
constexpr std::size_t kMostDimensions = 32;
constexpr std::string_view kMagic = "\x93NUMPY";

/// A cursor over the header, a Python dict literal such as {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }.
class HeaderText {
public:
  HeaderText(std::string_view text, const fs::path& file) : m_text(text), m_file(file) {}

  [[noreturn]] void fail(const std::string& expected) const {
    std::string found(m_text.substr(std::min(m_at, m_text.size()), 40));
    for (char& c : found) {
      if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7E) c = '?';
    }
    throw Error({.what = ".npy header cannot be read",
                 .expected = expected,
                 .found = found.empty() ? "its end" : "\"" + found + "\"",
                 .file = m_file});
  }
  void skipSpace() {
    while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t')) ++m_at;
  }
  bool tryTake(std::string_view token) {
    skipSpace();
    if (!m_text.substr(m_at).starts_with(token)) return false;
    m_at += token.size();
    return true;
  }
  void take(std::string_view token) {
    if (!tryTake(token)) fail(std::string(token));
  }
  std::string quoted() {
    skipSpace();
    const char quote = m_at < m_text.size() ? m_text[m_at] : '\0';
    if (quote != '\'' && quote != '"') fail("a quoted text");
    const auto end = m_text.find(quote, m_at + 1);
    if (end == std::string_view::npos) fail("a quoted text");
    const auto start = m_at + 1;
    m_at = end + 1;
    return std::string(m_text.substr(start, end - start));
  }
  bool isAt(char c) {
    skipSpace();
    return m_at < m_text.size() && m_text[m_at] == c;
  }
  std::size_t number() {
    skipSpace();
    if (isAt('-')) fail("a dimension that is not negative");
    std::size_t value = 0;
    const char* start = m_text.data() + m_at;
    const auto [end, code] = std::from_chars(start, m_text.data() + m_text.size(), value);
    if (code == std::errc::result_out_of_range) fail("a dimension that fits the address space");
    if (code != std::errc() || end == start) fail("a number");
    m_at += static_cast<std::size_t>(end - start);
    tryTake("L");  // Python 2 wrote long integers so
    return value;
  }

private:
  std::string_view m_text;
  const fs::path& m_file;
  std::size_t m_at = 0;
};

/// NumPy's letter of a type that no number stands for, in words.
std::string foreignType(const std::string& descr) {
  if (descr.find('O') != std::string::npos) return "Python objects, which are never unpickled";
  switch (descr.size() > 1 ? descr[1] : '\0') {
    case 'c':
      return "complex numbers (" + descr.substr(0, 20) + ")";
    case 'U':
    case 'S':
    case 'a':
      return "text (" + descr.substr(0, 20) + ")";
    case 'M':
    case 'm':
      return "dates or times (" + descr.substr(0, 20) + ")";
    case 'V':
      return "records or raw bytes (" + descr.substr(0, 20) + ")";
    case 'f':
      return "floating numbers of another width (" + descr.substr(0, 20) + ")";
    default:
      return descr.substr(0, 20);
  }
}

void takeType(const std::string& descr, NpyHeader& header, const fs::path& file) {
  for (const auto& facts : kTypes) {
    if (descr.size() != 3 || facts.code != std::string_view(descr).substr(1)) continue;
    if (std::string_view("<|=>").find(descr[0]) == std::string_view::npos) break;
    header.type = facts.type;
    header.isBigEndian = descr[0] == '>' && facts.size > 1;
    return;
  }
  throw Error({.what = ".npy elements cannot be read",
               .expected = "numbers: float16, float32, float64, bool or integers",
               .found = foreignType(descr),
               .file = file});
}

std::vector<std::size_t> shapeFrom(HeaderText& text) {
  std::vector<std::size_t> shape;
  text.take("(");
  while (!text.tryTake(")")) {
    if (shape.size() == kMostDimensions) text.fail("at most 32 dimensions");
    shape.push_back(text.number());
    if (!text.tryTake(",") && !text.isAt(')')) text.fail("',' or ')'");
  }
  return shape;
}

std::optional<std::size_t> product(std::span<const std::size_t> shape, std::size_t start) {
  // A zero anywhere makes the array empty, but must not hide that the other dimensions overflow.
  std::size_t total = start;
  bool isEmpty = false;
  for (const auto dimension : shape) {
    if (dimension == 0) {
      isEmpty = true;
    } else if (__builtin_mul_overflow(total, dimension, &total)) {
      return std::nullopt;
    }
  }
  return isEmpty ? 0 : total;
}

/// Where a header's text lies: after `prefix` bytes, `length` of them.
struct HeaderPlace {
  std::size_t prefix = 0, length = 0;
};

HeaderPlace findHeader(Bytes start, std::uint64_t totalBytes, const fs::path& name) {
  const auto kind = sniffBytes(start);
  if (kind != FileKind::Npy) {
    throw Error({.what = "file is not a NumPy array",
                 .expected = "\\x93NUMPY at its start",
                 .found = std::string(fileKindName(kind)),
                 .file = name});
  }
  const int version = start.size() > 6 ? start[6] : 0;
  const std::size_t prefix = version == 1 ? 10 : 12;
  if (start.size() < prefix || version < 1 || version > 3) {
    throw Error({.what = ".npy header cannot be read",
                 .expected = "format version 1, 2 or 3",
                 .found = start.size() < prefix ? "a file that ends in its header" : std::to_string(version),
                 .file = name});
  }
  std::size_t length = start[8] + 256U * start[9];
  if (version > 1) length += (std::size_t{start[10]} << 16) + (std::size_t{start[11]} << 24);
  if (length > kMostHeaderBytes || start.size() - prefix < length) {
    throw Error({.what = ".npy header cannot be read",
                 .expected = "a header within the file and at most " + std::to_string(kMostHeaderBytes) + " bytes",
                 .found = std::to_string(length) + " bytes announced in a file of " + std::to_string(totalBytes),
                 .file = name});
  }
  return {.prefix = prefix, .length = length};
}

/// Reads descr, fortran_order and shape, which stand in any order, once each.
void takeFields(HeaderText& text, NpyHeader& header, const fs::path& name) {
  bool hasType = false;
  bool hasShape = false;
  bool hasOrder = false;
  text.take("{");
  while (!text.tryTake("}")) {
    const auto key = text.quoted();
    text.take(":");
    if (key == "descr" && !hasType) {
      if (text.isAt('[')) {
        throw Error({.what = ".npy elements cannot be read",
                     .expected = "plain numbers",
                     .found = "a record of several fields",
                     .file = name});
      }
      takeType(text.quoted(), header, name);
      hasType = true;
    } else if (key == "fortran_order" && !hasOrder) {
      header.isFortranOrder = text.tryTake("True");
      if (!header.isFortranOrder) text.take("False");
      hasOrder = true;
    } else if (key == "shape" && !hasShape) {
      header.shape = shapeFrom(text);
      hasShape = true;
    } else {
      text.fail("the keys descr, fortran_order and shape, once each");
    }
    if (!text.tryTake(",") && !text.isAt('}')) text.fail("',' or '}'");
  }
  if (!hasType || !hasShape || !hasOrder) text.fail("the keys descr, fortran_order and shape");
}

/// Bytes of the array that a header announces; refuses more than the file has.
std::uint64_t bytesWithin(std::uint64_t totalBytes, const NpyHeader& header, const fs::path& name) {
  const auto bytes = product(header.shape, npyTypeSize(header.type));
  if (!bytes || *bytes > totalBytes || header.dataOffset > totalBytes - *bytes) {
    throw Error({.what = ".npy shape does not fit the file",
                 .expected = (bytes ? std::to_string(*bytes) : std::string("more than any file's number of")) +
                             " bytes for " + npyText(header),
                 .found = std::to_string(totalBytes - std::min<std::uint64_t>(totalBytes, header.dataOffset)) +
                          " bytes after the header",
                 .file = name});
  }
  return *bytes;
}

}  // namespace

std::size_t npyTypeSize(NpyType type) { return factsOf(type).size; }
std::string_view npyTypeName(NpyType type) { return factsOf(type).name; }

std::string npyShapeText(std::span<const std::size_t> shape) {
  std::string out;
  for (const auto dimension : shape) {
    if (!out.empty()) out += 'x';
    out += std::to_string(dimension);
  }
  return out.empty() ? "a single value" : out;
}

std::string npyText(const NpyHeader& header) {
  return std::string(npyTypeName(header.type)) + " " + npyShapeText(header.shape);
}

NpyHeader parseNpyHeader(Bytes start, std::uint64_t totalBytes, const fs::path& name) {
  const HeaderPlace place = findHeader(start, totalBytes, name);
  HeaderText text({reinterpret_cast<const char*>(start.data()) + place.prefix, place.length}, name);
  NpyHeader header;
  header.dataOffset = place.prefix + place.length;
  takeFields(text, header, name);
  header.dataBytes = bytesWithin(totalBytes, header, name);
  return header;
}

NpyHeader readNpyHeader(const fs::path& file) {
  const auto total = sizeOfFile(file);
  return parseNpyHeader(readFileStart(file, kMostHeaderBytes + 12), total, file);
}

NpyArray parseNpy(Bytes bytes, const fs::path& name) {
  NpyArray array;
  array.header = parseNpyHeader(bytes, bytes.size(), name);
  const auto data = bytes.subspan(array.header.dataOffset, array.header.dataBytes);
  array.data.assign(data.begin(), data.end());
  if (array.header.isBigEndian) swapBytes(array.data, npyTypeSize(array.header.type));
  if (!array.header.isFortranOrder) return array;
  // As stored, a Fortran array is the C array of the reversed shape.
  std::reverse(array.header.shape.begin(), array.header.shape.end());
  return withAxesReversed(array);
}

NpyArray readNpy(const fs::path& file) { return parseNpy(readFileBytes(file), file); }

std::string npyHeaderText(NpyType type, std::span<const std::size_t> shape) {
  constexpr std::size_t kPrefix = 10;
  constexpr std::size_t kAlignment = 64;
  const auto& facts = factsOf(type);
  std::string dict = std::string("{'descr': '") + (facts.size == 1 ? '|' : '<') + std::string(facts.code) +
                     "', 'fortran_order': False, 'shape': (";
  for (const auto dimension : shape) dict += std::to_string(dimension) + ", ";
  if (shape.size() > 1) dict.resize(dict.size() - 2);
  if (shape.size() == 1) dict.resize(dict.size() - 1);
  dict += "), }";
  while ((kPrefix + dict.size() + 1) % kAlignment != 0) dict += ' ';
  dict += '\n';
  std::string out(kMagic);
  out += '\x01';
  out += '\0';
  out += static_cast<char>(dict.size() & 0xFFU);
  out += static_cast<char>(dict.size() >> 8);
  return out + dict;
}

void writeNpyAtomically(const fs::path& file, NpyType type, std::span<const std::size_t> shape,
                        std::span<const std::byte> data) {
  require(product(shape, npyTypeSize(type)) == data.size(), "writeNpyAtomically: the data does not fill the shape");
  const auto header = npyHeaderText(type, shape);
  writeFileAtomically(file, {std::as_bytes(std::span(header.data(), header.size())), data});
}

}  // namespace oodscope

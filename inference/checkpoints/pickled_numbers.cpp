// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/checkpoints/pickled_numbers.h"

#include "analysis/core/error.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/pickle.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace oodscope {
namespace {

constexpr std::size_t kMagicBytes = 8;  // "\x93NUMPY" and two bytes of version
constexpr std::size_t kMostNumberBytes = std::size_t{1} << 20U;
constexpr std::int64_t kLastClass = 254;

class NumbersFile {
public:
  explicit NumbersFile(const std::filesystem::path& file)
      : m_file(file), m_bytes(readFileBytes(file, kMostNumberBytes)) {}

  [[nodiscard]] std::map<int, double> read() const {
    pickle::InertReader reader(pickled(), m_file);
    const pickle::Value& root = reader.read();
    const pickle::Value* dictionary = dictionaryIn(root);
    if (!dictionary) refuse("something else");
    std::map<int, double> out;
    for (std::size_t i = 0; i + 1 < dictionary->items.size(); i += 2) {
      const pickle::Value &key = *dictionary->items[i], &value = *dictionary->items[i + 1];
      if (key.kind != pickle::Value::Kind::Integer || key.integer < 0 || key.integer > kLastClass)
        refuse("a key that is no class of 0 to 254");
      const bool isInteger = value.kind == pickle::Value::Kind::Integer;
      if (!isInteger && value.kind != pickle::Value::Kind::Float) refuse("a value that is no plain number");
      const double number = isInteger ? static_cast<double>(value.integer) : value.real;
      if (!std::isfinite(number)) refuse("a number that is not finite");
      out[static_cast<int>(key.integer)] = number;
    }
    if (out.empty()) refuse("an empty dictionary");
    return out;
  }

private:
  [[noreturn]] void refuse(const std::string& found) const {
    throw Error({.what = "the file holds no numbers by class",
                 .expected = "a .npy with one pickled dictionary of whole numbers to floats",
                 .found = found,
                 .file = m_file});
  }

  /// What follows the header, which says that it is objects.
  [[nodiscard]] std::span<const std::byte> pickled() const {
    const std::string_view text(reinterpret_cast<const char*>(m_bytes.data()), m_bytes.size());
    if (!text.starts_with("\x93NUMPY") || text.size() < kMagicBytes + 4) refuse("another kind of file");
    const auto at = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(text[i])); };
    const bool isWide = at(6) >= 2;  // format 2 and 3 count the header in four bytes
    std::size_t length = at(8) + (at(9) << 8U);
    if (isWide) length += (at(10) << 16U) + (at(11) << 24U);
    const std::size_t first = kMagicBytes + (isWide ? 4 : 2);
    if (length > text.size() - first) refuse("a header that is cut off");
    const std::string_view header = text.substr(first, length);
    if (header.find("'|O'") == std::string_view::npos) refuse("an array of numbers or text");
    return std::as_bytes(std::span(m_bytes)).subspan(first + length);
  }

  /// An array of one object is given (version, shape, type, order, [object]) as its state.
  [[nodiscard]] static const pickle::Value* dictionaryIn(const pickle::Value& root) {
    using Kind = pickle::Value::Kind;
    if (root.kind == Kind::Dictionary) return &root;
    if (root.kind != Kind::Object || !root.state || root.state->items.size() != 5) return nullptr;
    const pickle::Value& list = *root.state->items.back();
    if (list.kind != Kind::Sequence || list.items.size() != 1 || list.items[0]->kind != Kind::Dictionary)
      return nullptr;
    return list.items[0];
  }

  std::filesystem::path m_file;
  std::vector<std::uint8_t> m_bytes;
};

}  // namespace

std::map<int, double> readPickledNumbers(const std::filesystem::path& file) { return NumbersFile(file).read(); }

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oodscope {

/// What a foreign JSON text may cost.
struct JsonLimits {
  std::uint64_t bytes = std::uint64_t{16} << 20;
  int depth = 32;                    ///< lists and objects within one another
  std::size_t values = 2'000'000;    ///< of the whole text: each takes some 100 bytes of memory
  std::size_t textLength = 100'000;  ///< bytes of one text or name
};

/// A range with both ends in it.
template <class T>
struct Range {
  T least, most;
};

/// One value of a JSON text that knows where it stands. Every reader checks kind and range and throws Error with the
/// document's kind, the place ("view.score.temperature", "models[3].path"), what is expected, what was found and the
/// file. Copies share the text's content; a member of a value outlives it.
class JsonValue {
public:
  [[nodiscard]] bool isNull() const;
  [[nodiscard]] bool isObject() const;
  [[nodiscard]] bool isList() const;
  [[nodiscard]] bool isNumber() const;
  [[nodiscard]] bool isText() const;
  [[nodiscard]] bool isBoolean() const;

  /// The member of an object; nothing where the object lacks it or holds null there. Throws Error for no object.
  [[nodiscard]] std::optional<JsonValue> find(std::string_view name) const;
  /// The member of an object. Throws Error where the object lacks it (null is there).
  [[nodiscard]] JsonValue at(std::string_view name) const;
  /// All members in the order of the text. Throws Error for no object and for more than `most`.
  [[nodiscard]] std::vector<std::pair<std::string, JsonValue>> members(std::size_t most = 100'000) const;
  /// The entries of a list. Throws Error for no list and for a length outside `lengths`.
  [[nodiscard]] std::vector<JsonValue> list(Range<std::size_t> lengths = {0, 100'000}) const;

  /// A finite number within `range`.
  [[nodiscard]] double number(Range<double> range) const;
  /// A whole number within `range`; 3.0 is one, 3.5 is refused.
  [[nodiscard]] std::int64_t integer(Range<std::int64_t> range) const;
  /// Text whose bytes are within `lengths`, without a zero byte.
  [[nodiscard]] std::string text(Range<std::size_t> lengths = {0, 4096}) const;
  [[nodiscard]] bool boolean() const;

  /// Throws the Error that says `expected` of this value.
  [[noreturn]] void refuse(const std::string& expected) const;
  /// The place in the text: "view.score.temperature"; empty for the whole.
  [[nodiscard]] const std::string& place() const { return m_place; }
  [[nodiscard]] const std::filesystem::path& file() const;
  /// The value as JSON, at most about 80 bytes of it: for messages.
  [[nodiscard]] std::string excerpt() const;
  /// Number as written in the text was a whole one that 64 bits hold (not 3.0).
  [[nodiscard]] bool isInteger() const;

private:
  struct Node;
  struct Document;
  class Builder;
  friend JsonValue parseJson(std::string_view text, std::string kind, const std::filesystem::path& file,
                             const JsonLimits& limits);
  JsonValue(std::shared_ptr<const Document> document, const Node* node, std::string place)
      : m_document(std::move(document)), m_node(node), m_place(std::move(place)) {}
  [[nodiscard]] JsonValue member(const std::string& name, const Node* node) const;

  std::shared_ptr<const Document> m_document;
  const Node* m_node;
  std::string m_place;
};

/// Reads JSON (RFC 8259, UTF-8 with or without byte order mark, any line ends). `kind` says what the text is meant to
/// be, as "session" or "camera file": messages begin "The KIND …". Throws Error with line and column for other text
/// (comments, NaN, trailing text, numbers beyond a double among it), a name given twice in an object, and what exceeds
/// `limits`. `file` is named in every message. Cost: O(bytes).
[[nodiscard]] JsonValue parseJson(std::string_view text, std::string kind, const std::filesystem::path& file = {},
                                  const JsonLimits& limits = {});

/// The same for a file's content. Throws Error also where the file is missing, a folder, a pipe, empty, not readable or
/// larger than `limits.bytes`; content that is of another kind of file is named ("PNG").
[[nodiscard]] JsonValue readJsonFile(const std::filesystem::path& file, std::string kind,
                                     const JsonLimits& limits = {});

}  // namespace oodscope

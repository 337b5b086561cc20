// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/json_text.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <variant>

namespace oodscope {

struct JsonValue::Node {
  using List = std::vector<Node>;
  using Object = std::vector<std::pair<std::string, Node>>;
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, List, Object> value;
};

struct JsonValue::Document {
  std::string kind;
  std::filesystem::path file;
  Node root;
};

namespace {

constexpr std::size_t kExcerptBytes = 80;

/// At most kExcerptBytes of `text`, cut between two characters of UTF-8.
std::string shortened(std::string text) {
  if (text.size() <= kExcerptBytes) return text;
  std::size_t length = kExcerptBytes - 3;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
  return text.substr(0, length) + "...";
}

/// Line and column, both from 1, of the last of the `count` bytes that were read.
std::string positionText(std::string_view text, std::size_t count) {
  const std::string_view before = text.substr(0, std::min(count > 0 ? count - 1 : 0, text.size()));
  const auto lines = std::count(before.begin(), before.end(), '\n');
  const auto lineStart = before.rfind('\n');
  const std::size_t column = before.size() - (lineStart == std::string_view::npos ? 0 : lineStart + 1);
  return "line " + std::to_string(lines + 1) + ", column " + std::to_string(column + 1);
}

template <class T>
std::string rangeText(const char* what, const Range<T>& range) {
  if constexpr (std::is_floating_point_v<T>) {
    constexpr double kBound = 1e300;
    if (range.least < -kBound && range.most > kBound) return what;
    return what + (" from " + roundTripText(range.least) + " to " + roundTripText(range.most));
  } else {
    return what + (" from " + std::to_string(range.least) + " to " + std::to_string(range.most));
  }
}

/// "at most 5 entries", "1 to 5 entries", "3 entries".
std::string lengthText(const Range<std::size_t>& lengths, const char* unit) {
  std::string most = std::to_string(lengths.most) + " " + unit;
  if (lengths.least == lengths.most) return most;
  if (lengths.least == 0) return "at most " + most;
  return std::to_string(lengths.least) + " to " + most;
}

}  // namespace

/// Takes what the parser meets and keeps it as nodes. Its own limits make it stop, which no recursion follows.
class JsonValue::Builder {
public:
  using Json = nlohmann::json;

  Builder(Document& document, std::string_view text, const JsonLimits& limits)
      : m_document(document), m_text(text), m_limits(limits) {}

  bool null() { return take({}); }
  bool boolean(bool value) { return take({.value = value}); }
  bool number_integer(std::int64_t value) { return take({.value = value}); }
  bool number_unsigned(std::uint64_t value) {
    if (std::in_range<std::int64_t>(value)) return take({.value = static_cast<std::int64_t>(value)});
    return take({.value = value});
  }
  bool number_float(double value, const std::string& text) {
    if (!std::isfinite(value)) refuse("a number that 64 bits can hold", shortened(text));
    return take({.value = value});
  }
  bool string(std::string& text) {
    refuseLongText(text);
    return take({.value = std::move(text)});
  }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open({.value = Node::Object{}}); }
  bool start_array(std::size_t) { return open({.value = Node::List{}}); }
  bool key(std::string& name) {
    refuseLongText(name);
    m_names.push_back(std::move(name));
    return true;
  }
  bool end_array() { return close(); }
  bool end_object() {
    const auto& object = std::get<Node::Object>(m_open.back().value);
    std::vector<std::string_view> names;
    names.reserve(object.size());
    for (const auto& [name, unused] : object) names.push_back(name);
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end())
      refuse("each name of an object once", "\"" + shortened(std::string(*twice)) + "\" twice");
    return close();
  }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::detail::exception& error) {
    constexpr int kNumberOutOfRange = 406;
    if (error.id == kNumberOutOfRange) refuse("a number that 64 bits can hold", shortened(printable(token)));
    if (std::string_view(error.what()).find("UTF-8") != std::string_view::npos)
      refuse("text in UTF-8", "other bytes at " + positionText(m_text, position));
    const std::string at = " at " + positionText(m_text, position);
    const std::string found = token.empty() || position > m_text.size() ? "the end of the text" : printable(token);
    throw Error({.what = "The " + m_document.kind + " cannot be read",
                 .expected = "JSON",
                 .found = shortened(found) + at,
                 .file = m_document.file});
  }

private:
  /// Control characters of foreign text do not reach a terminal.
  static std::string printable(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20U; }, ' ');
    return text;
  }
  [[noreturn]] void refuse(const std::string& expected, const std::string& found) const {
    throw Error({.what = "The " + m_document.kind + " cannot be used",
                 .expected = expected,
                 .found = found,
                 .file = m_document.file});
  }
  void refuseLongText(const std::string& text) const {
    if (text.size() > m_limits.textLength)
      refuse("texts of at most " + std::to_string(m_limits.textLength) + " bytes",
             std::to_string(text.size()) + " bytes");
  }
  bool open(Node node) {
    if (static_cast<int>(m_open.size()) >= m_limits.depth)
      refuse("lists and objects nested at most " + std::to_string(m_limits.depth) + " deep", "deeper ones");
    m_open.push_back(std::move(node));
    return true;
  }
  bool close() {
    Node node = std::move(m_open.back());
    m_open.pop_back();
    return take(std::move(node));
  }
  bool take(Node node) {
    if (++m_count > m_limits.values) refuse("at most " + std::to_string(m_limits.values) + " values", "more of them");
    if (m_open.empty()) {
      m_document.root = std::move(node);
    } else if (auto* list = std::get_if<Node::List>(&m_open.back().value)) {
      list->push_back(std::move(node));
    } else {
      std::get<Node::Object>(m_open.back().value).emplace_back(std::move(m_names.back()), std::move(node));
      m_names.pop_back();
    }
    return true;
  }

  Document& m_document;
  std::string_view m_text;
  JsonLimits m_limits;
  std::vector<Node> m_open;          // lists and objects begun, outermost first
  std::vector<std::string> m_names;  // of the members begun
  std::size_t m_count = 0;
};

JsonValue parseJson(std::string_view text, std::string kind, const std::filesystem::path& file,
                    const JsonLimits& limits) {
  const auto document = std::make_shared<JsonValue::Document>();
  document->kind = std::move(kind);
  document->file = file;
  if (text.size() > limits.bytes)
    throw Error({.what = "The " + document->kind + " is too large",
                 .expected = "at most " + std::to_string(limits.bytes) + " bytes",
                 .found = std::to_string(text.size()),
                 .file = file});
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    throw Error({.what = "The " + document->kind + " cannot be read",
                 .expected = "JSON in UTF-8",
                 .found = "text in UTF-16: save it as UTF-8",
                 .file = file});
  JsonValue::Builder builder(*document, text, limits);
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  const JsonValue::Node* root = &document->root;
  return {document, root, {}};
}

JsonValue readJsonFile(const std::filesystem::path& file, std::string kind, const JsonLimits& limits) {
  std::vector<std::uint8_t> bytes;
  try {
    bytes = readFileBytes(file, limits.bytes);
  } catch (const Error& error) {
    ErrorParts parts = error.parts();
    parts.what = "The " + kind + " cannot be read: " + parts.what;
    throw Error(std::move(parts));
  }
  const FileKind content = sniffBytes(bytes);
  if (content != FileKind::Json && content != FileKind::Unknown)
    throw Error({.what = "The " + kind + " cannot be read",
                 .expected = "JSON",
                 .found = std::string(fileKindName(content)),
                 .file = file});
  return parseJson({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, std::move(kind), file, limits);
}

bool JsonValue::isNull() const { return std::holds_alternative<std::monostate>(m_node->value); }
bool JsonValue::isObject() const { return std::holds_alternative<Node::Object>(m_node->value); }
bool JsonValue::isList() const { return std::holds_alternative<Node::List>(m_node->value); }
bool JsonValue::isText() const { return std::holds_alternative<std::string>(m_node->value); }
bool JsonValue::isBoolean() const { return std::holds_alternative<bool>(m_node->value); }
bool JsonValue::isInteger() const { return std::holds_alternative<std::int64_t>(m_node->value); }
bool JsonValue::isNumber() const {
  return isInteger() || std::holds_alternative<std::uint64_t>(m_node->value) ||
         std::holds_alternative<double>(m_node->value);
}

const std::filesystem::path& JsonValue::file() const { return m_document->file; }

std::string JsonValue::excerpt() const {
  struct Visitor {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return std::to_string(value); }
    std::string operator()(std::uint64_t value) const { return std::to_string(value); }
    std::string operator()(double value) const { return roundTripText(value); }
    std::string operator()(const std::string& text) const {
      const auto replace = nlohmann::json::error_handler_t::replace;
      return shortened(nlohmann::json(text.substr(0, 2 * kExcerptBytes)).dump(-1, ' ', false, replace));
    }
    std::string operator()(const Node::List& list) const {
      return list.empty() ? "an empty list" : "a list of " + std::to_string(list.size());
    }
    std::string operator()(const Node::Object& object) const {
      return object.empty() ? "an empty object" : "an object with \"" + shortened(object.front().first) + '"';
    }
  };
  return std::visit(Visitor{}, m_node->value);
}

void JsonValue::refuse(const std::string& expected) const {
  throw Error(
      {.what = "The " + m_document->kind + " cannot be used" + (m_place.empty() ? "" : " at \"" + m_place + '"'),
       .expected = expected,
       .found = excerpt(),
       .file = m_document->file});
}

JsonValue JsonValue::member(const std::string& name, const Node* node) const {
  return {m_document, node, m_place.empty() ? shortened(name) : m_place + '.' + shortened(name)};
}

std::optional<JsonValue> JsonValue::find(std::string_view name) const {
  const auto* object = std::get_if<Node::Object>(&m_node->value);
  if (object == nullptr) refuse("an object");
  const auto found =
      std::find_if(object->begin(), object->end(), [&](const auto& entry) { return entry.first == name; });
  if (found == object->end() || std::holds_alternative<std::monostate>(found->second.value)) return std::nullopt;
  return member(found->first, &found->second);
}

JsonValue JsonValue::at(std::string_view name) const {
  const auto* object = std::get_if<Node::Object>(&m_node->value);
  if (object == nullptr) refuse("an object");
  const auto found =
      std::find_if(object->begin(), object->end(), [&](const auto& entry) { return entry.first == name; });
  if (found == object->end()) refuse("an object with \"" + std::string(name) + '"');
  return member(found->first, &found->second);
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::members(std::size_t most) const {
  const auto* object = std::get_if<Node::Object>(&m_node->value);
  if (object == nullptr) refuse("an object");
  if (object->size() > most) refuse("an object of " + lengthText({0, most}, "members"));
  std::vector<std::pair<std::string, JsonValue>> out;
  out.reserve(object->size());
  for (const auto& [name, node] : *object) out.emplace_back(name, member(name, &node));
  return out;
}

std::vector<JsonValue> JsonValue::list(Range<std::size_t> lengths) const {
  const auto* entries = std::get_if<Node::List>(&m_node->value);
  if (entries == nullptr || entries->size() < lengths.least || entries->size() > lengths.most)
    refuse("a list of " + lengthText(lengths, "entries"));
  std::vector<JsonValue> out;
  out.reserve(entries->size());
  for (const Node& entry : *entries)
    out.push_back(JsonValue(m_document, &entry, m_place + '[' + std::to_string(out.size()) + ']'));
  return out;
}

double JsonValue::number(Range<double> range) const {
  double value = 0.0;
  if (const auto* whole = std::get_if<std::int64_t>(&m_node->value))
    value = static_cast<double>(*whole);
  else if (const auto* large = std::get_if<std::uint64_t>(&m_node->value))
    value = static_cast<double>(*large);
  else if (const auto* real = std::get_if<double>(&m_node->value))
    value = *real;
  else
    refuse(rangeText("a number", range));
  if (value < range.least || value > range.most) refuse(rangeText("a number", range));
  return value;
}

std::int64_t JsonValue::integer(Range<std::int64_t> range) const {
  constexpr double kExact = 9007199254740992.0;  // 2^53: whole numbers up to it have one double each
  std::optional<std::int64_t> value;
  if (const auto* whole = std::get_if<std::int64_t>(&m_node->value)) value = *whole;
  if (const auto* real = std::get_if<double>(&m_node->value); real != nullptr && std::abs(*real) <= kExact)
    if (std::trunc(*real) == *real) value = static_cast<std::int64_t>(*real);
  if (!value || *value < range.least || *value > range.most) refuse(rangeText("a whole number", range));
  return *value;
}

std::string JsonValue::text(Range<std::size_t> lengths) const {
  const auto* value = std::get_if<std::string>(&m_node->value);
  if (value == nullptr || value->size() < lengths.least || value->size() > lengths.most)
    refuse("a text of " + lengthText(lengths, "bytes"));
  if (value->find('\0') != std::string::npos) refuse("a text without a zero byte");
  return *value;
}

bool JsonValue::boolean() const {
  const auto* value = std::get_if<bool>(&m_node->value);
  if (value == nullptr) refuse("true or false");
  return *value;
}

}  // namespace oodscope

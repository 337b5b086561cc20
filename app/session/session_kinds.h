// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/numbers.h"
#include "analysis/formats/json_text.h"
#include "app/session/session_names.h"
#include "inference/models/preprocessing_fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

/// Kinds of values in a session's file. Each reads a value within its range, writes it, and says where the members of
/// it lie:
///   T read<T>(json, owner, place), Json write(value, place), void addMembers<T>(at, members).
/// `owner` is the struct that the value is a member of, as far as it has been read.
namespace oodscope::session_fields {

using Json = nlohmann::ordered_json;

/// What a value can depend on besides its own text.
struct Place {
  std::filesystem::path folder;      ///< of the session
  const Session* session = nullptr;  ///< as far as it has been read; none while one is written
};

/// What most kinds have in common: one member without members of its own, written as the library writes the value.
struct Plain {
  template <class T>
  [[nodiscard]] Json write(const T& value, const Place&) const {
    return value;
  }
  template <class T>
  void addMembers(const std::string& at, std::vector<std::string>& members) const {
    members.push_back(at);
  }
};

/// "one of a, b, c".
template <class Names, class NameOf>
std::string oneOf(const Names& names, const NameOf& nameOf) {
  std::string out;
  for (const auto& entry : names) out.append(out.empty() ? "one of " : ", ").append(nameOf(entry));
  return out;
}

struct Flag : Plain {
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    return json.boolean();
  }
};

struct Text : Plain {
  explicit constexpr Text(Range<std::size_t> bytes) : lengths(bytes) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    return json.text(lengths);
  }
  Range<std::size_t> lengths;
};

/// A text that `parse` reads: what it cannot read is refused in its own words.
template <class Parse>
struct ReadableText : Plain {
  constexpr ReadableText(Range<std::size_t> bytes, Parse reader) : lengths(bytes), parse(reader) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    T text = json.text(lengths);
    try {
      static_cast<void>(parse(text));
    } catch (const Error& error) {
      json.refuse(error.what());
    }
    return text;
  }
  Range<std::size_t> lengths;
  Parse parse;
};

struct Integer : Plain {
  explicit constexpr Integer(Range<std::int64_t> values) : range(values) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    return static_cast<T>(json.integer(range));
  }
  Range<std::int64_t> range;
};

struct Number : Plain {
  explicit constexpr Number(Range<double> values) : range(values) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    return static_cast<T>(json.number(range));
  }
  Range<double> range;
};

/// A number whose range hangs on members of its owner that are read before it.
template <class RangeOf>
struct NumberWithin : Plain {
  explicit constexpr NumberWithin(RangeOf rule) : rangeOf(rule) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner& owner, const Place&) const {
    return static_cast<T>(json.number(rangeOf(owner)));
  }
  RangeOf rangeOf;
};

struct Triple : Plain {
  explicit constexpr Triple(Range<double> values) : range(values) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    const std::vector<JsonValue> entries = json.list({3, 3});
    T out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = entries[i].number(range);
    return out;
  }
  Range<double> range;
};

/// An enumerator by its name.
template <class Names>
struct Named : Plain {
  explicit constexpr Named(const Names& all) : names(all) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    const auto found = valueOf(names, json.text());
    if (!found) json.refuse(oneOf(names, [](const auto& entry) { return entry.second; }));
    return *found;
  }
  template <class T>
  [[nodiscard]] Json write(const T& value, const Place&) const {
    return nameOf(names, value);
  }
  const Names& names;
};

/// One of some texts.
template <class Texts>
struct OneOf : Plain {
  explicit constexpr OneOf(const Texts& all) : texts(all) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    std::string text = json.text();
    if (std::find(texts.begin(), texts.end(), text) == texts.end())
      json.refuse(oneOf(texts, [](std::string_view name) { return name; }));
    return text;
  }
  const Texts& texts;
};

/// A method, a filter or a protocol, T::named(), by its name.
template <class Declared>
struct DeclaredName : Plain {
  explicit constexpr DeclaredName(std::span<const Declared> (*known)()) : all(known) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    const auto found = Declared::named(json.text());
    if (!found) json.refuse(oneOf(all(), [](Declared each) { return each.name(); }));
    return *found;
  }
  [[nodiscard]] Json write(const Declared& value, const Place&) const { return value.name(); }
  std::span<const Declared> (*all)();
};

/// A file or folder: at or below the session's folder relative to it, elsewhere absolute.
struct Path : Plain {
  explicit constexpr Path(Range<std::size_t> bytes) : lengths(bytes) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place& place) const {
    const T path(json.text(lengths));
    return path.is_absolute() ? path : (place.folder / path).lexically_normal();
  }
  [[nodiscard]] Json write(const std::filesystem::path& path, const Place& place) const {
    const std::filesystem::path relative = path.lexically_normal().lexically_relative(place.folder.lexically_normal());
    const bool below = !relative.empty() && *relative.begin() != "..";
    return (below ? relative : path).generic_string();
  }
  Range<std::size_t> lengths;
};

/// [x, y, width, height].
struct Rectangle : Plain {
  explicit constexpr Rectangle(Range<std::int64_t> pixels) : range(pixels) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    const std::vector<JsonValue> sides = json.list({4, 4});
    const auto position = [&](std::size_t i) { return static_cast<int>(sides[i].integer(range)); };
    const auto length = [&](std::size_t i) { return static_cast<int>(sides[i].integer({0, range.most})); };
    return {position(0), position(1), length(2), length(3)};
  }
  [[nodiscard]] Json write(const FrameRectangle& value, const Place&) const {
    return {value.x, value.y, value.width, value.height};
  }
  Range<std::int64_t> range;
};

/// What a label's value stands for: 0, 1 or 255.
struct Meaning : Plain {
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    const std::int64_t value = json.integer({0, 255});
    if (value != kNormal && value != kAnomaly && value != kVoid) json.refuse("0 (normal), 1 (anomaly) or 255 (void)");
    return static_cast<T>(value);
  }
};

/// {"label value": meaning, …}.
struct Meanings : Plain {
  explicit constexpr Meanings(Range<std::int64_t> values) : range(values) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner& owner, const Place& place) const {
    T out;
    for (const auto& [name, meaning] : json.members()) {
      const auto raw = wholeNumberFromText(name);
      if (!raw || *raw < range.least || *raw > range.most)
        json.refuse("label values from " + std::to_string(range.least) + " to " + std::to_string(range.most) +
                    " as names, not \"" + name.substr(0, 40) + '"');
      out[static_cast<int>(*raw)] = Meaning().read<std::uint8_t>(meaning, owner, place);
    }
    return out;
  }
  [[nodiscard]] Json write(const std::map<int, std::uint8_t>& values, const Place&) const {
    Json json = Json::object();
    for (const auto& [raw, meaning] : values) json[std::to_string(raw)] = meaning;
    return json;
  }
  template <class T>
  void addMembers(const std::string& at, std::vector<std::string>& members) const {
    members.push_back(at);
    members.push_back(at + "/0");
  }
  Range<std::int64_t> range;
};

/// {"odin-epsilon": 0.0001, …}: declared parameters within their ranges.
struct PassParameters : Plain {
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    T out;
    for (const auto& [name, value] : json.members()) {
      const PassParameter* parameter = passParameter(name);
      if (parameter == nullptr) continue;  // of a newer program
      const double number = value.number({parameter->low, parameter->high});
      if (const auto problem = passValueProblem(*parameter, number)) value.refuse(*problem);
      out.emplace(name, number);
    }
    return out;
  }
  [[nodiscard]] Json write(const PassValues& values, const Place&) const {
    Json json = Json::object();
    for (const auto& [name, value] : values) json[name] = value;
    return json;
  }
  template <class T>
  void addMembers(const std::string& at, std::vector<std::string>& members) const {
    members.push_back(at);
    for (const PassParameter* parameter : passParameters()) members.push_back(at + "/" + std::string(parameter->name));
  }
};

/// Values of one kind.
template <class Entry>
struct List {
  constexpr List(Range<std::size_t> count, Entry each) : lengths(count), entry(each) {}
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner& owner, const Place& place) const {
    T out;
    for (const JsonValue& each : json.list(lengths))
      out.push_back(entry.template read<typename T::value_type>(each, owner, place));
    return out;
  }
  template <class T>
  [[nodiscard]] Json write(const std::vector<T>& values, const Place& place) const {
    Json json = Json::array();
    for (const T& value : values) json.push_back(entry.write(value, place));
    return json;
  }
  template <class T>
  void addMembers(const std::string& at, std::vector<std::string>& members) const {
    members.push_back(at);
    entry.template addMembers<typename T::value_type>(at + "/0", members);
  }
  Range<std::size_t> lengths;
  Entry entry;
};

}  // namespace oodscope::session_fields

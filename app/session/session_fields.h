// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session_kinds.h"

#include <functional>
#include <optional>
#include <tuple>

/// One table of fields for each struct of a session: what a member is called in the file, of which kind it is, and when
/// it is there. Reading, writing, comparing and the list of all members are made from the tables. What a file calls a
/// member is the format: it never changes. Session files come from anywhere: every member has a range, every list a
/// length, and what lies outside is refused with the file, the member and the range. Members that are not known are
/// left alone, so that an older program opens a newer session.
namespace oodscope::session_fields {

/// Whether a member is written, told by its owner and its value.
struct Always {
  template <class Owner, class T>
  bool operator()(const Owner&, const T&) const {
    return true;
  }
};
/// Not where it is empty.
struct WhereGiven {
  template <class Owner, class T>
  bool operator()(const Owner&, const T& value) const {
    return !(value == T{});
  }
  template <class Owner, class T>
  bool operator()(const Owner&, const std::optional<T>& value) const {
    return value.has_value();
  }
};

template <class Member, class Kind, class Condition>
struct Field {
  const char* name;
  Member member;  ///< a pointer to it, or a function of its owner
  Kind kind;
  Condition isWritten;    ///< an empty optional is written as null
  bool isNeeded = false;  ///< a file without it is refused
};

template <class Member, class Kind, class Condition = Always>
constexpr Field<Member, Kind, Condition> field(const char* name, Member member, Kind kind, Condition isWritten = {}) {
  return {name, member, kind, isWritten};
}
template <class Member, class Kind>
constexpr Field<Member, Kind, WhereGiven> given(const char* name, Member member, Kind kind) {
  return {name, member, kind, {}};
}
template <class Member, class Kind>
constexpr Field<Member, Kind, Always> needed(const char* name, Member member, Kind kind) {
  return {name, member, kind, {}, true};
}

/// The table of T, a tuple of fields.
template <class T>
inline constexpr std::tuple<> kFields = {};

/// What T is before its fields are read.
template <class T>
[[nodiscard]] T unread(const Place&) {
  return {};
}

template <class T>
struct Bare {
  using Type = T;
};
template <class T>
struct Bare<std::optional<T>> {
  using Type = T;
};
/// What a field holds of an owner, without optional.
template <class F, class Owner>
using Held = typename Bare<std::remove_cvref_t<std::invoke_result_t<decltype(F::member), Owner&>>>::Type;

template <class Table, class Owner>
void readInto(const Table& table, const JsonValue& json, Owner& owner, const Place& place) {
  const auto readOne = [&]<class F>(const F& field) {
    const auto member = field.isNeeded ? std::optional(json.at(field.name)) : json.find(field.name);
    if (member)
      std::invoke(field.member, owner) = field.kind.template read<Held<F, Owner>>(*member, std::as_const(owner), place);
  };
  std::apply([&](const auto&... fields) { (readOne(fields), ...); }, table);
}

template <class T>
[[nodiscard]] Json written(const T& owner, const Place& place) {
  Json json = Json::object();
  const auto writeOne = [&](const auto& field) {
    const auto& value = std::invoke(field.member, owner);
    if (!field.isWritten(owner, value)) return;
    if constexpr (requires { value.has_value(); })
      json[field.name] = value ? field.kind.write(*value, place) : Json(nullptr);
    else
      json[field.name] = field.kind.write(value, place);
  };
  std::apply([&](const auto&... fields) { (writeOne(fields), ...); }, kFields<T>);
  return json;
}

template <class Owner, class Table>
void addMembers(const Table& table, const std::string& at, std::vector<std::string>& members) {
  const auto addOne = [&]<class F>(const F& field) {
    field.kind.template addMembers<Held<F, Owner>>(at + "/" + field.name, members);
  };
  std::apply([&](const auto&... fields) { (addOne(fields), ...); }, table);
}

/// A struct by its own table.
struct Object {
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place& place) const {
    T out = unread<T>(place);
    readInto(kFields<T>, json, out, place);
    return out;
  }
  template <class T>
  [[nodiscard]] Json write(const T& value, const Place& place) const {
    return written(value, place);
  }
  template <class T>
  void addMembers(const std::string& at, std::vector<std::string>& members) const {
    members.push_back(at);
    session_fields::addMembers<T>(kFields<T>, at, members);
  }
};

}  // namespace oodscope::session_fields

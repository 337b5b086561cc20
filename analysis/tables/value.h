// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace oodscope {

struct Member;

/// A JSON-like value whose objects keep the order their members were added in.
class Value {
public:
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;
  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object>;

  // Defined below, where Member is complete: a vector of it cannot be destroyed before.
  Value();
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();
  Value(bool value);
  Value(std::int64_t value);
  Value(int value);
  Value(double value);
  Value(std::string value);
  Value(std::string_view value);
  Value(const char* value);
  Value(Array value);
  Value(Object value);

  [[nodiscard]] const Data& data() const { return m_data; }
  /// The value as JSON text, compact or with so many blanks a level; a double that is not finite is null, bytes that
  /// are not UTF-8 are replaced: foreign text must not end a long evaluation.
  [[nodiscard]] std::string json(int indent = -1) const;
  friend bool operator==(const Value& a, const Value& b);

private:
  Data m_data;
};

struct Member {
  std::string key;
  Value value;
  friend bool operator==(const Member&, const Member&) = default;
};

inline Value::Value() = default;
inline Value::Value(const Value& other) = default;
inline Value::Value(Value&& other) noexcept = default;
inline Value& Value::operator=(const Value& other) = default;
inline Value& Value::operator=(Value&& other) noexcept = default;
inline Value::~Value() = default;
inline Value::Value(bool value) : m_data(value) {}
inline Value::Value(std::int64_t value) : m_data(value) {}
inline Value::Value(int value) : m_data(static_cast<std::int64_t>(value)) {}
inline Value::Value(double value) : m_data(value) {}
inline Value::Value(std::string value) : m_data(std::move(value)) {}
inline Value::Value(std::string_view value) : m_data(std::string(value)) {}
inline Value::Value(const char* value) : m_data(std::string(value)) {}
inline Value::Value(Array value) : m_data(std::move(value)) {}
inline Value::Value(Object value) : m_data(std::move(value)) {}
inline bool operator==(const Value& a, const Value& b) { return a.m_data == b.m_data; }

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope::pickle {

/// One value of a pickle. Nothing in it can act: a class is a name, a call is an Object that remembers what it would
/// have called with what.
struct Value {
  enum class Kind { None, Bool, Integer, Float, Text, Sequence, Dictionary, Global, Object, Storage, Tensor };
  Kind kind = Kind::None;
  std::int64_t integer = 0;      ///< Bool, Integer; Storage: count of elements; Tensor: offset in its storage
  double real = 0.0;             ///< Float
  std::string text = {};         ///< Text; Global and Object: "module.name"; Storage: its key
  std::string storageType = {};  ///< Storage: "torch.FloatStorage"
  std::vector<Value*> items =
      {};  ///< Sequence; Dictionary: key, value, key, value …; Object: arguments; Tensor: its storage
  std::vector<std::int64_t> sizes = {}, strides = {};  ///< Tensor
  const Value* state = nullptr;                        ///< Object: what it would have been given by BUILD
};

/// Reads pickles without running anything: protocols 0 to 5, as far as torch.save writes them. Bounded in steps and
/// memory by the length of the input; owns every value it returns.
class InertReader {
public:
  InertReader(std::span<const std::byte> bytes, std::filesystem::path file);
  /// The next pickle of the stream. Throws Error for damage, for an unknown opcode, and for a call that would run code
  /// (its name is in the message).
  [[nodiscard]] const Value& read();
  [[nodiscard]] std::span<const std::byte> rest() const { return m_bytes.subspan(m_at); }
  /// Storages met so far, key to "torch.FloatStorage".
  [[nodiscard]] const std::map<std::string, std::string>& storageTypes() const { return m_storageTypes; }

private:
  [[noreturn]] void fail(const std::string& what) const;
  [[nodiscard]] std::uint64_t number(std::size_t bytes);
  [[nodiscard]] std::string text(std::uint64_t length);
  [[nodiscard]] std::string line();
  Value& make(Value::Kind kind);
  Value& integer(std::int64_t value);
  Value& sequence(std::vector<Value*> items);
  void push(Value& value);
  Value& pop();
  Value& top();
  std::vector<Value*> popToMark();
  void addPairs(Value& dictionary, const std::vector<Value*>& items);
  void remember(std::uint64_t slot);
  void recall(std::uint64_t slot);
  Value& call(const Value& function, const Value& arguments);
  /// What a function that is known by name makes; nullptr for others. Throws Error for one that would run code.
  Value* callGlobal(const std::string& name, const Value& arguments);
  Value& dictionaryOf(const Value& arguments);
  Value& tensor(const Value& arguments);
  Value& storage(const Value& identity);
  void build();
  void step(std::uint8_t opcode);
  // Whether it was one of theirs; stepNumbers() takes what is left, or fails.
  bool stepObjects(std::uint8_t opcode);
  bool stepContainers(std::uint8_t opcode);
  bool stepTexts(std::uint8_t opcode);
  void stepNumbers(std::uint8_t opcode);

  std::span<const std::byte> m_bytes;
  std::filesystem::path m_file;
  std::size_t m_at = 0;
  std::deque<Value> m_values;
  std::vector<Value*> m_stack;
  std::vector<std::size_t> m_marks;
  std::map<std::uint64_t, Value*> m_memo;
  std::map<std::string, std::string> m_storageTypes;
};

/// Whether calling this would run code or touch the machine, so that no honest checkpoint contains it.
[[nodiscard]] bool isDangerous(std::string_view global);

}  // namespace oodscope::pickle

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/pickle.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <array>

namespace oodscope::pickle {
namespace {

using Kind = Value::Kind;

/// A state dict of a thousand tensors takes some 40,000 values.
constexpr std::size_t kMaxValues = 20'000'000;

bool beginsWith(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

}  // namespace

bool isDangerous(std::string_view global) {
  // Safety does not rest on this list, nothing is ever called: it makes a hostile file's refusal speak plainly.
  static constexpr std::array modules{"os.",
                                      "posix.",
                                      "nt.",
                                      "subprocess.",
                                      "sys.",
                                      "shutil.",
                                      "socket.",
                                      "runpy.",
                                      "pty.",
                                      "importlib.",
                                      "ctypes.",
                                      "pickle.",
                                      "_pickle.",
                                      "commands.get",
                                      "webbrowser.",
                                      "pip.",
                                      "code.interact",
                                      "code.Interactive",
                                      "timeit.",
                                      "cProfile.",
                                      "multiprocessing.",
                                      "asyncio.",
                                      "urllib.request.",
                                      "requests.api.",
                                      "requests.get",
                                      "tempfile.",
                                      "torch.hub.",
                                      "torch.load",
                                      "dill.",
                                      "cloudpickle."};
  // Values that builtins may build without harm.
  static constexpr std::array harmless{"set",   "frozenset", "dict",    "list",  "tuple",    "int",
                                       "float", "bool",      "str",     "bytes", "complex",  "slice",
                                       "range", "object",    "getattr", "type",  "bytearray"};
  for (const std::string_view prefix : {"builtins.", "__builtin__."}) {
    if (!beginsWith(global, prefix)) continue;
    return std::find(harmless.begin(), harmless.end(), global.substr(prefix.size())) == harmless.end();
  }
  return std::any_of(modules.begin(), modules.end(), [&](std::string_view m) { return beginsWith(global, m); });
}

InertReader::InertReader(std::span<const std::byte> bytes, std::filesystem::path file)
    : m_bytes(bytes), m_file(std::move(file)) {}

void InertReader::fail(const std::string& what) const { throw Error("Cannot read the checkpoint: " + what, m_file); }

std::uint64_t InertReader::number(std::size_t bytes) {
  if (m_bytes.size() - m_at < bytes) fail("its pickle is cut short");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes; ++i) value |= std::to_integer<std::uint64_t>(m_bytes[m_at + i]) << (8 * i);
  m_at += bytes;
  return value;
}

std::string InertReader::text(std::uint64_t length) {
  if (m_bytes.size() - m_at < length) fail("its pickle is cut short");
  std::string out(reinterpret_cast<const char*>(m_bytes.data()) + m_at, length);
  m_at += length;
  return out;
}

std::string InertReader::line() {
  const auto rest = m_bytes.subspan(m_at);
  const auto end = std::find(rest.begin(), rest.end(), std::byte{'\n'});
  if (end == rest.end()) fail("its pickle is cut short");
  std::string out = text(static_cast<std::uint64_t>(end - rest.begin()));
  ++m_at;
  return out;
}

Value& InertReader::make(Kind kind) {
  if (m_values.size() >= kMaxValues) fail("its pickle holds too many values");
  m_values.emplace_back().kind = kind;
  return m_values.back();
}

Value& InertReader::integer(std::int64_t value) {
  Value& out = make(Kind::Integer);
  out.integer = value;
  return out;
}

Value& InertReader::sequence(std::vector<Value*> items) {
  Value& out = make(Kind::Sequence);
  out.items = std::move(items);
  return out;
}

void InertReader::push(Value& value) {
  // Without a bound, DUP and memo lookups would grow the stack without making values.
  if (m_stack.size() >= kMaxValues) fail("its pickle's stack is too deep");
  m_stack.push_back(&value);
}

Value& InertReader::pop() {
  if (m_stack.empty() || (!m_marks.empty() && m_stack.size() <= m_marks.back())) fail("its pickle's stack runs empty");
  Value& out = *m_stack.back();
  m_stack.pop_back();
  return out;
}

Value& InertReader::top() {
  if (m_stack.empty()) fail("its pickle's stack runs empty");
  return *m_stack.back();
}

std::vector<Value*> InertReader::popToMark() {
  if (m_marks.empty()) fail("its pickle has no mark");
  const auto first = m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back());
  std::vector<Value*> out(first, m_stack.end());
  m_stack.erase(first, m_stack.end());
  m_marks.pop_back();
  return out;
}

void InertReader::addPairs(Value& dictionary, const std::vector<Value*>& items) {
  if (items.size() % 2 != 0) fail("its pickle has a key without a value");
  // Items set on a foreign object (a subclass of dict) are kept as if it were a dictionary, and read by nobody.
  dictionary.items.insert(dictionary.items.end(), items.begin(), items.end());
}

void InertReader::remember(std::uint64_t slot) { m_memo[slot] = &top(); }

void InertReader::recall(std::uint64_t slot) {
  const auto found = m_memo.find(slot);
  if (found == m_memo.end()) fail("its pickle refers to a value that is not there");
  push(*found->second);
}

Value& InertReader::storage(const Value& identity) {
  // ('storage', type, key, location, count, view): view is None but for files older than 0.4.
  const auto& parts = identity.items;
  if (identity.kind != Kind::Sequence || parts.size() < 5 || parts[0]->text != "storage" ||
      parts[1]->kind != Kind::Global || parts[2]->kind != Kind::Text || parts[4]->kind != Kind::Integer) {
    fail("its pickle has a reference that is no tensor storage");
  }
  if (parts.size() > 5 && parts[5]->kind != Kind::None) fail("storage views (LibTorch before 0.4) are not supported");
  if (parts[4]->integer < 0) fail("a storage of negative size");
  Value& out = make(Kind::Storage);
  out.storageType = parts[1]->text;
  out.text = parts[2]->text;
  out.integer = parts[4]->integer;
  m_storageTypes[out.text] = out.storageType;
  return out;
}

Value& InertReader::tensor(const Value& arguments) {
  // (storage, offset, size, stride, …)
  const auto& a = arguments.items;
  if (a.size() < 4 || a[0]->kind != Kind::Storage || a[1]->kind != Kind::Integer || a[2]->items.size() > 16 ||
      a[2]->items.size() != a[3]->items.size()) {
    fail("a tensor's description is malformed");
  }
  Value& out = make(Kind::Tensor);
  out.items = {a[0]};
  out.integer = a[1]->integer;
  std::int64_t last = out.integer, count = 1, extent = 1;
  bool overflow = out.integer < 0;
  for (std::size_t i = 0; i < a[2]->items.size(); ++i) {
    const std::int64_t size = a[2]->items[i]->integer, stride = a[3]->items[i]->integer;
    std::int64_t reach = 0;
    overflow = overflow || size < 0 || stride < 0 || __builtin_mul_overflow(count, size, &count) ||
               __builtin_mul_overflow(extent, std::max<std::int64_t>(size, 1), &extent) ||
               __builtin_mul_overflow(std::max<std::int64_t>(size - 1, 0), stride, &reach) ||
               __builtin_add_overflow(last, reach, &last);
    out.sizes.push_back(size);
    out.strides.push_back(stride);
  }
  // No more elements than the storage has: an expanded tensor of no use here could ask for any amount of memory.
  if (overflow || (count > 0 && (last >= a[0]->integer || count > a[0]->integer))) {
    fail("a tensor lies outside its storage");
  }
  return out;
}

Value& InertReader::call(const Value& function, const Value& arguments) {
  if (function.kind == Kind::Global) {
    if (Value* known = callGlobal(function.text, arguments)) return *known;
  }
  Value& out = make(Kind::Object);
  out.text = function.text;
  return out;
}

Value* InertReader::callGlobal(const std::string& name, const Value& arguments) {
  if (name.ends_with(".getattr") && arguments.items.size() == 2 && arguments.items[0]->kind == Kind::Global) {
    // A class inside a class, as protocol 2 spells it. What it names is judged where it is called.
    Value& out = make(Kind::Global);
    out.text = arguments.items[0]->text + "." + arguments.items[1]->text;
    return &out;
  }
  if (isDangerous(name)) {
    throw Error({.what = "The checkpoint would run code when Python loads it; nothing was run",
                 .expected = "tensors and plain values",
                 .found = "a call of " + name,
                 .file = m_file});
  }
  if (name == "torch._utils._rebuild_tensor_v2" || name == "torch._utils._rebuild_tensor") return &tensor(arguments);
  if (name == "torch._utils._rebuild_tensor_v3") return &tensor(arguments);  // its type is the storage's or foreign
  if (beginsWith(name, "torch._utils._rebuild_parameter")) {
    if (arguments.items.empty()) fail("a parameter without a tensor");
    return arguments.items[0];
  }
  // A tensor with attributes: (rebuild function, type, its arguments, state).
  if (name == "torch._tensor._rebuild_from_type_v2" && arguments.items.size() >= 3)
    return &call(*arguments.items[0], *arguments.items[2]);
  return name == "collections.OrderedDict" ? &dictionaryOf(arguments) : nullptr;
}

Value& InertReader::dictionaryOf(const Value& arguments) {
  Value& out = make(Kind::Dictionary);
  for (const Value* list : arguments.items) {
    for (const Value* pair : list->items) {
      if (pair->items.size() == 2) addPairs(out, pair->items);
    }
  }
  return out;
}

void InertReader::build() {
  // State given to an object is kept beside it. On a dictionary it is OrderedDict's attributes (_metadata), not
  // entries.
  const Value& state = pop();
  if (top().kind == Kind::Object) top().state = &state;
  if (top().kind == Kind::Global && isDangerous(top().text)) call(top(), top());
}

const Value& InertReader::read() {
  m_stack.clear();
  m_marks.clear();
  m_memo.clear();
  for (;;) {
    const auto opcode = static_cast<std::uint8_t>(number(1));
    if (opcode == '.') return pop();
    step(opcode);
  }
}

}  // namespace oodscope::pickle

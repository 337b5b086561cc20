// SPDX-License-Identifier: GPL-3.0-or-later
// The opcodes of pickle protocols 0 to 5, as Python's pickletools documents them. What they build is in pickle.cpp.
#include "analysis/formats/pickle.h"

#include <bit>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string>

namespace oodscope::pickle {
namespace {

using Kind = Value::Kind;

/// What Python's repr() of a float says, under every locale; NaN where it says nothing.
double realOf(const std::string& text) {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

void InertReader::step(std::uint8_t opcode) {
  switch (opcode) {
    case 0x80:
      (void)number(1);
      break;  // PROTO
    case 0x95:
      (void)number(8);
      break;  // FRAME
    case '(':
      m_marks.push_back(m_stack.size());
      break;
    case '0':
      pop();
      break;
    case '1':
      popToMark();
      break;
    case '2':
      push(top());
      break;
    case 'q':
      remember(number(1));
      break;
    case 'r':
      remember(number(4));
      break;
    case 0x94:
      remember(m_memo.size());
      break;  // MEMOIZE
    case 'p':
      remember(std::strtoull(line().c_str(), nullptr, 10));
      break;
    case 'h':
      recall(number(1));
      break;
    case 'j':
      recall(number(4));
      break;
    case 'g':
      recall(std::strtoull(line().c_str(), nullptr, 10));
      break;
    default:
      if (!stepObjects(opcode) && !stepContainers(opcode) && !stepTexts(opcode)) stepNumbers(opcode);
  }
}

bool InertReader::stepObjects(std::uint8_t opcode) {
  switch (opcode) {
    case 'c': {  // GLOBAL
      const std::string module = line();
      const std::string name = line();
      Value& out = make(Kind::Global);
      out.text = module + "." + name;
      push(out);
      return true;
    }
    case 0x93: {  // STACK_GLOBAL
      const Value& name = pop();
      const Value& module = pop();
      Value& out = make(Kind::Global);
      out.text = module.text + "." + name.text;
      push(out);
      return true;
    }
    case 'R':     // REDUCE
    case 0x81: {  // NEWOBJ
      const Value& arguments = pop();
      const Value& function = pop();
      push(call(function, arguments));
      return true;
    }
    case 0x92: {  // NEWOBJ_EX
      pop();
      const Value& arguments = pop();
      const Value& function = pop();
      push(call(function, arguments));
      return true;
    }
    case 'i': {  // INST
      const std::string module = line();
      const std::string name = line();
      Value& function = make(Kind::Global);
      function.text = module + "." + name;
      push(call(function, sequence(popToMark())));
      return true;
    }
    case 'o': {  // OBJ
      std::vector<Value*> items = popToMark();
      if (items.empty()) fail("its pickle makes an object of nothing");
      const Value& function = *items.front();
      items.erase(items.begin());
      push(call(function, sequence(std::move(items))));
      return true;
    }
    case 'b':
      build();
      return true;
    case 'Q':
      push(storage(pop()));
      return true;  // BINPERSID
    default:
      return false;
  }
}

bool InertReader::stepContainers(std::uint8_t opcode) {
  switch (opcode) {
    case ')':
    case ']':
    case 0x8f:
      push(sequence({}));
      return true;  // EMPTY_TUPLE, EMPTY_LIST, EMPTY_SET
    case '}':
      push(make(Kind::Dictionary));
      return true;
    case 't':
    case 'l':
    case 0x91:
      push(sequence(popToMark()));
      return true;  // TUPLE, LIST, FROZENSET
    case 0x85:
      push(sequence({&pop()}));
      return true;
    case 0x86:
    case 0x87: {  // TUPLE2, TUPLE3
      std::vector<Value*> items(opcode == 0x86 ? 2 : 3);
      for (std::size_t i = items.size(); i-- > 0;) items[i] = &pop();
      push(sequence(std::move(items)));
      return true;
    }
    case 'd': {  // DICT
      const std::vector<Value*> items = popToMark();
      Value& out = make(Kind::Dictionary);
      addPairs(out, items);
      push(out);
      return true;
    }
    case 'a': {  // APPEND
      Value& item = pop();
      top().items.push_back(&item);
      return true;
    }
    case 'e':
    case 0x90: {  // APPENDS, ADDITEMS
      const std::vector<Value*> items = popToMark();
      top().items.insert(top().items.end(), items.begin(), items.end());
      return true;
    }
    case 's': {  // SETITEM
      Value& value = pop();
      Value& key = pop();
      addPairs(top(), {&key, &value});
      return true;
    }
    case 'u': {  // SETITEMS
      const std::vector<Value*> items = popToMark();
      addPairs(top(), items);
      return true;
    }
    default:
      return false;
  }
}

bool InertReader::stepTexts(std::uint8_t opcode) {
  const auto pushText = [&](std::string value) {
    Value& out = make(Kind::Text);
    out.text = std::move(value);
    push(out);
  };
  switch (opcode) {
    case 'S':
    case 'V':
      pushText(line());
      return true;
    case 'X':
    case 'B':
    case 'T':
      pushText(text(number(4)));
      return true;
    case 'U':
    case 'C':
    case 0x8c:
      pushText(text(number(1)));
      return true;
    case 0x8d:
    case 0x8e:
    case 0x96:
      pushText(text(number(8)));
      return true;
    default:
      return false;
  }
}

void InertReader::stepNumbers(std::uint8_t opcode) {
  const auto pushBool = [&](bool value) {
    Value& out = make(Kind::Bool);
    out.integer = value ? 1 : 0;
    push(out);
  };
  const auto pushReal = [&](double value) {
    Value& out = make(Kind::Float);
    out.real = value;
    push(out);
  };
  const auto pushLong = [&](std::uint64_t length) {
    if (length > 8) {  // larger than any size: an identity such as the legacy magic number
      (void)text(length);
      push(integer(-1));
      return;
    }
    std::uint64_t value = number(length);
    if (length > 0 && length < 8 && (value >> (8 * length - 1)) != 0) value |= ~std::uint64_t{0} << (8 * length);
    push(integer(static_cast<std::int64_t>(value)));
  };
  switch (opcode) {
    case 'N':
      push(make(Kind::None));
      break;
    case 0x88:
      pushBool(true);
      break;
    case 0x89:
      pushBool(false);
      break;
    case 'K':
      push(integer(static_cast<std::int64_t>(number(1))));
      break;
    case 'M':
      push(integer(static_cast<std::int64_t>(number(2))));
      break;
    case 'J':
      push(integer(static_cast<std::int32_t>(number(4))));
      break;
    case 0x8a:
      pushLong(number(1));
      break;
    case 0x8b:
      pushLong(number(4));
      break;
    case 'I':
    case 'L':
      push(integer(std::strtoll(line().c_str(), nullptr, 10)));
      break;
    case 'F':
      pushReal(realOf(line()));
      break;
    case 'G': {  // BINFLOAT, big-endian
      std::uint64_t bits = 0;
      for (int i = 0; i < 8; ++i) bits = bits << 8 | number(1);
      pushReal(std::bit_cast<double>(bits));
      break;
    }
    default:
      fail("its pickle has the opcode " + std::to_string(opcode) + ", which no checkpoint needs");
  }
}

}  // namespace oodscope::pickle

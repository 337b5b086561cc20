// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/value.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using Json = nlohmann::ordered_json;

Json asJson(const Value& value) {
  struct Visitor {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool b) const { return b; }
    Json operator()(std::int64_t i) const { return i; }
    Json operator()(double d) const { return std::isfinite(d) ? Json(d) : Json(nullptr); }
    Json operator()(const std::string& s) const { return s; }
    Json operator()(const Value::Array& array) const {
      Json out = Json::array();
      for (const Value& item : array) out.push_back(asJson(item));
      return out;
    }
    Json operator()(const Value::Object& object) const {
      Json out = Json::object();
      for (const Member& member : object) out[member.key] = asJson(member.value);
      return out;
    }
  };
  return std::visit(Visitor{}, value.data());
}

}  // namespace

std::string Value::json(int indent) const {
  return asJson(*this).dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace oodscope

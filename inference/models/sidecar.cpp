// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/sidecar.h"

#include "analysis/core/error.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <fstream>

namespace oodscope {
namespace {

using nlohmann::json;

constexpr int kMaxSide = 16'384;
constexpr int kMaxChannels = 4096;

class Reader {
public:
  Reader(const json& object, std::filesystem::path file) : m_object(object), m_file(std::move(file)) {}

  [[noreturn]] void fail(const std::string& key, const std::string& expected) const {
    throw Error({.what = "The model's sidecar cannot be understood at \"" + key + "\"",
                 .expected = expected,
                 .found = m_object.contains(key) ? m_object.at(key).dump().substr(0, 80) : "nothing",
                 .file = m_file});
  }
  const json* at(const std::string& key) const { return m_object.contains(key) ? &m_object.at(key) : nullptr; }
  std::optional<int> integer(const std::string& key, int least, int most) const {
    const json* value = at(key);
    if (value == nullptr) return std::nullopt;
    const std::string expected = "an integer from " + std::to_string(least) + " to " + std::to_string(most);
    if (!value->is_number_integer()) fail(key, expected);
    const auto number = value->get<std::int64_t>();
    if (number < least || number > most) fail(key, expected);
    return static_cast<int>(number);
  }
  std::optional<std::string> text(const std::string& key) const {
    const json* value = at(key);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) fail(key, "a text");
    return value->get<std::string>();
  }
  std::optional<std::array<double, 3>> triple(const std::string& key, bool positive) const {
    const json* value = at(key);
    if (value == nullptr) return std::nullopt;
    const std::string expected = positive ? "three positive numbers" : "three numbers";
    if (!value->is_array() || value->size() != 3) fail(key, expected);
    std::array<double, 3> out{};
    for (std::size_t i = 0; i < 3; ++i) {
      if (!(*value)[i].is_number()) fail(key, expected);
      out[i] = (*value)[i].get<double>();
      if (!std::isfinite(out[i]) || (positive && out[i] <= 0.0)) fail(key, expected);
    }
    return out;
  }

private:
  const json& m_object;
  std::filesystem::path m_file;
};

void refuseUnknown(const json& object, const std::filesystem::path& file) {
  static constexpr std::array known{"input_size",    "resize",        "scale",       "mean",
                                    "std",           "channel_order", "output",      "channels",
                                    "known_classes", "void_channel",  "description", "variant"};
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      throw Error({.what = "The model's sidecar has an unknown field",
                   .expected = "input_size, resize, scale, mean, std, channel_order, output, channels, known_classes, "
                               "void_channel, description, variant",
                   .found = "\"" + key + "\"",
                   .file = file});
    }
  }
}

}  // namespace

std::optional<Sidecar> readSidecar(const std::filesystem::path& model) {
  std::filesystem::path file = model;
  file.replace_extension(".json");
  std::ifstream in(file);
  if (!in) return std::nullopt;
  const json object = json::parse(in, nullptr, false);
  if (object.is_discarded() || !object.is_object()) {
    throw Error(
        {.what = "The model's sidecar is no JSON object", .expected = "{…}", .found = "something else", .file = file});
  }
  refuseUnknown(object, file);
  const Reader reader(object, file);
  Sidecar out;
  out.file = file;
  if (const json* size = reader.at("input_size")) {
    const std::string expected = "[width, height], each from 8 to " + std::to_string(kMaxSide);
    if (!size->is_array() || size->size() != 2 || !(*size)[0].is_number_integer() || !(*size)[1].is_number_integer()) {
      reader.fail("input_size", expected);
    }
    const auto width = (*size)[0].get<std::int64_t>(), height = (*size)[1].get<std::int64_t>();
    if (width < 8 || height < 8 || width > kMaxSide || height > kMaxSide) reader.fail("input_size", expected);
    out.input = Size{static_cast<int>(width), static_cast<int>(height)};
  }
  if (const json* rule = reader.at("resize")) {
    if (*rule == "pil-bilinear") {
      out.resize = ResizeRule::PilBilinear;
    } else if (*rule == "bilinear") {
      out.resize = ResizeRule::Bilinear;
    } else {
      reader.fail("resize", "\"pil-bilinear\" or \"bilinear\"");
    }
  }
  if (const json* scale = reader.at("scale")) {
    if (!scale->is_number() || !(scale->get<double>() > 0.0)) reader.fail("scale", "a positive number");
    out.scale = scale->get<double>();
  }
  out.mean = reader.triple("mean", false);
  out.deviation = reader.triple("std", true);
  if (const json* order = reader.at("channel_order")) {
    if (*order != "rgb" && *order != "bgr") reader.fail("channel_order", "\"rgb\" or \"bgr\"");
    out.bgr = *order == "bgr";
  }
  out.output = reader.integer("output", 0, 64);
  out.knownClasses = reader.integer("known_classes", 1, kMaxChannels);
  out.voidChannel = reader.integer("void_channel", -1, kMaxChannels - 1);
  out.variant = reader.text("variant");
  out.description = reader.text("description");
  if (const json* names = reader.at("channels")) {
    const std::string expected = "an array of names, one a channel";
    if (!names->is_array() || names->empty() || names->size() > kMaxChannels) reader.fail("channels", expected);
    out.channelNames.emplace();
    for (const json& name : *names) {
      if (!name.is_string()) reader.fail("channels", expected);
      out.channelNames->push_back(name.get<std::string>());
    }
  }
  return out;
}

const std::vector<std::string>& cityscapesNames() {
  // Source: cityscapesScripts, helpers/labels.py, ascending train id.
  static const std::vector<std::string> names{
      "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation", "terrain",
      "sky",  "person",   "rider",    "car",  "truck", "bus",  "train",         "motorcycle",   "bicycle"};
  return names;
}

Settled settle(const std::optional<Sidecar>& given, int channels) {
  const Sidecar sidecar = given.value_or(Sidecar{});
  Settled out;
  const auto assume = [&](std::string text) { out.assumptions.push_back(std::move(text)); };
  Preprocessing& pre = out.preprocessing;
  if (sidecar.input) {
    pre.input = *sidecar.input;
  } else {
    assume("no input size given: 1024x512 assumed");
  }
  pre.resize = sidecar.resize.value_or(pre.resize);
  if (sidecar.scale) {
    pre.scale = *sidecar.scale;
  } else {
    assume("no scaling given: pixel values divided by 255");
  }
  if (sidecar.mean || sidecar.deviation) {
    pre.mean = sidecar.mean.value_or(pre.mean);
    pre.deviation = sidecar.deviation.value_or(pre.deviation);
  } else {
    assume("no mean and standard deviation given: none applied");
  }
  pre.bgr = sidecar.bgr.value_or(false);
  OutputMeaning& outputs = out.outputs;
  outputs.output = sidecar.output.value_or(0);
  if (channels == 0) return out;
  const int cityscapes = static_cast<int>(cityscapesNames().size());
  if (sidecar.voidChannel) {
    outputs.voidChannel = *sidecar.voidChannel;
  } else if (channels == cityscapes + 1) {
    outputs.voidChannel = cityscapes;
    assume("channel 19 taken as void; trained or not is unknown");
  }
  if (sidecar.channelNames) {
    outputs.channelNames = *sidecar.channelNames;
  } else if (channels == cityscapes || channels == cityscapes + 1) {
    outputs.channelNames = cityscapesNames();
    if (channels > cityscapes) outputs.channelNames.emplace_back("void");
    assume("channels taken as the 19 Cityscapes classes");
  } else {
    for (int i = 0; i < channels; ++i) outputs.channelNames.push_back("channel " + std::to_string(i));
    assume("no channel names given");
  }
  if (sidecar.knownClasses) {
    outputs.knownClasses = *sidecar.knownClasses;
  } else {
    outputs.knownClasses = outputs.voidChannel == channels - 1 ? channels - 1 : channels;
  }
  const auto check = [&](bool holds, const std::string& what, const std::string& found) {
    if (holds) return;
    throw Error({.what = "The model's sidecar contradicts the network: " + what,
                 .expected = std::to_string(channels) + " channels",
                 .found = found,
                 .file = sidecar.file});
  };
  check(static_cast<int>(outputs.channelNames.size()) == channels, "count of channel names",
        std::to_string(outputs.channelNames.size()));
  check(outputs.voidChannel < channels, "void channel", std::to_string(outputs.voidChannel));
  check(outputs.knownClasses <= channels, "known classes", std::to_string(outputs.knownClasses));
  return out;
}

}  // namespace oodscope

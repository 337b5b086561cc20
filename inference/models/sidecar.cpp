// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/sidecar.h"

#include "analysis/core/error.h"
#include "analysis/datasets/cityscapes.h"
#include "analysis/formats/json_text.h"
#include "inference/models/known_channels.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace oodscope {
namespace {

using nlohmann::json;

constexpr int kMaxSide = 16'384;
constexpr int kMaxSidecarList = 4096;
constexpr int kMaxOutput = 255;
constexpr std::size_t kLongestSidecarName = 200;
constexpr std::uintmax_t kMaxSidecarBytes = 4U << 20U;
constexpr int kMaxDepth = 16;

/// All that a sidecar may say, "input_size, resize, …".
std::string fieldNames() {
  std::string out =
      "input_size, resize, scale, mean, std, channel_order, output, outputs, channels, known_classes, void_channel, ";
  for (const std::string& option : networkOptionNames()) out += option + ", ";
  return out + "state_dict, description";
}

class Reader {
public:
  Reader(const json& object, std::filesystem::path file) : m_object(object), m_file(std::move(file)) {}

  [[noreturn]] void fail(const std::string& key, const std::string& expected) const {
    throw Error({.what = "The model's sidecar cannot be understood at \"" + key + "\"",
                 .expected = expected,
                 .found = m_object.contains(key) ? m_object.at(key).dump(-1, ' ', true).substr(0, 80) : "nothing",
                 .file = m_file});
  }
  const json* at(const std::string& key) const { return m_object.contains(key) ? &m_object.at(key) : nullptr; }
  std::optional<int> integer(const std::string& key, int least, int most) const {
    const json* value = at(key);
    if (value == nullptr) return std::nullopt;
    const auto number = integerIn(*value, least, most);
    if (!number) fail(key, "an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return number;
  }
  std::optional<std::string> text(const std::string& key) const {
    const json* value = at(key);
    if (value == nullptr) return std::nullopt;
    if (!isName(*value)) fail(key, "a text of 1 to 200 bytes");
    return value->get<std::string>();
  }
  std::optional<std::vector<std::string>> names(const std::string& key) const {
    const json* value = at(key);
    if (value == nullptr) return std::nullopt;
    const std::string expected = "an array of names, one a channel, 1 to 4096 of 1 to 200 bytes each";
    if (!value->is_array() || value->empty() || value->size() > kMaxSidecarList) fail(key, expected);
    std::vector<std::string> out;
    for (const json& name : *value) {
      if (!isName(name)) fail(key, expected);
      out.push_back(name.get<std::string>());
    }
    return out;
  }
  std::optional<std::vector<int>> channelList(const std::string& key) const {
    const json* value = at(key);
    if (value == nullptr || !value->is_array()) return std::nullopt;
    const std::string expected = "a count from 1 to 4096, or a list of different channels, each from 0 to 4095";
    if (value->empty() || value->size() > kMaxSidecarList) fail(key, expected);
    std::vector<int> out;
    for (const json& each : *value) {
      const auto channel = integerIn(each, 0, kMaxSidecarList - 1);
      if (!channel || std::find(out.begin(), out.end(), *channel) != out.end()) fail(key, expected);
      out.push_back(*channel);
    }
    return out;
  }
  std::vector<NamedOutput> outputs(const std::string& key) const {
    const json* value = at(key);
    if (value == nullptr) return {};
    std::string names;
    for (const Output output : kAllOutputs) names.append(names.empty() ? "" : ", ").append(outputName(output));
    const std::string expected = "an object that gives " + names + " or some of them a name or a position each";
    if (!value->is_object() || value->empty()) fail(key, expected);
    std::vector<NamedOutput> out;
    for (const Output output : kAllOutputs) {
      const auto found = value->find(std::string(outputName(output)));
      if (found == value->end()) continue;
      NamedOutput& named = out.emplace_back(NamedOutput{.output = output});
      if (isName(*found))
        named.name = found->get<std::string>();
      else if (named.index = integerIn(*found, 0, kMaxOutput); !named.index)
        fail(key, expected);
    }
    if (out.size() != value->size()) fail(key, expected);
    return out;
  }
  void refuseUnknown(const std::string& fields = fieldNames()) const {
    const std::string known = ", " + fields + ",";
    for (const auto& [key, value] : m_object.items()) {
      if (known.find(", " + key + ",") != std::string::npos && key.find(',') == std::string::npos) continue;
      throw Error({.what = "The model's sidecar has an unknown field",
                   .expected = fields,
                   .found = std::string("\"").append(key, 0, kLongestSidecarName).append("\""),
                   .file = m_file});
    }
  }

private:
  static std::optional<int> integerIn(const json& value, int least, int most) {
    if (!value.is_number_integer()) return std::nullopt;
    // An unsigned number beyond the signed range would turn negative.
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(kMaxSide))
      return std::nullopt;
    const auto number = value.get<std::int64_t>();
    if (number < least || number > most) return std::nullopt;
    return static_cast<int>(number);
  }
  static bool isName(const json& value) {
    return value.is_string() && !value.get_ref<const std::string&>().empty() &&
           value.get_ref<const std::string&>().size() <= kLongestSidecarName;
  }

  const json& m_object;
  std::filesystem::path m_file;
};

/// Where the sidecar lies: beside the model under its stem or its whole name. Nothing where there is none.
std::optional<std::filesystem::path> sidecarOf(const std::filesystem::path& model) {
  namespace fs = std::filesystem;
  fs::path stem = model, whole = model;
  stem.replace_extension(".json");
  whole += ".json";
  std::optional<fs::path> found;
  for (const fs::path& file : {stem, whole}) {
    std::error_code problem;
    const fs::file_status status = fs::status(file, problem);
    if (status.type() == fs::file_type::not_found) continue;
    if (fs::is_directory(status)) {
      // A folder beside the model under its whole name is nobody's sidecar only by its name; it is said all the same.
      throw Error({.what = "The model's sidecar cannot be read",
                   .expected = "a JSON file",
                   .found = "a folder of that name",
                   .file = file});
    }
    if (!fs::is_regular_file(status)) {
      throw Error({.what = "The model's sidecar cannot be read",
                   .expected = "a JSON file",
                   .found = problem ? problem.message() : "something that is no file",
                   .file = file});
    }
    if (found) {
      throw Error({.what = "The model has two sidecars",
                   .expected = "one of them",
                   .found = found->filename().string() + " and " + file.filename().string(),
                   .file = file});
    }
    found = file;
  }
  return found;
}

std::pair<JsonValue, json> parsedSidecar(const std::filesystem::path& file) {
  std::error_code problem;
  if (const auto size = std::filesystem::file_size(file, problem); !problem && size > kMaxSidecarBytes) {
    throw Error({.what = "The model's sidecar is too large",
                 .expected = "a few lines of JSON",
                 .found = std::to_string(size) + " bytes",
                 .file = file});
  }
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) throw Error("The model's sidecar cannot be opened", file);
  // Its limits and its words for what is no JSON: line and column, a name given twice, nesting.
  JsonValue value = parseJson(text, "model's sidecar", file, {.bytes = kMaxSidecarBytes, .depth = kMaxDepth});
  json object = json::parse(text, nullptr, false);
  if (object.is_discarded() || !object.is_object()) {
    throw Error(
        {.what = "The model's sidecar is no JSON object", .expected = "{…}", .found = "something else", .file = file});
  }
  return {std::move(value), std::move(object)};
}

}  // namespace

std::optional<Sidecar> readSidecar(const std::filesystem::path& model) {
  const auto file = sidecarOf(model);
  if (!file) return std::nullopt;
  const auto [value, object] = parsedSidecar(*file);
  const Reader reader(object, *file);
  reader.refuseUnknown();
  Sidecar out;
  out.file = *file;
  out.preprocessing = readPreprocessingFields(value);
  if (const json* output = reader.at("output"); output != nullptr && output->is_string()) {
    out.outputName = reader.text("output");
  } else {
    out.output = reader.integer("output", 0, kMaxOutput);
  }
  out.outputs = reader.outputs("outputs");
  if (!out.outputs.empty() && reader.at("output") != nullptr)
    reader.fail("output", "no such field beside \"outputs\", which names the logits too");
  out.knownChannels = reader.channelList("known_classes");
  if (out.knownChannels) std::sort(out.knownChannels->begin(), out.knownChannels->end());  // a set, in any order
  if (!out.knownChannels) out.knownClasses = reader.integer("known_classes", 1, kMaxSidecarList);
  out.voidChannel = reader.integer("void_channel", -1, kMaxSidecarList - 1);
  out.channelNames = reader.names("channels");
  out.stateDict = reader.text("state_dict").value_or("");
  for (const std::string& option : networkOptionNames())
    if (const auto chosen = reader.text(option)) out.options[option] = *chosen;
  if (const json* text = reader.at("description")) {
    if (!text->is_string()) reader.fail("description", "a text");
    out.description = text->get<std::string>();
  }
  return out;
}

namespace {

/// Which channel is void, what all are called, which are known classes.
void resolveChannels(const Sidecar& sidecar, int channels, ResolvedSidecar& out) {
  OutputMeaning& outputs = out.outputs;
  const auto check = [&](bool holds, const std::string& what, const std::string& expected, const std::string& found) {
    if (holds) return;
    throw Error({.what = "The model's sidecar contradicts the network: " + what,
                 .expected = expected,
                 .found = found,
                 .file = sidecar.file});
  };
  const auto assume = [&](std::string text) {
    out.assumptions.push_back({Assumption::About::Outputs, std::move(text)});
  };
  const std::string all = std::to_string(channels) + " channels";
  if (sidecar.voidChannel) {
    outputs.voidChannel = *sidecar.voidChannel;
    check(outputs.voidChannel < channels, "void_channel", "-1 to " + std::to_string(channels - 1),
          std::to_string(outputs.voidChannel));
  } else if (outputs.voidChannel = assumedVoidChannel(channels); outputs.voidChannel >= 0) {
    out.channelsAssumed = true;
    assume("channel " + std::to_string(outputs.voidChannel) + " taken as void; trained or not is unknown");
  }
  if (sidecar.channelNames) {
    outputs.channelNames = *sidecar.channelNames;
    check(static_cast<int>(outputs.channelNames.size()) == channels, "count of channel names", all,
          std::to_string(outputs.channelNames.size()));
  } else if (channels == kCityscapesTrainClasses ||
             (channels == kCityscapesTrainClasses + 1 && outputs.voidChannel >= 0)) {
    outputs.channelNames = cityscapesNames();
    if (channels > kCityscapesTrainClasses)
      outputs.channelNames.insert(outputs.channelNames.begin() + outputs.voidChannel, "void");
    assume("channels taken as the 19 Cityscapes classes");
  } else {
    for (int i = 0; i < channels; ++i) outputs.channelNames.push_back("channel " + std::to_string(i));
    assume("no channel names given");
  }
  const int most = static_cast<int>(knownChannels(channels, outputs.voidChannel).size());
  outputs.knownClasses = sidecar.knownClasses.value_or(most);
  if (sidecar.knownChannels) {
    outputs.knownChannels = *sidecar.knownChannels;
    outputs.knownClasses = static_cast<int>(outputs.knownChannels.size());
    for (const int channel : outputs.knownChannels) {
      check(channel < channels && channel != outputs.voidChannel, "known_classes",
            "channels 0 to " + std::to_string(channels - 1) + " without the void channel", std::to_string(channel));
    }
  }
  check(outputs.knownClasses <= most, "known_classes", "1 to " + std::to_string(most) + " of " + all,
        std::to_string(outputs.knownClasses));
}

}  // namespace

FolderSidecar readFolderSidecar(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  const fs::path named = folder.has_filename() ? folder : folder.parent_path();
  fs::path beside = named;
  beside += ".json";
  std::optional<fs::path> file;
  for (const fs::path& candidate : {beside, named / "sidecar.json"}) {
    std::error_code problem;
    if (!fs::is_regular_file(candidate, problem)) continue;
    if (file)
      throw Error({.what = "The folder has two sidecars",
                   .expected = "one of them",
                   .found = file->string() + " and " + candidate.string(),
                   .file = folder});
    file = candidate;
  }
  if (!file) return {};
  const auto [value, object] = parsedSidecar(*file);
  const Reader reader(object, *file);
  reader.refuseUnknown("known_classes, description");
  return {.knownClasses = reader.integer("known_classes", 1, kMaxSidecarList)};
}

namespace {

/// "mean and standard deviation", one of them, or nothing.
std::string absentOf(const PreprocessingFields& said) {
  const std::string mean = said.mean ? "" : "mean", deviation = said.deviation ? "" : "standard deviation";
  return mean + (mean.empty() || deviation.empty() ? "" : " and ") + deviation;
}

}  // namespace

ResolvedSidecar resolveSidecar(const std::optional<Sidecar>& given, int channels, const InputNormalisation& published) {
  const Sidecar sidecar = given.value_or(Sidecar{});
  ResolvedSidecar out;
  const auto assume = [&](std::string text) { out.assumptions.push_back({Assumption::About::Input, std::move(text)}); };
  const PreprocessingFields& said = sidecar.preprocessing;
  if (!said.input) assume("no input size given: 1024x512 assumed");
  if (!said.scale) assume("no scaling given: pixel values divided by 255");
  if (const std::string absent = absentOf(said); published.source.empty()) {
    if (!said.mean && !said.deviation) assume("no mean and standard deviation given: none applied");
  } else if (!absent.empty()) {
    assume("no " + absent + " given: " + std::string(published.source) +
           "'s taken, with which weights of this architecture are published");
  }
  out.preprocessing =
      completed(said, {.scale = published.scale, .mean = published.mean, .deviation = published.deviation});
  OutputMeaning& outputs = out.outputs;
  outputs.output = sidecar.output.value_or(0);
  if (channels == 0) return out;
  resolveChannels(sidecar, channels, out);
  return out;
}

}  // namespace oodscope

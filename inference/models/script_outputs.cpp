// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/script_outputs.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/isfinite.h>
#include <torch/utils.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace oodscope {
namespace {

constexpr int kMaxOutputNesting = 4;
constexpr std::size_t kMaxOutputs = 256;
constexpr std::int64_t kMaxChannels = 4096;

/// What implementations call the main head. Sources: torchvision ("out"), Hugging Face ("logits"), MMSegmentation.
constexpr std::array kMainNames{"out", "logits", "seg_logits", "semseg", "sem_seg", "main", "pred", "output"};

std::string keyText(const torch::IValue& key) {
  if (key.isString()) return key.toStringRef();
  return key.isInt() ? std::to_string(key.toInt()) : "?";
}

/// Calls `take(name, value)` for all that a tuple, list, dictionary or object holds.
template <class Take>
void eachPart(const torch::IValue& value, const Take& take) {
  if (value.isTuple()) {
    const auto tuple = value.toTuple();
    const auto schema = tuple->type()->schema();
    for (std::size_t i = 0; i < tuple->elements().size(); ++i) {
      const bool named = schema != nullptr && i < schema->arguments().size();
      take(named ? schema->arguments()[i].name() : std::to_string(i), tuple->elements()[i]);
    }
  } else if (value.isList()) {
    const auto list = value.toListRef();
    for (std::size_t i = 0; i < list.size(); ++i) take(std::to_string(i), list[i]);
  } else if (value.isGenericDict()) {
    for (const auto& item : value.toGenericDict()) take(keyText(item.key()), item.value());
  } else if (value.isObject()) {
    const auto object = value.toObject();
    for (std::size_t i = 0; i < object->type()->numAttributes(); ++i)
      take(object->type()->getAttributeName(i), object->getSlot(i));
  }
}

void collect(const torch::IValue& value, const std::string& name, int depth, std::vector<ScriptOutput>& out) {
  if (out.size() >= kMaxOutputs || depth > kMaxOutputNesting) return;
  if (value.isTensor()) {
    if (value.toTensor().defined()) out.push_back({name.empty() ? "0" : name, value.toTensor()});
    return;
  }
  eachPart(value, [&](const std::string& part, const torch::IValue& held) {
    collect(held, name.empty() ? part : name + "/" + part, depth + 1, out);
  });
}

std::string typeText(const torch::Tensor& tensor) { return c10::toString(tensor.scalar_type()); }

std::string listed(const std::vector<ScriptOutput>& outputs) {
  constexpr std::size_t most = 8;
  std::string out;
  for (std::size_t i = 0; i < std::min(outputs.size(), most); ++i) {
    out += (out.empty() ? "" : ", ") + outputs[i].name + " (" + shapeText(outputs[i].tensor) + " " +
           typeText(outputs[i].tensor) + ")";
  }
  if (outputs.size() > most) out += ", …";
  return out.empty() ? "no tensor" : out;
}

/// Whether a map of h x w is the input's picture at another size: equal sides' ratio but for less than one pixel.
bool fits(std::int64_t h, std::int64_t w, Size input) {
  const std::int64_t difference = h * input.width - w * input.height;
  return std::abs(difference) <= std::max(input.width, input.height);
}

/// The reading of one tensor as logits, or why it is none.
struct Reading {
  OutputPlan plan;
  std::int64_t channels = 0, height = 0, width = 0;
  std::string expected, found;  ///< filled where it is none
  [[nodiscard]] bool isLogits() const { return found.empty(); }
};

Reading refused(std::string expected, std::string found) {
  Reading out;
  out.expected = std::move(expected);
  out.found = std::move(found);
  return out;
}

constexpr const char* kMapExpected = "1 x channels x height x width";

Reading refusedSingle(const torch::Tensor& tensor) {
  if (!tensor.is_floating_point()) {
    return refused("logits: export the model without its last argmax",
                   shapeText(tensor) + " " + typeText(tensor) + ", class indices (argmax)");
  }
  return refused(
      "at least two channels of logits; bring finished scores as score maps (one .npy, .npz or .hdf5 a frame, "
      "--scores)",
      shapeText(tensor) + ", one channel: a score map and no logits");
}

Reading readingOf(const torch::Tensor& tensor, Size input) {
  const std::int64_t dims = tensor.dim();
  if (dims < 2 || dims > 4 || tensor.numel() == 0) return refused(kMapExpected, shapeText(tensor));
  if (dims == 2) {
    // H x W is one score a pixel, N x C a class a picture.
    return fits(tensor.size(0), tensor.size(1), input) && tensor.size(0) > 1
               ? refusedSingle(tensor)
               : refused(kMapExpected, shapeText(tensor) + ": one vector for the whole picture");
  }
  if (tensor.size(0) != 1 && dims == 4) {
    return refused(kMapExpected, shapeText(tensor) + ": a batch of " + std::to_string(tensor.size(0)));
  }
  // Without a batch dimension, one leading 1 is the batch or the channel: either way there is one value a pixel.
  if (dims == 3 && tensor.size(0) == 1) return refusedSingle(tensor);
  const std::int64_t first = dims - 3;
  const std::int64_t a = tensor.size(first), b = tensor.size(first + 1), c = tensor.size(first + 2);
  Reading out;
  out.plan.lacksBatch = dims == 3;
  out.plan.channelsLast = !fits(b, c, input) && fits(a, b, input);
  out.channels = out.plan.channelsLast ? c : a;
  out.height = out.plan.channelsLast ? a : b;
  out.width = out.plan.channelsLast ? b : c;
  if (out.channels == 1 || !tensor.is_floating_point()) return refusedSingle(tensor);
  if (out.height * out.width == 1) {
    return refused(kMapExpected, shapeText(tensor) + ": one vector for the whole picture");
  }
  if (out.channels > kMaxChannels) return refused("at most 4096 channels", shapeText(tensor));
  const std::string size = std::to_string(out.width) + "x" + std::to_string(out.height);
  const std::string wanted = std::to_string(input.width) + "x" + std::to_string(input.height);
  if (!fits(out.height, out.width, input)) {
    if (fits(out.width, out.height, input)) {
      return refused("a map in the input's orientation, " + wanted,
                     shapeText(tensor) + ": " + size + ", width and height exchanged");
    }
    out.plan.warnings.push_back("the output of " + size + " has another aspect ratio than the input of " + wanted +
                                ": it is stretched");
  }
  if (out.plan.channelsLast) {
    out.plan.notes.push_back("the output " + shapeText(tensor) + " taken as height x width x channels");
  }
  if (out.plan.lacksBatch) out.plan.notes.push_back("the output " + shapeText(tensor) + " has no batch dimension");
  return out;
}

[[noreturn]] void refuseAll(const std::vector<ScriptOutput>& outputs, const std::vector<Reading>& readings,
                            const std::filesystem::path& file) {
  const std::size_t shown = 0;
  const bool single = outputs.size() == 1;
  throw Error({.what = single ? "The TorchScript model's output is no map of logits"
                              : "None of the TorchScript model's outputs is a map of logits",
               .expected = readings.empty() ? kMapExpected : readings[shown].expected,
               .found = single ? readings[shown].found : listed(outputs),
               .file = file});
}

/// The position that the wish names; the error lists what there is.
std::size_t wished(const std::vector<ScriptOutput>& outputs, const OutputWish& wish,
                   const std::filesystem::path& file) {
  if (wish.name) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].name == *wish.name) return i;
    }
  } else if (const auto index = static_cast<std::size_t>(wish.index.value()); index < outputs.size()) {
    return index;
  }
  std::string name = std::to_string(wish.index.value_or(0));
  if (wish.name) name = std::string("\"").append(*wish.name).append("\"");
  throw Error({.what = "The TorchScript model has no such output",
               .expected = "output " + name,
               .found = std::to_string(outputs.size()) + " tensors: " + listed(outputs),
               .file = file});
}

/// The position taken where the user says nothing. Requires: at least one reading is one of logits.
std::size_t plainChoice(const std::vector<ScriptOutput>& outputs, const std::vector<Reading>& readings) {
  for (const char* name : kMainNames) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].name == name && readings[i].isLogits()) return i;
    }
  }
  std::size_t best = outputs.size();
  const auto isAuxiliary = [&](std::size_t i) { return outputs[i].name.find("aux") != std::string::npos; };
  const auto area = [&](std::size_t i) { return readings[i].height * readings[i].width; };
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!readings[i].isLogits()) continue;
    if (best == outputs.size() || (isAuxiliary(best) && !isAuxiliary(i)) ||
        (isAuxiliary(best) == isAuxiliary(i) && area(i) > area(best))) {
      best = i;
    }
  }
  return best;
}

/// Which of several was taken. Plain, and so no warning, are a known name and the first of a nameless list.
void sayChoice(const std::vector<ScriptOutput>& outputs, const std::vector<Reading>& readings, OutputPlan& plan) {
  const auto maps = std::count_if(readings.begin(), readings.end(), [](const auto& each) { return each.isLogits(); });
  const std::string text = "output " + plan.name + " taken of " + std::to_string(outputs.size()) + ": " +
                           listed(outputs) + "; the sidecar's \"output\" names another";
  const bool known = std::find(kMainNames.begin(), kMainNames.end(), plan.name) != kMainNames.end();
  const bool isFirst = plan.index == 0 && plan.name == "0";
  (maps < 2 || isFirst || (known && plan.index == 0) ? plan.notes : plan.warnings).push_back(text);
}

}  // namespace

std::string shapeText(const torch::Tensor& tensor) {
  std::string out;
  for (const std::int64_t size : tensor.sizes()) {
    if (!out.empty()) out += 'x';
    out += std::to_string(size);
  }
  return out.empty() ? "a single number" : out;
}

std::vector<ScriptOutput> outputsOf(const torch::IValue& returned) {
  std::vector<ScriptOutput> out;
  collect(returned, "", 0, out);
  return out;
}

OutputPlan planOutputs(const std::vector<ScriptOutput>& outputs, const OutputWish& wish, Size input,
                       const std::filesystem::path& file) {
  std::vector<Reading> readings;
  readings.reserve(outputs.size());
  for (const ScriptOutput& output : outputs) readings.push_back(readingOf(output.tensor, input));
  const bool isWished = wish.name || wish.index;
  const bool any = std::any_of(readings.begin(), readings.end(), [](const auto& each) { return each.isLogits(); });
  if (!isWished && !any) refuseAll(outputs, readings, file);
  const std::size_t index = isWished ? wished(outputs, wish, file) : plainChoice(outputs, readings);
  if (!readings[index].isLogits()) {
    throw Error({.what = "The TorchScript model's output " + outputs[index].name + " is no map of logits",
                 .expected = readings[index].expected,
                 .found = readings[index].found,
                 .file = file});
  }
  OutputPlan plan = readings[index].plan;
  plan.index = index;
  plan.name = outputs[index].name;
  if (!isWished && outputs.size() > 1) sayChoice(outputs, readings, plan);
  return plan;
}

ArrayPlan planArray(const std::vector<ScriptOutput>& outputs, Output output, const OutputWish& wish, Size input,
                    const std::filesystem::path& file) {
  if (output == Output::Logits) return {output, planOutputs(outputs, wish, input, file)};
  ArrayPlan out{.output = output};
  out.plan.index = wished(outputs, wish, file);
  out.plan.name = outputs[out.plan.index].name;
  const torch::Tensor& tensor = outputs[out.plan.index].tensor;
  const std::int64_t axes = output == Output::ClassLogits ? 2 : 3;
  out.plan.lacksBatch = tensor.dim() == axes;
  const bool isWhole = out.plan.lacksBatch || (tensor.dim() == axes + 1 && tensor.size(0) == 1);
  const std::int64_t channels = isWhole ? tensor.size(tensor.dim() - axes) : 0;
  const bool fitsHead = output != Output::Outlier || channels == 1 || channels == 2;
  if (isWhole && fitsHead && channels > 0 && channels <= kMaxChannels && tensor.is_floating_point()) return out;
  throw Error({.what = "The TorchScript model's output " + out.plan.name + " is no array \"" +
                       std::string(outputName(output)) + "\"",
               .expected = std::string(outputShape(output)) + " of one image",
               .found = shapeText(tensor) + " " + typeText(tensor),
               .file = file});
}

torch::Tensor plannedArray(const torch::IValue& returned, const ArrayPlan& array, const std::filesystem::path& file) {
  if (array.output != Output::ClassLogits) return planned(returned, array.plan, file);
  const torch::Tensor tensor = planned(returned, array.plan, file);
  return tensor.reshape({1, tensor.size(-2), 1, tensor.size(-1)});
}

torch::Tensor planned(const torch::IValue& returned, const OutputPlan& plan, const std::filesystem::path& file) {
  const std::vector<ScriptOutput> outputs = outputsOf(returned);
  if (plan.index >= outputs.size()) {
    throw Error({.what = "The TorchScript model returned fewer outputs than before",
                 .expected = "output " + plan.name,
                 .found = listed(outputs),
                 .file = file});
  }
  torch::Tensor tensor = outputs[plan.index].tensor.to(torch::kFloat);
  if (plan.lacksBatch && tensor.dim() == 3) tensor = tensor.unsqueeze(0);
  if (plan.channelsLast && tensor.dim() == 4) tensor = tensor.permute({0, 3, 1, 2});
  return tensor;
}

std::vector<std::string> valueWarnings(const torch::Tensor& logits) {
  const torch::NoGradGuard noGradient;
  const torch::Tensor values = logits.to(torch::kCPU);
  std::vector<std::string> out;
  const torch::Tensor finite = at::isfinite(values);
  if (const auto bad = values.numel() - finite.sum().item<std::int64_t>(); bad > 0) {
    out.push_back(std::to_string(bad) + " of " + std::to_string(values.numel()) +
                  " values that it gives for a test picture are NaN or infinite");
    return out;
  }
  constexpr double tolerance = 1e-3;
  const auto sumsToOne = [&](const torch::Tensor& all) {
    return (all.sum(1) - 1.0).abs().max().item<double>() < tolerance;
  };
  const double least = values.min().item<double>(), most = values.max().item<double>();
  if (least >= 0.0 && most <= 1.0 + tolerance && sumsToOne(values)) {
    out.emplace_back(
        "the outputs of each pixel are 0 to 1 and sum to 1: probabilities (a softmax inside?) in place of logits, so "
        "that "
        "every score is another; export the model without its last softmax");
  } else if (most <= tolerance && sumsToOne(values.exp())) {
    out.emplace_back(
        "the outputs of each pixel are logarithms of probabilities (a log-softmax inside?): max-logit then ranks as "
        "MSP "
        "does and energy is the same everywhere; export the model without its last log-softmax");
  } else if (least > 0.0 && most < 1.0) {
    out.emplace_back(
        "all outputs lie between 0 and 1: probabilities (a sigmoid inside?) in place of logits; export the model "
        "without "
        "its last activation");
  }
  return out;
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/closed_set.h"

#include "analysis/core/error.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/score_function.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

LogitsMap enlarged(const LogitsMap& logits, Size size) {
  LogitsMap out{.channels = logits.channels, .size = size, .values = {}};
  out.values.reserve(size.area() * static_cast<std::size_t>(logits.channels));
  const std::size_t plane = logits.size.area();
  for (int channel = 0; channel < logits.channels; ++channel) {
    const auto first = logits.values.begin() + static_cast<std::ptrdiff_t>(plane * static_cast<std::size_t>(channel));
    const ScoreMap one(logits.size, std::vector<float>(first, first + static_cast<std::ptrdiff_t>(plane)));
    const ScoreMap resized = resizeBilinear(one, size);
    out.values.insert(out.values.end(), resized.values().begin(), resized.values().end());
  }
  return out;
}

/// The class, 0 for the first of `channels`, that each pixel is taken for; labels number the classes so.
ClassMap predicted(const LogitsMap& logits, std::span<const int> channels) {
  ClassMap classes(logits.size);
  predictedClasses(LogitsView{.single = logits.values.data(),
                              .channels = logits.channels,
                              .height = logits.size.height,
                              .width = logits.size.width},
                   channels, classes.values());
  std::array<std::uint8_t, 256> classOf{};
  classOf.fill(kVoid);
  for (std::size_t i = 0; i < channels.size(); ++i)
    classOf[static_cast<std::size_t>(channels[i])] = static_cast<std::uint8_t>(i);
  for (std::uint8_t& value : classes.values()) value = classOf[value];
  return classes;
}

/// Maps of which the largest value is the class: logits, or memberships of mask networks.
LogitsMap classMaps(Model& model, const RgbImage& image) {
  if (model.info().arrays.front().output != Output::Membership) return model.infer(image);
  return std::move(model.inferOutputs(image).maps.front());
}

}  // namespace

ClosedSetReport evaluateClosedSet(const DataSet& set, Model& model, ClassResolution resolution,
                                  const ProgressSink& progress, const std::stop_token& stop) {
  const auto labelled =
      std::count_if(set.frames.begin(), set.frames.end(), [](const Frame& f) { return f.classLabel.has_value(); });
  if (labelled == 0) {
    throw Error({.what = "no frame has class labels, which mIoU needs",
                 .expected = "gtFine of Cityscapes, class_labels of a demo set, or labels of classes as StreetHazards'",
                 .found = std::to_string(set.frames.size()) + " frames without",
                 .file = set.root});
  }
  const std::vector<int> channels = knownChannels(model.info().outputs, model.info().channels);
  const ClassScheme& scheme = *set.layout.kind().classes;
  if (scheme.isWhole && channels.size() != scheme.classes.size())
    throw Error(
        {.what = "the network's classes are not those of the set's labels",
         .expected = std::to_string(scheme.classes.size()) + " known classes (" + std::string(set.layout.name()) + ")",
         .found = std::to_string(channels.size()),
         .file = model.info().file});
  ClosedSetReport report{.confusion = ConfusionMatrix(static_cast<int>(channels.size())),
                         .without = set.frames.size() - static_cast<std::size_t>(labelled),
                         .failures = {}};
  for (const Frame& frame : set.frames) {
    if (!frame.classLabel) continue;
    if (stop.stop_requested()) {
      report.cancelled = true;
      break;
    }
    try {
      ClassMap truth = readClassLabel(set, frame);
      LogitsMap logits = classMaps(model, readImage(frame));
      if (resolution == ClassResolution::Label && logits.size != truth.size()) logits = enlarged(logits, truth.size());
      if (logits.size != truth.size()) truth = resizePilNearest(truth, logits.size);
      report.confusion.add(truth.values(), predicted(logits, channels).values());
      ++report.frames;
    } catch (const Error& error) {
      report.failures.push_back({set.name, frame.name, error.what()});
    }
    progress({"network", set.name, report.frames + report.failures.size(), static_cast<std::size_t>(labelled)});
  }
  return report;
}

}  // namespace oodscope

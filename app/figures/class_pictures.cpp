// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/class_pictures.h"

#include "analysis/datasets/layout_kinds.h"
#include "app/figures/document_text.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

using figures::tr;

constexpr int kFurtherHue = 47;  // degrees between classes that the set's labels do not name

std::shared_ptr<const ClassColours> coloursOf(const std::vector<SheetClass>& classes) {
  auto out = std::make_shared<ClassColours>();
  out->fill(0U);
  for (std::size_t i = 0; i < classes.size(); ++i) (*out)[i] = classes[i].colour.rgb();
  return out;
}

}  // namespace

std::vector<SheetClass> colouredClasses(const ClassScheme& scheme, int known) {
  std::vector<SheetClass> out;
  for (const std::string& name : knownClassNames(scheme, known)) {
    const int at = static_cast<int>(out.size());
    out.push_back({QColor::fromHsv(at * kFurtherHue % 360, 170, 220), QString::fromStdString(name)});
  }
  for (std::size_t i = 0; i < scheme.classes.size(); ++i) {
    const auto& [red, green, blue] = scheme.classes[i].colour;
    if (const std::uint8_t place = scheme.numberedFor(known, static_cast<std::uint8_t>(i)); place < known)
      out[place].colour = QColor(red, green, blue);
  }
  return out;
}

ClassPicture classPicture(const LiveSet& live, const Configuration& configuration, std::size_t frame, Size size) {
  ClassPicture out;
  const DataSet& set = live.dataSet();
  const ClassScheme& scheme = *set.layout.kind().classes;
  try {
    out.known = knownClassesAt(live, configuration, frame);
    if (auto predicted = out.known > 0 ? predictedAt(live.source(), frame, configuration, size) : std::nullopt)
      out.predicted = std::make_shared<const ClassMap>(std::move(*predicted));
    else
      out.noPrediction = tr("No predicted classes: finished score maps without class maps");
  } catch (const Error& error) {
    out.noPrediction = QString::fromUtf8(error.what());
  }
  const int known = out.known > 0 ? out.known : static_cast<int>(scheme.classes.size());
  try {
    if (auto truth = trueClassesAt(set, frame, known))
      out.truth = std::make_shared<const ClassMap>(std::move(*truth));
    else
      out.noTruth = tr("The set has no class labels");
  } catch (const Error& error) {
    out.noTruth = QString::fromUtf8(error.what());
  }
  out.classes = colouredClasses(scheme, known);
  out.colours = coloursOf(out.classes);
  return out;
}

std::vector<SheetClass> occurringClasses(const ClassPicture& picture,
                                         const std::vector<std::shared_ptr<const ClassMap>>& maps) {
  std::array<std::uint64_t, 256> pixels{};
  for (const auto& map : maps)
    if (map)
      for (const std::uint8_t value : map->values()) ++pixels[value];
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < picture.classes.size(); ++i)
    if (pixels[i] > 0) order.push_back(i);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return pixels[a] > pixels[b]; });
  std::vector<SheetClass> out;
  out.reserve(order.size());
  for (const std::size_t i : order) out.push_back(picture.classes[i]);
  return out;
}

}  // namespace oodscope

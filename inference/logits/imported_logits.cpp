// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/imported_logits.h"

#include "analysis/core/error.h"
#include "analysis/formats/array_file.h"
#include "analysis/formats/file_kind.h"
#include "analysis/scores/map_facts.h"
#include "inference/logits/stored_logits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// More channels or a longer side than any network gives: a header that claims them is wrong.
constexpr std::size_t kLongestAxis = 65'536;

std::string sidesText(Size size) {
  return std::to_string(size.height) + " high, " + std::to_string(size.width) + " wide";
}

/// The three axes that count, or a refusal in words.
std::array<std::size_t, 3> axesOf(const ArrayFacts& facts, const fs::path& file) {
  const auto shape = facts.usefulShape();
  bool fits = shape.size() == 3 && facts.isFloating();
  for (const auto extent : shape) fits = fits && extent > 0 && extent <= kLongestAxis;
  if (fits) return {shape[0], shape[1], shape[2]};
  std::string found = facts.text();
  if (shape.size() == 4) found += ", which looks like the logits of several frames: write one file a frame";
  const bool isColour = shape.size() == 3 && (shape[2] == 3 || shape[2] == 4) && facts.type == NpyType::UInt8;
  if (isColour) found += ", which looks like a coloured picture of scores: write the scores themselves";
  if (shape.size() == 3 && facts.type && !facts.isFloating() && !isColour)
    found += ", whole numbers: write the network's output before argmax and before rounding";
  throw Error({.what = "array holds no logits",
               .expected = "channels x height x width of float16, float32 or float64",
               .found = found,
               .file = file});
}

/// The array's values in memory of the program's own.
void take(const NpyArray& array, StoredLogits::Impl& impl, ImportedLogits& out) {
  if (array.header.type == NpyType::Float16) {
    impl.ownHalf.resize(array.header.elements());
    std::memcpy(impl.ownHalf.data(), array.data.data(), array.data.size());
    impl.view.half = impl.ownHalf.data();
    impl.bytes = array.data.size();
    return;
  }
  impl.ownSingle = npyAsFloat(array);
  impl.view.single = impl.ownSingle.data();
  impl.bytes = impl.ownSingle.size() * sizeof(float);
  if (array.header.type != NpyType::Float64) return;
  const auto exact = npyAsDouble(array);
  for (std::size_t i = 0; i < exact.size() && !out.areRounded; ++i)
    out.areRounded = std::isfinite(exact[i]) && static_cast<double>(impl.ownSingle[i]) != exact[i];
}

void refuseTransposed(Size found, Size frame, const fs::path& file) {
  if (frame.area() == 0 || shapeFit(found, frame) != ShapeFit::Transposed) return;
  throw Error({.what = "logits are transposed",
               .expected = "the frame's shape, " + sidesText(frame),
               .found = sidesText(found) + ": exchange the two axes",
               .file = file});
}

/// An array read as one of channels x height x width.
ImportedLogits readAs(const std::array<std::size_t, 3>& axes, const ArrayFacts& facts, const fs::path& file) {
  auto array = readArray(file, facts.name).array;
  array.header.shape = {axes.begin(), axes.end()};
  auto impl = std::make_unique<StoredLogits::Impl>();
  impl->view = {
      .channels = static_cast<int>(axes[0]), .height = static_cast<int>(axes[1]), .width = static_cast<int>(axes[2])};
  ImportedLogits out{.logits = StoredLogits(nullptr), .type = facts.type.value(), .areByMatlab = facts.isMatlab};
  take(array, *impl, out);
  out.logits = StoredLogits(std::move(impl));
  return out;
}

}  // namespace

ImportedLogits openImportedOutput(Output output, const fs::path& file, Size frameSize, const std::string& arrayName) {
  const auto facts = chosenArray(arraysIn(file), arrayName, file);
  const auto shape = facts.usefulShape();
  const auto refuse = [&]() -> ImportedLogits {
    throw Error({.what = "array \"" + std::string(outputName(output)) + "\" has another shape or type",
                 .expected = std::string(outputShape(output)) + " of float16, float32 or float64",
                 .found = facts.text(),
                 .file = file});
  };
  const bool isPlane = shape.size() == 2;
  const bool fits = facts.isFloating() && (isPlane || shape.size() == 3) &&
                    std::ranges::all_of(shape, [](std::size_t extent) { return extent > 0 && extent <= kLongestAxis; });
  if (!fits) return refuse();
  if (output == Output::ClassLogits) return isPlane ? readAs({shape[0], 1, shape[1]}, facts, file) : refuse();
  ImportedLogits out =
      isPlane ? readAs({1, shape[0], shape[1]}, facts, file) : openImportedLogits(file, frameSize, arrayName);
  const int channels = out.logits.view().channels;
  if (output == Output::Outlier && channels > 2) return refuse();
  if (output == Output::Logits && channels < 2) return refuse();
  return out;
}

ImportedLogits openImportedLogits(const fs::path& file, Size frameSize, const std::string& arrayName) {
  const auto facts = chosenArray(arraysIn(file), arrayName, file);
  const auto axes = axesOf(facts, file);
  const bool isLast = frameSize.area() > 0 && axisOrder(axes, frameSize) == AxisOrder::ChannelsLast;
  const std::size_t channels = isLast ? axes[2] : axes[0];
  const Size size{static_cast<int>(isLast ? axes[1] : axes[2]), static_cast<int>(isLast ? axes[0] : axes[1])};
  refuseTransposed(size, frameSize, file);
  const bool isMapped = facts.isPlain && facts.type != NpyType::Float64 && !isLast && facts.shape.back() == axes[2] &&
                        (facts.shape.size() == 3 || (facts.shape.size() == 4 && facts.shape.front() == 1));
  if (isMapped) return {.logits = openLogits(file), .type = facts.type.value()};

  auto array = readArray(file, arrayName).array;
  array.header.shape = {axes.begin(), axes.end()};
  if (isLast) array = withLastAxisFirst(array);
  auto impl = std::make_unique<StoredLogits::Impl>();
  impl->view = {.channels = static_cast<int>(channels), .height = size.height, .width = size.width};
  ImportedLogits out{.logits = StoredLogits(nullptr),
                     .type = facts.type.value(),
                     .wereChannelsLast = isLast,
                     .areByMatlab = facts.isMatlab};
  take(array, *impl, out);
  out.logits = StoredLogits(std::move(impl));
  return out;
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/eomt_readings.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/eomt.inl.h"
#include "inference/networks/token_products.inl.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope::eomt {
namespace {

/// Queries whose masks lie at full size at once.
constexpr std::int64_t kHeldMasks = 25;

int roundedUp(int size) { return (size + kEomtPatch - 1) / kEomtPatch * kEomtPatch; }

/// Python's round(): halves to the even number.
int roundedEvenly(double value) { return static_cast<int>(std::nearbyint(value)); }

/// What this program takes of road scenes in general.
Size halfCityscapes(int) { return {1024, 512}; }

Size trainedSquare(int side) { return {side, side}; }

Size coveringSize(Size image, Size, int side) { return windowsOf(image, side).scaled; }

std::vector<OutputArray> membershipAlone(const NetworkShape& shape, Size input) {
  return {{Output::Membership, shape.classes, input}};
}

std::vector<Size> squares(Size image, Size, int side) {
  return std::vector<Size>(windowsOf(image, side).starts.size(), Size{side, side});
}

void fillThroughWindows(const Asked& ask, int side, const torch::Tensor& image, const torch::Tensor& out) {
  const std::int64_t height = image.size(2), width = image.size(3);
  require(std::min(height, width) == side, "EoMT: an image that covers the square and no more");
  const std::int64_t along = height > width ? 2 : 3;
  const Windows windows = windowsOf({static_cast<int>(width), static_cast<int>(height)}, side);
  torch::Tensor sum = at::zeros({1, out.size(1), height, width}, image.options());
  torch::Tensor count = at::zeros({image.size(along)}, image.options());
  for (const int start : windows.starts) {
    sum.narrow(along, start, side).add_(membership(ask(image.narrow(along, start, side)), side, side));
    count.narrow(0, start, side).add_(1.0);
  }
  sum.div_(along == 2 ? count.view({1, 1, -1, 1}) : count);
  out.copy_(at::upsample_bilinear2d(sum, {out.size(2), out.size(3)}, false));
}

Size multipleOfPatches(Size, Size input, int) { return {roundedUp(input.width), roundedUp(input.height)}; }

std::vector<Size> wholeImage(Size image, Size input, int side) { return {multipleOfPatches(image, input, side)}; }

std::vector<OutputArray> classesAndMasks(const NetworkShape& shape, Size input) {
  const int queries = eomtWidths(shape).queries;
  const Size masks{roundedUp(input.width) / kEomtMaskReduction, roundedUp(input.height) / kEomtMaskReduction};
  return {{Output::ClassLogits, queries, {shape.classes + 1, 1}}, {Output::MaskLogits, queries, masks}};
}

void fillClassesAndMasks(const Asked& ask, int, const torch::Tensor& image, const torch::Tensor& out) {
  const Answers answers = ask(image);
  const std::int64_t classes = answers.classes.numel();
  out.flatten().narrow(0, 0, classes).copy_(answers.classes.flatten());
  out.flatten().narrow(0, classes, answers.masks.numel()).copy_(answers.masks.t().flatten());
}

std::vector<OutputArray> logitsAlone(const NetworkShape& shape, Size input) {
  return {{Output::Logits, shape.classes + 1, input}};
}

void fillRawProduct(const Asked& ask, int, const torch::Tensor& image, const torch::Tensor& out) {
  const Answers answers = ask(image);
  const torch::Tensor product = rowProduct(answers.masks, answers.classes.t().contiguous(), {});
  const torch::Tensor maps = product.t().reshape({1, -1, answers.height, answers.width});
  out.copy_(at::upsample_bilinear2d(maps, {out.size(2), out.size(3)}, false));
}

constexpr std::array kReadings = {
    Reading{.name = "authors-windows",
            .description =
                "the image scaled to cover the trained square and cut into squares that overlap; memberships "
                "S, averaged where they do, at the input size",
            .defaultInput = halfCityscapes,
            .networkInput = coveringSize,
            .arrays = membershipAlone,
            .fill = fillThroughWindows,
            .windows = squares},
    Reading{.name = "whole-image",
            .description = "the whole image squashed to the input size, the trained square where none is given; class "
                           "and mask logits of all queries",
            .defaultInput = trainedSquare,
            .networkInput = multipleOfPatches,
            .arrays = classesAndMasks,
            .fill = fillClassesAndMasks,
            .windows = wholeImage},
    Reading{.name = "raw-product",
            .description = "the whole image squashed to the input size; raw class logits times raw mask logits, \"no "
                           "object\" included, taken for logits, as some evaluate it: no softmax, no sigmoid",
            .defaultInput = trainedSquare,
            .networkInput = multipleOfPatches,
            .arrays = logitsAlone,
            .fill = fillRawProduct,
            .windows = wholeImage},
};

}  // namespace

torch::Tensor membership(const Answers& answers, std::int64_t height, std::int64_t width) {
  const std::int64_t queries = answers.classes.size(0), known = answers.classes.size(1) - 1;
  const torch::Tensor shares = at::softmax(answers.classes, 1).narrow(1, 0, known).t();  // K x Q
  const torch::Tensor masks = answers.masks.view({1, answers.height, answers.width, queries}).permute({0, 3, 1, 2});
  torch::Tensor sum;
  for (std::int64_t first = 0; first < queries; first += kHeldMasks) {
    const std::int64_t count = std::min(kHeldMasks, queries - first);
    const torch::Tensor some = masks.narrow(1, first, count).contiguous(torch::MemoryFormat::ChannelsLast);
    const torch::Tensor whole = at::upsample_bilinear2d(some, {height, width}, false).sigmoid_();
    const torch::Tensor part = rowProduct(whole.permute({0, 2, 3, 1}).reshape({height * width, count}),
                                          shares.narrow(1, first, count).contiguous(), {});
    sum = sum.defined() ? sum + part : part;
  }
  return sum.t().reshape({1, known, height, width});
}

Windows windowsOf(Size image, int side) {
  const double factor = std::max(static_cast<double>(side) / image.height, static_cast<double>(side) / image.width);
  const Size scaled{roundedEvenly(image.width * factor), roundedEvenly(image.height * factor)};
  const int longer = std::max(scaled.width, scaled.height), count = (longer + side - 1) / side;
  const double overlap = count > 1 ? static_cast<double>(count * side - longer) / (count - 1) : 0.0;
  Windows out{.scaled = scaled, .starts = {}};
  for (int j = 0; j < count; ++j) out.starts.push_back(static_cast<int>(j * (side - overlap)));
  return out;
}

std::span<const Reading> readings() { return kReadings; }

const Reading& readingOf(const NetworkShape& shape) {
  const auto option = shape.options.find(kReadingOption);
  if (option == shape.options.end()) return kReadings.front();
  const auto* found = std::ranges::find(kReadings, option->second, &Reading::name);
  require(found != kReadings.end(), "EoMT: unknown windows");
  return *found;
}

}  // namespace oodscope::eomt

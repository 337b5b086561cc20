// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/filters/filter.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

namespace oodscope::filters {
namespace {

constexpr int kReach = 3;  // taps on each side of the middle one
constexpr std::size_t kTaps = 2 * kReach + 1;
constexpr int kRowsATask = 16;

/// exp(-d^2 / 2) for d = 0..3, over the sum of all seven.
std::array<float, kReach + 1> gaussianWeights() {
  std::array<double, kReach + 1> exact{};
  double sum = 0;
  for (int d = 0; d <= kReach; ++d) {
    exact[static_cast<std::size_t>(d)] = std::exp(-0.5 * d * d);
    sum += (d == 0 ? 1.0 : 2.0) * exact[static_cast<std::size_t>(d)];
  }
  std::array<float, kReach + 1> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(exact[i] / sum);
  return out;
}

/// Where a row or column beyond the border is read: the border's own pixel is not repeated.
int reflectedIndex(int index, int length) {
  if (length == 1) return 0;
  const int period = 2 * (length - 1);
  const int within = std::abs(index) % period;
  return within < length ? within : period - within;
}

int repeatedIndex(int index, int length) { return std::clamp(index, 0, length - 1); }

/// The weighted sums of seven equally long rows, symmetric weights. One order of additions for every pixel.
void sumRows(const std::array<const float*, kTaps>& rows, std::size_t count, float* __restrict out) {
  const auto weights = gaussianWeights();
  const float w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3];
  const float *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3], *e = rows[4], *f = rows[5], *g = rows[6];
  for (std::size_t i = 0; i < count; ++i)
    out[i] = w0 * d[i] + w1 * (c[i] + e[i]) + w2 * (b[i] + f[i]) + w3 * (a[i] + g[i]);
}

struct Smoothing {
  int step;  ///< pixels from tap to tap
  int (*border)(int index, int length);
};

/// Columns: `rows` of the map at the columns of `wanted`.
std::vector<float> smoothedAlongRows(const MapPart& in, const Window& rows, const Window& wanted,
                                     const Smoothing& smoothing) {
  const int reach = kReach * smoothing.step;
  const auto width = static_cast<std::size_t>(wanted.width), known = static_cast<std::size_t>(in.window.width);
  std::vector<std::size_t> columns;  // of the known window, for a row with its border
  for (int x = wanted.x - reach; x < wanted.x + wanted.width + reach; ++x)
    columns.push_back(static_cast<std::size_t>(smoothing.border(x, in.whole.width) - in.window.x));
  std::vector<float> out(rows.size().area());
  tbb::parallel_for(tbb::blocked_range<int>(0, rows.height, kRowsATask), [&](const tbb::blocked_range<int>& range) {
    std::vector<float> padded(columns.size());
    for (int y = range.begin(); y < range.end(); ++y) {
      const float* row = in.scores.data() + static_cast<std::size_t>(rows.y + y - in.window.y) * known;
      const auto border = static_cast<std::size_t>(reach);
      for (std::size_t i = 0; i < border; ++i) padded[i] = row[columns[i]];
      std::copy_n(row + columns[border], width, padded.begin() + reach);
      for (std::size_t i = border + width; i < columns.size(); ++i) padded[i] = row[columns[i]];
      std::array<const float*, kTaps> taps{};
      for (std::size_t t = 0; t < kTaps; ++t) taps[t] = padded.data() + t * static_cast<std::size_t>(smoothing.step);
      sumRows(taps, width, out.data() + static_cast<std::size_t>(y) * width);
    }
  });
  return out;
}

void smooth(const MapPart& in, const Window& wanted, const Smoothing& smoothing, std::span<float> out) {
  if (wanted.size().area() == 0) return;
  Window rows = grownWindow(wanted, kReach * smoothing.step, in.whole);
  rows = {wanted.x, rows.y, wanted.width, rows.height};
  const std::vector<float> smoothed = smoothedAlongRows(in, rows, wanted, smoothing);
  const auto width = static_cast<std::size_t>(wanted.width);
  tbb::parallel_for(tbb::blocked_range<int>(0, wanted.height, kRowsATask), [&](const tbb::blocked_range<int>& range) {
    for (int y = range.begin(); y < range.end(); ++y) {
      std::array<const float*, kTaps> taps{};
      for (int t = 0; t <= 2 * kReach; ++t) {
        const int row = smoothing.border(wanted.y + y + (t - kReach) * smoothing.step, in.whole.height) - rows.y;
        taps[static_cast<std::size_t>(t)] = smoothed.data() + static_cast<std::size_t>(row) * width;
      }
      sumRows(taps, width, out.data() + static_cast<std::size_t>(y) * width);
    }
  });
}

}  // namespace

void smoothReflected(const MapPart& in, const Window& wanted, std::span<float> out) {
  smooth(in, wanted, {kSmoothingHalo / kReach, reflectedIndex}, out);
}

void smoothDilated(const MapPart& in, const Window& wanted, std::span<float> out) {
  smooth(in, wanted, {kDilatedHalo / kReach, repeatedIndex}, out);
}

}  // namespace oodscope::filters

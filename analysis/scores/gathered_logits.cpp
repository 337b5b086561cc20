// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/gathered_logits.h"

#include "analysis/imaging/bilinear_taps.h"
#include "analysis/scores/score_plan.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

constexpr std::size_t kBlock = 512;  // pixels gathered together: their indices stay in the nearest cache
constexpr std::size_t kCorners = 4;

const float* widened(const float* values, std::size_t, float*) { return values; }
const float* widened(const std::uint16_t* values, std::size_t count, float* out) {
  kernels::widen(values, count, out);
  return out;
}

/// Places of the four corners in a plane, and how far a pixel lies between them.
struct CornerBlock {
  std::array<std::size_t, kCorners * kBlock> at{};
  std::array<float, kBlock> weightX{}, weightY{};

  void locate(std::span<const std::uint32_t> pixels, std::span<const BilinearTap> columns,
              std::span<const BilinearTap> rows, int width) {
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      const BilinearTap& x = columns[pixels[i] % columns.size()];
      const BilinearTap& y = rows[pixels[i] / columns.size()];
      const auto index = [&](std::int32_t row, std::int32_t column) {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(width) + static_cast<std::size_t>(column);
      };
      at[i] = index(y.left, x.left);
      at[kBlock + i] = index(y.left, x.right);
      at[2 * kBlock + i] = index(y.right, x.left);
      at[3 * kBlock + i] = index(y.right, x.right);
      weightX[i] = x.weight;
      weightY[i] = y.weight;
    }
  }
};

/// A plane's values at the pixels of a block, as they are stored.
template <class T>
void gatherAsStored(const T* plane, std::span<const std::uint32_t> block, T* out) {
  for (std::size_t i = 0; i < block.size(); ++i) out[i] = plane[block[i]];
}

/// The same in single precision.
template <class T>
void gatherSingle(const T* plane, std::span<const std::uint32_t> block, float* out) {
  std::array<T, kBlock> values;
  gatherAsStored(plane, block, values.data());
  if constexpr (std::is_same_v<T, std::uint16_t>)
    kernels::widen(values.data(), block.size(), out);
  else
    std::copy_n(values.begin(), block.size(), out);
}

/// Blends a block's pixels between their corners, one plane after another.
template <class T>
class BlockBlender {
public:
  BlockBlender(const CornerBlock& corners, std::size_t pixels) : m_corners(corners), m_count(pixels) {}

  void blend(const T* plane, float* out) {
    for (std::size_t corner = 0; corner < kCorners; ++corner)
      for (std::size_t i = corner * kBlock; i < corner * kBlock + m_count; ++i) m_values[i] = plane[m_corners.at[i]];
    const float* from = widened(m_values.data(), m_values.size(), m_wide.data());
    // The kernel fills whole vectors: it may not write where the next frame's pixels lie.
    kernels::blendCorners({from, from + kBlock, from + 2 * kBlock, from + 3 * kBlock}, m_corners.weightX.data(),
                          m_corners.weightY.data(), m_count, m_blended.data());
    std::copy_n(m_blended.begin(), m_count, out);
  }

private:
  const CornerBlock& m_corners;
  std::size_t m_count;
  std::array<T, kCorners * kBlock> m_values{};
  std::array<float, kCorners * kBlock> m_wide;
  std::array<float, kBlock> m_blended;
};

/// Calls `work(begin, block)` for blocks of at most kBlock pixels on all cores.
template <class Work>
void forEachBlock(std::span<const std::uint32_t> pixels, const Work& work) {
  using Range = oneapi::tbb::blocked_range<std::size_t>;
  oneapi::tbb::parallel_for(Range(0, pixels.size(), kBlock), [&](const Range& range) {
    for (std::size_t begin = range.begin(); begin < range.end(); begin += kBlock)
      work(begin, pixels.subspan(begin, std::min(kBlock, range.end() - begin)));
  });
}

}  // namespace

GatheredLogits::GatheredLogits(int channels, std::size_t pixels, Storage storage)
    : m_channels(channels), m_pixels(pixels) {
  require(channels > 0, "GatheredLogits: no channels");
  const std::size_t values = static_cast<std::size_t>(channels) * pixels;
  if (storage == Storage::Half)
    m_half.resize(values);
  else
    m_single.resize(values);
}

LogitsView GatheredLogits::view() const {
  require(m_pixels > 0, "GatheredLogits: no pixels");
  return {.half = m_half.empty() ? nullptr : m_half.data(),
          .single = m_single.empty() ? nullptr : m_single.data(),
          .channels = m_channels,
          .height = 1,
          .width = static_cast<int>(m_pixels)};
}

void GatheredLogits::fill(std::size_t first, const LogitsView& logits, Size target,
                          std::span<const std::uint32_t> pixels) {
  kernels::requireArray(logits);
  require(logits.channels == m_channels, "GatheredLogits: another number of channels");
  require(first + pixels.size() <= m_pixels, "GatheredLogits: a range outside");
  require(std::all_of(pixels.begin(), pixels.end(), [&](std::uint32_t pixel) { return pixel < target.area(); }),
          "GatheredLogits: a pixel is outside the target");
  const bool blends = target != logits.size();
  require(m_half.empty() || (!blends && logits.half != nullptr),
          "GatheredLogits: half storage takes half logits as they are");
  const std::vector<BilinearTap> columns =
      blends ? bilinearTaps(logits.width, target.width) : std::vector<BilinearTap>{};
  const std::vector<BilinearTap> rows =
      blends ? bilinearTaps(logits.height, target.height) : std::vector<BilinearTap>{};
  const kernels::PlanArray all{.view = logits, .channels = kernels::channelsOf(logits.channels, {})};
  kernels::withPlanes(std::span(&all, 1), [&]<class T>(const std::vector<const T*>& planes) {
    const auto copy = [&](std::size_t begin, std::span<const std::uint32_t> block) {
      for (std::size_t c = 0; c < planes.size(); ++c) {
        const std::size_t to = c * m_pixels + first + begin;
        if (m_half.empty())
          gatherSingle(planes[c], block, m_single.data() + to);
        else if constexpr (std::is_same_v<T, std::uint16_t>)
          gatherAsStored(planes[c], block, m_half.data() + to);
      }
    };
    const auto blend = [&](std::size_t begin, std::span<const std::uint32_t> block) {
      CornerBlock corners;
      corners.locate(block, columns, rows, logits.width);
      BlockBlender<T> blender(corners, block.size());
      for (std::size_t c = 0; c < planes.size(); ++c)
        blender.blend(planes[c], m_single.data() + c * m_pixels + first + begin);
    };
    if (blends)
      forEachBlock(pixels, blend);
    else
      forEachBlock(pixels, copy);
  });
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "inference/checkpoints/state_dict.inl.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope::testing {

/// The n-th of the numbers that `text` starts: FNV-1a of 32 bits, then murmur3's last steps. As formula_state.py.
class FormulaHash {
public:
  explicit FormulaHash(std::string_view text) {
    for (const char c : text) m_seed = (m_seed ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  [[nodiscard]] std::uint32_t operator()(std::uint64_t n) const {
    std::uint32_t h = m_seed + static_cast<std::uint32_t>(n) * 0x9E3779B9U;
    h = (h ^ (h >> 16U)) * 0x85EBCA6BU;
    h = (h ^ (h >> 13U)) * 0xC2B2AE35U;
    return h ^ (h >> 16U);
  }

private:
  std::uint32_t m_seed = 2166136261U;
};

/// Float32 values between base - spread and base + spread, the same bits as Python's.
inline at::Tensor formulaTensor(const std::string& key, double base, double spread,
                                const std::vector<std::int64_t>& sizes) {
  at::Tensor out = at::empty(sizes, at::kFloat);
  const FormulaHash hash(key);
  float* values = out.data_ptr<float>();
  for (std::int64_t n = 0; n < out.numel(); ++n) {
    const double unit = std::ldexp(hash(static_cast<std::uint64_t>(n)) >> 8U, -23) - 1.0;
    values[n] = static_cast<float>(base + spread * unit);
  }
  return out;
}

/// Appends what a line of a recorded state stands for: "KEY BASE SPREAD SIZES...", or "KEY norm CHANNELS" for the five
/// entries of a batch norm.
inline void appendFormulaLine(StateDict& state, const std::string& line) {
  struct Entry {
    const char* name;
    double base, spread;
  };
  constexpr std::array kNorm{Entry{"weight", 1.0, 0.2}, Entry{"bias", 0.0, 0.1}, Entry{"running_mean", 0.0, 0.1},
                             Entry{"running_var", 0.75, 0.25}};
  std::istringstream in(line);
  in.imbue(std::locale::classic());
  std::string key, word;
  in >> key >> word;
  if (word == "norm") {
    std::int64_t channels = 0;
    in >> channels;
    for (const Entry& entry : kNorm) {
      const std::string name = key + "." + entry.name;
      state.emplace_back(name, formulaTensor(name, entry.base, entry.spread, {channels}));
    }
    state.emplace_back(key + ".num_batches_tracked", at::zeros({}, at::kLong));
    return;
  }
  std::istringstream first(word);
  first.imbue(std::locale::classic());
  double base = 0.0, spread = 0.0;
  first >> base;
  in >> spread;
  std::vector<std::int64_t> sizes;
  for (std::int64_t size = 0; in >> size;) sizes.push_back(size);
  state.emplace_back(key, formulaTensor(key, base, spread, sizes));
}

/// Ramps, a chequer of 16 pixels and noise.
inline RgbImage formulaPicture(Size size) {
  RgbImage out(size);
  const FormulaHash noise("picture");
  const auto value = [&](int x, int y, int c) {
    const int n = (y * size.width + x) * 3 + c;
    const int chequer = 97 * ((x / 16 + y / 16) % 2);
    return static_cast<std::uint8_t>(
        (3 * x + 5 * y + 40 * c + chequer + static_cast<int>(noise(static_cast<std::uint64_t>(n)) % 32U)) % 256);
  };
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) out.at(x, y) = {value(x, y, 0), value(x, y, 1), value(x, y, 2)};
  return out;
}

}  // namespace oodscope::testing

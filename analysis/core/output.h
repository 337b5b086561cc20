// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <string_view>

namespace oodscope {

/// The arrays that a network, or somebody's file, gives of a frame.
enum class Output {
  Logits,       ///< C x h x w
  Outlier,      ///< 1 x h x w: logit of P(d_in | x); 2 x h x w: logits whose second is the outlier's
  Membership,   ///< S, K x h x w: how much of each class masks put on a pixel
  ClassLogits,  ///< Q x (K + 1), the last is "no object"; Q x (K + 2): a negative class before it
  MaskLogits,   ///< Q x h x w
  Features,     ///< D x h x w
};
inline constexpr std::array kAllOutputs = {Output::Logits,      Output::Outlier,    Output::Membership,
                                           Output::ClassLogits, Output::MaskLogits, Output::Features};
inline constexpr std::size_t kOutputCount = kAllOutputs.size();
inline constexpr std::size_t indexOf(Output output) { return static_cast<std::size_t>(output); }

inline constexpr std::array<std::string_view, kOutputCount> kOutputNames = {"logits",       "outlier",     "membership",
                                                                            "class_logits", "mask_logits", "features"};
inline constexpr std::array<std::string_view, kOutputCount> kOutputShapes = {
    "C x h x w", "1 or 2 x h x w", "K x h x w", "Q x (K + 1) or Q x (K + 2)", "Q x h x w", "D x h x w"};

/// As files, folders and sidecars call it.
[[nodiscard]] constexpr std::string_view outputName(Output output) { return kOutputNames[indexOf(output)]; }
/// What its shape is to be: "Q x h x w".
[[nodiscard]] constexpr std::string_view outputShape(Output output) { return kOutputShapes[indexOf(output)]; }

}  // namespace oodscope

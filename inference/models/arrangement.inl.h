// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "inference/models/verdicts.h"
#include "inference/networks/network.inl.h"

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// One way to compute a network's logits.
struct Arrangement {
  std::string name;  ///< part of the logits' key
  std::function<std::unique_ptr<InferenceNetwork>()> make;
};

/// How far a result may be from the reference: |a - b| up to `tolerance` times the reference's largest magnitude, but
/// for a share of the values of `switched`. Where a network compares values (unpooling to where a maximum was),
/// rounding sometimes decides otherwise, and the values around that place are others, rightly.
struct Rounding {
  double tolerance = 1e-4;
  double switched = 0.0;
};

struct LogitsComparison {
  double largest = 0.0;  ///< difference; infinite where one of both is NaN or infinite and the other is not
  double beyond = 0.0;   ///< share of the values that differ by more than the tolerance
  bool agrees = false;
};
/// Requires: float32 tensors of the same sizes on the CPU. Cost: one pass over both.
[[nodiscard]] LogitsComparison compareLogits(const at::Tensor& reference, const at::Tensor& found,
                                             const Rounding& rounding);

struct ChosenArrangement {
  std::string name;
  std::unique_ptr<InferenceNetwork> network;
  std::vector<RejectedArrangement> rejected;  ///< those that gave other numbers
  bool asOneThread = false;                   ///< the same logits of the probe as on one thread, to the last bit
  bool unrepeatable = false;                  ///< the network gives other numbers at every pass: nothing to compare
};

/// The first arrangement, quickest first, whose logits of `probe` agree with those of the last one, which is the
/// reference and agrees by definition. A verdict that is remembered for `key` is taken instead of the passes, a new one
/// is remembered. Libraries have returned wrong numbers for some shapes, thread counts and processors: what was not
/// compared is not used. Throws what the arrangements throw. Cost: the reference's pass, one of each that is tried,
/// and one more of the chosen one on one thread.
[[nodiscard]] ChosenArrangement chooseArrangement(const std::vector<Arrangement>& quickestFirst,
                                                  const at::Tensor& probe, at::IntArrayRef outputSizes,
                                                  const Rounding& rounding, const std::string& key,
                                                  const Verdicts& verdicts);

/// Runs `network` by LibTorch as it is set up; TF32 is off, so that CUDA computes in float32.
[[nodiscard]] std::unique_ptr<InferenceNetwork> asSetUp(std::unique_ptr<InferenceNetwork> network);
/// Runs `network` on the CPU with this program's own convolutions and with oneDNN off, on `threads` threads (0: as many
/// as are set). Nothing else runs by LibTorch in the models of this process meanwhile, since oneDNN is switched for
/// all.
[[nodiscard]] std::unique_ptr<InferenceNetwork> withOwnConvolutions(std::unique_ptr<InferenceNetwork> network,
                                                                    int threads);
/// Runs `network` by LibTorch on the CPU with oneDNN off, gradients included: slower than asSetUp(), and right where
/// oneDNN is not. Alone as above.
[[nodiscard]] std::unique_ptr<InferenceNetwork> withoutOneDnn(std::unique_ptr<InferenceNetwork> network);
/// A network that several arrangements run; one of them at a time.
[[nodiscard]] std::unique_ptr<InferenceNetwork> shared(std::shared_ptr<InferenceNetwork> network);
/// The trainable network itself as an arrangement.
[[nodiscard]] std::unique_ptr<InferenceNetwork> plainNetwork(std::shared_ptr<Network> network);

/// A picture for comparing arrangements: waves of all lengths and noise, the same for the same size.
[[nodiscard]] RgbImage probeImage(Size size);

/// Version and build of what computes: LibTorch, oneDNN.
[[nodiscard]] std::string libraryIdentity();

}  // namespace oodscope

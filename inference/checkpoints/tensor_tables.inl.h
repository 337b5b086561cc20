// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/pickle.h"
#include "inference/checkpoints/checkpoint.inl.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Element type of a pickled storage, "torch.FloatStorage" or "torch.cuda.FloatStorage"; empty where not supported
/// (complex, quantised, eight-bit floats).
[[nodiscard]] std::optional<at::ScalarType> elementType(std::string storage);

/// A table and the pickled values that its tensors are made of, in the same order.
struct FoundTable {
  TensorTable table;
  std::vector<const pickle::Value*> tensors;
};

/// Every dictionary (foreign subclasses of dict too) and list below `root` that holds tensors, outer ones first; each
/// value is looked at once, however often it is referred to. Cost: O(values).
[[nodiscard]] std::vector<FoundTable> findTables(const pickle::Value& root);

/// What lies at the top, for a message: "epoch (a number), args (an object of class argparse.Namespace)".
[[nodiscard]] std::string contentsText(const pickle::Value& root);

/// The first object of a foreign class at the top or one level below: what torch.save(model) leaves behind.
[[nodiscard]] std::optional<std::string> objectIn(const pickle::Value& root);

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/model.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// A tensor of float32 as values: row-major, the last axis fastest.
struct PartTensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
  /// "1x3x256x512".
  [[nodiscard]] std::string shapeText() const;
};

/// One TorchScript file of a chain of networks, whose inputs and outputs are no picture and logits: a generator, a
/// feature extractor, a network of several inputs. What its inputs mean is the caller's to know. Not thread-safe: one
/// run() at a time; parallel inside. The script runs in this process: load only files you trust.
class ScriptPart {
public:
  /// Throws Error where the file cannot be loaded.
  [[nodiscard]] static ScriptPart load(const std::filesystem::path& file, Device device);
  ScriptPart(ScriptPart&&) noexcept;
  ScriptPart& operator=(ScriptPart&&) noexcept;
  ~ScriptPart();

  /// Every tensor that forward(inputs...) returns, in its order, as float32. Requires: filled inputs. Throws Error
  /// where it fails on them, with their shapes, and where it returns no tensor.
  [[nodiscard]] std::vector<PartTensor> run(const std::vector<PartTensor>& inputs);
  [[nodiscard]] const std::filesystem::path& file() const;

private:
  struct Impl;
  explicit ScriptPart(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/formats/zip_archive.h"
#include "inference/checkpoints/checkpoint.inl.h"

#include <limits>

namespace oodscope {
namespace {

std::string storageName(at::ScalarType type) {
  switch (type) {
    case at::kFloat:
      return "FloatStorage";
    case at::kDouble:
      return "DoubleStorage";
    case at::kHalf:
      return "HalfStorage";
    case at::kLong:
      return "LongStorage";
    case at::kInt:
      return "IntStorage";
    case at::kByte:
      return "ByteStorage";
    case at::kChar:
      return "CharStorage";
    default:
      throw ContractViolation("writeStateDict: tensor type not supported");
  }
}

/// Emits the opcodes of pickle protocol 2 that a state dict needs.
class Pickler {
public:
  Pickler& raw(std::string_view bytes) {
    m_out += bytes;
    return *this;
  }
  Pickler& global(std::string_view module, std::string_view name) {
    return raw("c").raw(module).raw("\n").raw(name).raw("\n");
  }
  Pickler& text(std::string_view value) { return raw("X").little(value.size(), 4).raw(value); }
  Pickler& integer(std::int64_t value) {
    if (value >= 0 && value <= std::numeric_limits<std::int32_t>::max()) {
      return raw("J").little(static_cast<std::uint64_t>(value), 4);
    }
    return raw("\x8a\x08").little(static_cast<std::uint64_t>(value), 8);
  }
  Pickler& tuple(at::IntArrayRef values) {
    raw("(");
    for (const std::int64_t value : values) integer(value);
    return raw("t");
  }
  [[nodiscard]] std::span<const std::byte> bytes() const { return std::as_bytes(std::span(m_out)); }

private:
  Pickler& little(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) m_out.push_back(static_cast<char>(value >> (8 * i)));
    return *this;
  }
  std::string m_out;
};

}  // namespace

void writeStateDict(const std::filesystem::path& file, const StateDict& tensors) {
  std::vector<at::Tensor> contiguous;
  for (const auto& [key, tensor] : tensors) contiguous.push_back(tensor.detach().to(at::kCPU).contiguous());
  Pickler out;
  out.raw("\x80\x02").global("collections", "OrderedDict").raw(")R(");
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const at::Tensor& tensor = contiguous[i];
    out.text(tensors[i].first).global("torch._utils", "_rebuild_tensor_v2").raw("((");
    out.text("storage").global("torch", storageName(tensor.scalar_type())).text(std::to_string(i)).text("cpu");
    out.integer(tensor.numel()).raw("tQ").integer(0).tuple(tensor.sizes()).tuple(tensor.strides());
    out.raw("\x89").global("collections", "OrderedDict").raw(")RtR");
  }
  out.raw("u.");
  const auto text = [](std::string_view value) { return std::as_bytes(std::span(value)); };
  ZipWriter zip;
  zip.add("archive/data.pkl", out.bytes());
  zip.add("archive/byteorder", text("little"));
  for (std::size_t i = 0; i < contiguous.size(); ++i) {
    const auto* data = static_cast<const std::byte*>(contiguous[i].data_ptr());
    std::string name = "archive/data/";
    name += std::to_string(i);
    zip.add(name, {data, contiguous[i].nbytes()});
  }
  zip.add("archive/version", text("3\n"));
  writeFileAtomically(file, zip.finish());
}

}  // namespace oodscope

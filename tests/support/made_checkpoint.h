// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/error.h"
#include "analysis/formats/zip_archive.h"
#include "inference/checkpoints/state_dict.inl.h"
#include "tests/support/temporary_folder.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oodscope::testing {

/// A checkpoint of any shape, pickled as torch.save does (protocol 2): dictionaries, lists, numbers, foreign objects
/// and tensors of every type. Every function returns the opcodes of one value.
class MadeCheckpoint {
public:
  using Pickled = std::string;
  using Entries = std::vector<std::pair<std::string, Pickled>>;

  static Pickled text(std::string_view value) { return cat({"X", little(value.size(), 4), value}); }
  static Pickled number(std::uint32_t value) { return cat({"J", little(value, 4)}); }
  static Pickled global(std::string_view module, std::string_view name) { return cat({"c", module, "\n", name, "\n"}); }
  static Pickled tuple(const std::vector<Pickled>& items) { return cat({"(", joined(items), "t"}); }
  static Pickled list(const std::vector<Pickled>& items) { return cat({"](", joined(items), "e"}); }
  static Pickled dict(const Entries& entries) {
    Pickled out = "}(";
    for (const auto& [key, value] : entries) out.append(text(key)).append(value);
    return out.append("u");
  }
  /// An object of a class that only its writer knows, with attributes.
  static Pickled object(std::string_view module, std::string_view name, const Entries& state) {
    return cat({global(module, name), ")\x81", dict(state), "b"});
  }
  static Pickled call(std::string_view module, std::string_view name, const std::vector<Pickled>& arguments) {
    return cat({global(module, name), tuple(arguments), "R"});
  }
  Pickled tensor(const at::Tensor& tensor) {
    const at::Tensor flat = tensor.detach().to(at::kCPU).contiguous();
    std::vector<Pickled> sizes, strides;
    for (const std::int64_t size : flat.sizes()) sizes.push_back(number(static_cast<std::uint32_t>(size)));
    for (const std::int64_t stride : flat.strides()) strides.push_back(number(static_cast<std::uint32_t>(stride)));
    const Pickled identity =
        tuple({text("storage"), global("torch", storageName(flat.scalar_type())), text(std::to_string(m_data.size())),
               text("cpu"), number(static_cast<std::uint32_t>(flat.numel()))}) +
        "Q";
    m_data.push_back(flat);
    return call("torch._utils", "_rebuild_tensor_v2",
                {identity, number(0), tuple(sizes), tuple(strides), "\x89", call("collections", "OrderedDict", {})});
  }
  Pickled parameter(const at::Tensor& value) {
    return call("torch._utils", "_rebuild_parameter", {tensor(value), "\x88", call("collections", "OrderedDict", {})});
  }
  Pickled dict(const StateDict& tensors, const std::string& prefix = "") {
    Entries entries;
    for (const auto& [key, value] : tensors) entries.emplace_back(cat({prefix, key}), tensor(value));
    return dict(entries);
  }
  /// Writes a file whose object is `root`. Returns its path.
  std::filesystem::path write(const std::filesystem::path& file, const Pickled& root) const {
    const std::string pickled = cat({"\x80\x02", root, "."});
    ZipWriter zip;
    zip.add("archive/data.pkl", std::as_bytes(std::span(pickled)));
    for (std::size_t i = 0; i < m_data.size(); ++i) {
      zip.add(cat({"archive/data/", std::to_string(i)}),
              {static_cast<const std::byte*>(m_data[i].data_ptr()), m_data[i].nbytes()});
    }
    const auto bytes = zip.finish();
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return file;
  }

  static Pickled cat(std::initializer_list<std::string_view> parts) {
    Pickled out;
    for (const std::string_view part : parts) out += part;
    return out;
  }

private:
  static std::string little(std::uint64_t value, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
  }
  static Pickled joined(const std::vector<Pickled>& items) {
    Pickled out;
    for (const Pickled& item : items) out += item;
    return out;
  }
  static std::string storageName(at::ScalarType type) {
    switch (type) {
      case at::kDouble:
        return "DoubleStorage";
      case at::kHalf:
        return "HalfStorage";
      case at::kBFloat16:
        return "BFloat16Storage";
      case at::kLong:
        return "LongStorage";
      case at::kChar:
        return "CharStorage";
      case at::kByte:
        return "ByteStorage";
      default:
        return "FloatStorage";
    }
  }
  std::vector<at::Tensor> m_data;
};

}  // namespace oodscope::testing

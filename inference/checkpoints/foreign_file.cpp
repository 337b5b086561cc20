// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/checkpoints/foreign_file.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {
namespace {

/// An archive's or a page's head; member names of a tar lie in its first block of 512 bytes.
constexpr std::size_t kHead = 4096;
constexpr std::size_t kNamedMembers = 4;

struct Foreign {
  std::string found, mend;
};

constexpr const char* kSaveAgain = "load it in Python and write torch.save(model.state_dict(), \"model.pth\")";
constexpr const char* kUnpack = "unpack it and open the .pth or .pt inside";
constexpr const char* kDownload = "download the file itself";

struct Signature {
  std::size_t offset;
  std::string_view bytes;
  const char* found;
  const char* mend;
};

using namespace std::string_view_literals;

// Sources: the formats' own specifications; ustar: POSIX.1-1988; MAT-file: MATLAB level 5 format.
constexpr std::array kSignatures{
    Signature{257, "ustar"sv, "a tar archive", kUnpack},
    Signature{0, "\x1f\x8b"sv, "a gzip archive", kUnpack},
    Signature{0, "BZh"sv, "a bzip2 archive", kUnpack},
    Signature{0,
              "\xfd"
              "7zXZ\0"sv,
              "an xz archive", kUnpack},
    Signature{0, "7z\xbc\xaf\x27\x1c"sv, "a 7-Zip archive", kUnpack},
    Signature{0, "Rar!\x1a\x07"sv, "a RAR archive", kUnpack},
    Signature{0, "\x28\xb5\x2f\xfd"sv, "a Zstandard archive", kUnpack},
    Signature{0, "\x89HDF\r\n\x1a\n"sv, "an HDF5 file (Keras writes its weights so)",
              "bring the network as TorchScript, or its scores as maps"},
    Signature{512, "\x89HDF\r\n\x1a\n"sv, "a MATLAB file (HDF5 behind a user block)",
              "load it in Python and write a state dict, or bring its scores as maps"},
    Signature{0, "MATLAB 5.0 MAT-file"sv, "a MATLAB file",
              "load it in Python and write a state dict, or bring its scores as maps"},
    Signature{0, "\x93NUMPY"sv, "a numpy array (.npy)", "open logits and score maps as scores, not as a model"},
    Signature{4, "TFL3"sv, "a TensorFlow Lite model", "bring the network as TorchScript, or its scores as maps"},
    Signature{0, "version https://git-lfs.github.com/spec/"sv, "a Git LFS pointer, not the file it stands for",
              "fetch the file with 'git lfs pull', or download it"},
    Signature{0, "\x89PNG"sv, "a PNG picture", "open the model's file"},
    Signature{0, "\xff\xd8\xff"sv, "a JPEG picture", "open the model's file"},
    Signature{0, "%PDF-"sv, "a PDF document", kDownload},
    Signature{0,
              "\x7f"
              "ELF"sv,
              "a program or library", "open the model's file"}};

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// The file's text up to `most` characters without what cannot be shown.
std::string excerpt(std::string_view text, std::size_t most) {
  std::string out;
  for (const char c : text.substr(0, most)) {
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      out += c;
    }
  }
  while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0U) == 0x80U) out.pop_back();  // half a letter
  return out;
}

bool isText(std::string_view head) {
  return std::all_of(head.begin(), head.end(), [](unsigned char c) { return c >= 0x20 || std::isspace(c) != 0; });
}

/// A length of eight bytes, then JSON that describes tensors. Source: the safetensors format's README.
bool isSafetensors(std::string_view head) {
  if (head.size() < 10) return false;
  std::uint64_t length = 0;
  for (std::size_t i = 8; i-- > 0;) length = length << 8U | static_cast<unsigned char>(head[i]);
  constexpr std::uint64_t longest = 100'000'000;
  return length >= 2 && length <= longest && head[8] == '{' && (head[9] == '"' || head[9] == '}' || head[9] == ' ');
}

/// A protocol buffer of ONNX's ModelProto begins with field 1 (ir_version, a small number) and then names its producer
/// (field 2) or another length-delimited field. Source: onnx.proto.
bool isOnnx(std::string_view head) {
  if (head.size() < 8 || head[0] != 0x08 || static_cast<unsigned char>(head[1]) > 30) return false;
  const auto field = static_cast<unsigned char>(head[2]);
  return field == 0x12 || field == 0x3a || field == 0x42 ||
         (field == 0x1a && head.find("onnx") != std::string_view::npos);
}

Foreign textKind(std::string_view head) {
  const std::string_view body = head.substr(0, 3) == "\xef\xbb\xbf" ? head.substr(3) : head;
  const auto first = body.find_first_not_of(" \t\r\n");
  const std::string start = lowered(first == std::string_view::npos ? "" : body.substr(first, 512));
  if (start.starts_with("<!doctype html") || start.starts_with("<html") ||
      (start.starts_with("<") && start.find("<html") != std::string::npos)) {
    return {"a web page (a download that asked for a confirmation or a login?)", kDownload};
  }
  if (start.starts_with("<?xml") || start.starts_with("<error")) {
    return {"an XML text: " + excerpt(body, 100), kDownload};
  }
  if (start.starts_with("{") || start.starts_with("[")) {
    return {"a JSON text", "open the weights themselves, not the text beside them"};
  }
  if (first == std::string_view::npos) return {"white space alone", kDownload};
  return {"a text: \"" + excerpt(body.substr(first), 60) + "\"", kDownload};
}

Foreign kindOf(std::string_view head) {
  for (const Signature& known : kSignatures) {
    if (head.size() < known.offset + known.bytes.size()) continue;
    if (head.substr(known.offset, known.bytes.size()) != known.bytes) continue;
    Foreign out{known.found, known.mend};
    if (known.offset == 257) {
      const std::string_view name = head.substr(0, std::min<std::size_t>(head.find('\0'), 100));
      if (!name.empty() && name.find("PaxHeader") == std::string_view::npos)
        out.found += " whose first file is " + excerpt(name, 100);
    }
    return out;
  }
  if (isSafetensors(head)) {
    return {"a safetensors file",
            "convert it in Python: torch.save(safetensors.torch.load_file(\"model.safetensors\"), \"model.pth\")"};
  }
  if (isOnnx(head))
    return {"an ONNX model", "export TorchScript instead (torch.jit.trace), or bring its scores as maps"};
  if (std::all_of(head.begin(), head.end(), [](char c) { return c == 0; })) {
    return {"zeros alone: a download or a copy that was not finished", kDownload};
  }
  if (head[0] == '\x80') {
    return {"a pickle that torch.save did not write", kSaveAgain};
  }
  if (isText(head)) return textKind(head);
  return {"bytes of no kind that is known here", kSaveAgain};
}

[[noreturn]] void refuse(const Foreign& kind, const std::filesystem::path& file) {
  throw Error({.what = "This is no model file",
               .expected = "a checkpoint written by torch.save, or TorchScript",
               .found = kind.found + "; to mend it, " + kind.mend,
               .file = file});
}

}  // namespace

void refuseForeign(std::span<const std::byte> bytes, const std::filesystem::path& file) {
  require(!bytes.empty(), "refuseForeign: an empty file");
  refuse(kindOf({reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kHead)}), file);
}

void refuseForeignZip(const ZipArchive& archive, const std::filesystem::path& file) {
  const std::vector<std::string> names = archive.names();
  const auto holds = [&](std::string_view end) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) { return name.ends_with(end); });
  };
  if (!names.empty() &&
      std::all_of(names.begin(), names.end(), [](const auto& name) { return name.ends_with(".npy"); })) {
    refuse({"numpy arrays (.npz)", "open logits and score maps as scores, not as a model"}, file);
  }
  if (holds("exported_program.json") || holds("serialized_exported_program.json") || holds("archive_format")) {
    refuse(
        {"an exported program of torch.export (.pt2)", "write TorchScript (torch.jit.save) or the state dict instead"},
        file);
  }
  if (holds("model.weights.h5") || holds("config.json")) {
    refuse({"a Keras model", "bring the network as TorchScript, or its scores as maps"}, file);
  }
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kNamedMembers); ++i) {
    list += (list.empty() ? "" : ", ") + excerpt(names[i], 60);
  }
  if (names.size() > kNamedMembers) list += ", …";
  refuse({"a zip archive of " + (list.empty() ? std::string("nothing") : list), kUnpack}, file);
}

}  // namespace oodscope

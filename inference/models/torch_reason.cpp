// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/torch_reason.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>
#include <vector>

namespace oodscope {
namespace {

constexpr std::size_t kLongest = 300;
constexpr std::size_t kLines = 3;

/// Lines before which the message ends: C++'s backtrace, and what the program was shown of its own code.
constexpr std::array kEnds{std::string_view("Exception raised from "),    std::string_view("frame #"),
                           std::string_view("(most recent call first)"),  std::string_view("C++ CapturedTraceback"),
                           std::string_view("Here are some suggestions"), std::string_view("The original call is")};

/// Lines that say only where in the interpreter.
constexpr std::array kFrames{std::string_view("The following operation failed in the TorchScript interpreter"),
                             std::string_view("Traceback of TorchScript"),
                             std::string_view("Traceback (most recent call last)"),
                             std::string_view("Serialized   File"),
                             std::string_view("File \""),
                             std::string_view("~~~~"),
                             std::string_view("<--- HERE"),
                             std::string_view("Arguments for call are not valid")};

struct Hint {
  std::string_view found, advice;
};

constexpr std::array kHints{
    Hint{"maximum supported version",
         "a newer PyTorch wrote the file: save it with an older one, or bring its state dict"},
    Hint{"Unknown builtin op", "the script uses an operator that this LibTorch lacks: export it with an older PyTorch"},
    Hint{"CUDA", "the script asks for a CUDA device itself: export it from a model on the CPU"},
    Hint{"cuda", "the script asks for a CUDA device itself: export it from a model on the CPU"},
    Hint{"Half", "the script computes in half precision: export it after model.float()"},
    Hint{"The size of tensor", "it may be traced for another input size: name that as input_size in the sidecar"},
    Hint{"Sizes of tensors must match",
         "it may be traced for another input size: name that as input_size in the sidecar"},
    Hint{"is invalid for input of size",
         "it may be traced for another input size: name that as input_size in the sidecar"},
    Hint{"shapes cannot be multiplied",
         "it may be traced for another input size: name that as input_size in the sidecar"},
    Hint{"can't allocate memory", "name a smaller input_size in the sidecar, or free memory"}};

std::string trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(line.substr(first, line.find_last_not_of(" \t\r\n") - first + 1));
}

bool isFrame(std::string_view line) {
  if (std::any_of(kFrames.begin(), kFrames.end(), [&](auto part) { return line.find(part) != std::string_view::npos; }))
    return true;
  return line.find_first_not_of("~-^. ") == std::string_view::npos;
}

/// What follows the name of an exception, "RuntimeError: " or "builtins.AssertionError: "; empty where none is named.
std::string raisedReason(std::string_view line) {
  const auto colon = line.find(": ");
  if (colon == std::string_view::npos) return {};
  const std::string_view name = line.substr(0, colon);
  if (name.find(' ') != std::string_view::npos || !(name.ends_with("Error") || name.ends_with("Exception"))) return {};
  const std::string rest = trimmed(line.substr(colon + 1));
  const std::string inner = raisedReason(rest);  // "RuntimeError: AssertionError: …"
  return inner.empty() ? rest : inner;
}

/// The lines that say something. An interpreter's message ends with the reason itself, "RuntimeError: …".
std::vector<std::string> meaningful(const std::string& message) {
  std::vector<std::string> lines;
  std::istringstream in(message);
  bool inCode = false;
  for (std::string raw; std::getline(in, raw);) {
    const std::string line = trimmed(raw);
    if (line.empty()) continue;
    if (std::any_of(kEnds.begin(), kEnds.end(), [&](auto end) { return line.starts_with(end); })) break;
    if (const auto reason = raisedReason(line); !reason.empty()) {
      lines.assign(1, reason);
      inCode = false;
      continue;
    }
    if (isFrame(line)) {
      inCode = true;  // what follows a frame is the script's own code
      continue;
    }
    if (!inCode) lines.push_back(line);
  }
  return lines;
}

}  // namespace

std::string torchReason(const std::exception& problem) {
  const auto* torch = dynamic_cast<const c10::Error*>(&problem);
  const std::string message = torch == nullptr ? problem.what() : torch->what_without_backtrace();
  std::string out;
  const std::vector<std::string> lines = meaningful(message);
  for (std::size_t i = 0; i < std::min(lines.size(), kLines); ++i) out += (out.empty() ? "" : " ") + lines[i];
  if (out.empty()) out = trimmed(message.substr(0, message.find('\n', message.find_first_not_of(" \t\r\n"))));
  if (out.empty()) out = "LibTorch gives no reason";
  if (out.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;  // not within a letter
    out = out.substr(0, end) + "…";
  }
  // In the reason itself: the lines of code name files, whose names mean nothing.
  std::string said = out;
  for (const std::string& line : lines) said.append("\n").append(line);
  for (const Hint& hint : kHints) {
    if (said.find(hint.found) != std::string::npos) return out + " (" + std::string(hint.advice) + ")";
  }
  return out;
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/npz.h"

#include "analysis/core/error.h"
#include "analysis/formats/zip_archive.h"

#include <algorithm>
#include <span>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostMemberBytes = std::uint64_t{2} << 30;
constexpr std::string_view kEnding = ".npy";

std::span<const std::uint8_t> asNumbers(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

std::vector<NpzArray> npzArrays(const fs::path& file) {
  constexpr std::size_t kHeader = 65536 + 12;
  const ZipArchive archive(file);
  std::vector<NpzArray> out;
  for (const ZipMember& member : archive.members()) {
    if (!member.name.ends_with(kEnding)) continue;
    const auto start = archive.readStart(member.name, kHeader);
    try {
      out.push_back({member.name.substr(0, member.name.size() - kEnding.size()),
                     parseNpyHeader(asNumbers(start), member.size, file / member.name)});
    } catch (const Error&) {
      continue;
    }
  }
  return out;
}

NpyArray readNpz(const fs::path& file, const std::string& name) {
  const ZipArchive archive(file);
  std::vector<std::string> arrays;
  std::string names;
  for (const ZipMember& member : archive.members()) {
    if (!member.name.ends_with(kEnding)) continue;
    names += (names.empty() ? "" : ", ") + member.name.substr(0, member.name.size() - kEnding.size());
    arrays.push_back(member.name);
  }
  const auto refuse = [&](const std::string& expected) {
    throw Error({.what = "archive does not hold the array",
                 .expected = expected,
                 .found = names.empty() ? "no array" : names.substr(0, 200),
                 .file = file});
  };
  if (name.empty() && arrays.size() != 1) refuse("a single array");
  const std::string wanted = name.empty() ? arrays.front() : name + std::string(kEnding);
  if (std::find(arrays.begin(), arrays.end(), wanted) == arrays.end()) refuse("an array named " + name);
  std::vector<std::byte> buffer;
  return parseNpy(asNumbers(archive.read(wanted, buffer, kMostMemberBytes)), file / wanted);
}

}  // namespace oodscope

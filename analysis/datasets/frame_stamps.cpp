// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/frame_stamps.h"

#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"

#include <sys/stat.h>
#include <algorithm>
#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

std::vector<fs::path> filesOf(const Frame& frame) {
  std::vector<fs::path> out = {frame.image};
  for (const auto* file :
       {&frame.overlay, &frame.label, &frame.regionOfInterest, &frame.disparity, &frame.camera, &frame.classLabel}) {
    if (*file) out.push_back(**file);
  }
  return out;
}

FrameStamp frameStamp(const Frame& frame) {
  FrameStamp out;
  for (const auto& file : filesOf(frame)) out.files.push_back(stampOf(file));
  return out;
}

std::string changeOf(const FileStamp& before, const FileStamp& now) {
  if (!now.exists) return "is gone";
  if (!before.exists) return "was not there before";
  return before.inode == now.inode && before.device == now.device ? "was written to" : "was replaced";
}

}  // namespace

FileStamp stampOf(const fs::path& file) {
  FileStamp out{.file = file};
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return out;
  out.exists = true;
  out.bytes = static_cast<std::uint64_t>(status.st_size);
  out.modifiedNs = nanoseconds(status.st_mtim);
  out.changedNs = nanoseconds(status.st_ctim);
  out.inode = status.st_ino;
  out.device = status.st_dev;
  return out;
}

std::vector<FrameStamp> stampsOf(const DataSet& set) {
  std::vector<FrameStamp> out;
  out.reserve(set.frames.size());
  for (const auto& frame : set.frames) out.push_back(frameStamp(frame));
  return out;
}

std::vector<ChangedFile> changedSince(const DataSet& set, const std::vector<FrameStamp>& stamps) {
  require(stamps.size() == set.frames.size(), "changedSince: stamps of another set");
  std::vector<ChangedFile> out;
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    for (const auto& before : stamps[i].files) {
      const auto now = stampOf(before.file);
      if (now != before) out.push_back({i, before.file, changeOf(before, now)});
    }
  }
  return out;
}

std::string changeText(const DataSet& set, const std::vector<ChangedFile>& changes) {
  constexpr std::size_t kNamed = 3;
  std::string out;
  std::set<std::size_t> frames;
  for (const auto& change : changes) frames.insert(change.frame);
  for (std::size_t i = 0; i < std::min(kNamed, changes.size()); ++i) {
    out += (i == 0 ? "" : ", ") + changes[i].file.lexically_proximate(set.root).string() + " " + changes[i].change;
  }
  if (changes.size() > kNamed) out += " and " + counted(changes.size() - kNamed, "file") + " more";
  return out.empty() ? out : counted(frames.size(), "frame") + " changed during the run: " + out;
}

}  // namespace oodscope

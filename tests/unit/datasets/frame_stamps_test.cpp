// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/frame_stamps.h"

#include "tests/unit/datasets/made_sets.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <array>

namespace oodscope {
namespace {

using ::testing::IsEmpty;
using testing::TemporaryFolder;
using testing::writeImage;
using testing::writeLabel;
namespace fs = std::filesystem;

DataSet threeFrames(const TemporaryFolder& folder) {
  for (const std::string name : {"0", "1", "2"}) {
    writeImage(folder, "images/" + name + ".png");
    writeLabel(folder, "labels_masks/" + name + ".png", 1);
  }
  return openDataSet(folder.path());
}

/// Gives the file back the time that it had, as "cp -p" and "rsync -t" do.
void setTimeOf(const fs::path& file, const fs::path& source) {
  struct stat status {};
  ASSERT_EQ(::stat(source.c_str(), &status), 0);
  const std::array<timespec, 2> times = {status.st_atim, status.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times.data(), 0), 0);
}

TEST(FrameStamps, NothingChangedWhereFilesWereOnlyRead) {
  const TemporaryFolder folder;
  const auto set = threeFrames(folder);
  const auto stamps = stampsOf(set);
  ASSERT_EQ(stamps.size(), 3U);
  EXPECT_EQ(stamps[0].files.size(), 2U);
  static_cast<void>(readLabel(set, set.frames[0]));
  static_cast<void>(readImage(set.frames[1]));
  EXPECT_THAT(changedSince(set, stamps), IsEmpty());
  EXPECT_EQ(changeText(set, {}), "");
}

TEST(FrameStamps, ALabelReplacedByOneOfTheSameSizeAndTimeIsNoticed) {
  const TemporaryFolder folder;
  const auto set = threeFrames(folder);
  const auto stamps = stampsOf(set);
  const auto label = *set.frames[1].label;
  const auto other = folder.path() / "other.png";
  fs::copy_file(label, other);
  setTimeOf(other, label);
  fs::rename(other, label);
  const auto changes = changedSince(set, stamps);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].frame, 1U);
  EXPECT_EQ(changes[0].file, label);
  EXPECT_EQ(changes[0].change, "was replaced");
  EXPECT_EQ(changeText(set, changes), "1 frame changed during the run: labels_masks/1.png was replaced");
}

TEST(FrameStamps, ALabelWrittenInPlaceAndOneThatIsGoneAreNoticed) {
  const TemporaryFolder folder;
  const auto set = threeFrames(folder);
  const auto stamps = stampsOf(set);
  std::ofstream(*set.frames[0].label, std::ios::binary | std::ios::app) << "more";
  fs::remove(set.frames[2].image);
  const auto changes = changedSince(set, stamps);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].change, "was written to");
  EXPECT_EQ(changes[1].frame, 2U);
  EXPECT_EQ(changes[1].change, "is gone");
  EXPECT_EQ(changeText(set, changes),
            "2 frames changed during the run: labels_masks/0.png was written to, images/2.png is gone");
}

TEST(FrameStamps, AFileThatWasMissingAndCameIsNoticed) {
  const TemporaryFolder folder;
  const auto set = threeFrames(folder);
  const auto label = *set.frames[0].label;
  fs::rename(label, folder.path() / "away.png");
  const auto stamps = stampsOf(set);
  EXPECT_FALSE(stamps[0].files[1].exists);
  fs::rename(folder.path() / "away.png", label);
  const auto changes = changedSince(set, stamps);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].change, "was not there before");
}

}  // namespace
}  // namespace oodscope

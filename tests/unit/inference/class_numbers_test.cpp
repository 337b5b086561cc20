// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/checkpoints/pickled_numbers.h"

#include "analysis/core/error.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace oodscope {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kRecorded =
    std::filesystem::path(OODSCOPE_SOURCE_DIR) / "tests/unit/inference/class_means.npy";

std::string messageOf(const std::filesystem::path& file) {
  try {
    static_cast<void>(readPickledNumbers(file));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(PickledNumbers, AreReadWithoutRunningAnything) {
  EXPECT_EQ(readPickledNumbers(kRecorded), (std::map<int, double>{{0, 14.0625}, {1, 9.5}, {7, -0.125}, {18, 21.75}}));
}

TEST(PickledNumbers, OfOtherFilesAreRefused) {
  const testing::TemporaryFolder folder;
  std::ifstream in(kRecorded, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  const auto written = [&](const std::string& bytes) {
    const auto file = folder.path() / "numbers.npy";
    std::ofstream(file, std::ios::binary) << bytes;
    return file;
  };
  for (std::size_t length = 1; length < whole.size(); length += 7)
    EXPECT_NE(messageOf(written(whole.substr(0, length))), "") << length;
  EXPECT_THAT(messageOf(written("just text, no array")), HasSubstr("another kind of file"));
  std::string numbers = whole;
  numbers.replace(numbers.find("'|O'"), 4, "'<f4");
  EXPECT_THAT(messageOf(written(numbers)), HasSubstr("an array of numbers or text"));
  std::string hostile = whole.substr(0, 128) + "cposix\nsystem\n(S'true'\ntR.";
  EXPECT_THAT(messageOf(written(hostile)), HasSubstr("posix.system"));
  EXPECT_THAT(messageOf(written(whole.substr(0, 128) + "}.")), HasSubstr("an empty dictionary"));
  EXPECT_THAT(messageOf(written(whole.substr(0, 128) + "}I255\nF1.0\ns.")), HasSubstr("no class of 0 to 254"));
  EXPECT_THAT(messageOf(written(whole.substr(0, 128) + "}I2\nS'x'\ns.")), HasSubstr("no plain number"));
}

}  // namespace
}  // namespace oodscope

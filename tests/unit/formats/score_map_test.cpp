// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/npy.h"
#include "analysis/formats/score_map_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

using testing::contentOf;
using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::recorded;
using testing::TemporaryFolder;

TEST(ScoreMap, EveryFormatGivesTheSameScores) {
  const TemporaryFolder folder;
  const auto expected = readScoreMap(recorded("half.npy"));
  EXPECT_EQ(expected.size(), (Size{3, 2}));
  EXPECT_EQ(expected.at(2, 1), 1.25F);
  EXPECT_EQ(readScoreMap(recorded("stored.npz")), expected);
  writeSmiycScores(folder.path() / "a.hdf5", expected);
  EXPECT_EQ(readScoreMap(folder.path() / "a.hdf5"), expected);
  std::vector<float> values(expected.values().begin(), expected.values().end());
  cv::imwrite((folder.path() / "a.tiff").string(), cv::Mat(2, 3, CV_32FC1, values.data()));
  EXPECT_EQ(readScoreMap(folder.path() / "a.tiff"), expected);
}

TEST(ScoreMap, SixteenBitPngRunsFromZeroToOne) {
  const TemporaryFolder folder;
  std::vector<std::uint16_t> values = {0, 13107, 65535};
  cv::imwrite((folder.path() / "a.png").string(), cv::Mat(1, 3, CV_16UC1, values.data()));
  const auto scores = readScoreMap(folder.path() / "a.png");
  EXPECT_EQ(scores.at(0, 0), 0.0F);
  EXPECT_FLOAT_EQ(scores.at(1, 0), 0.2F);
  EXPECT_EQ(scores.at(2, 0), 1.0F);
}

TEST(ScoreMap, NanAndInfinityAreKeptAndCounted) {
  const TemporaryFolder folder;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> values = {0.5F, nan, infinity, -infinity, nan, 1.0F};
  const std::array<std::size_t, 3> shape = {1, 2, 3};
  writeNpyAtomically(folder.path() / "a.npy", NpyType::Float32, shape, std::as_bytes(std::span(values)));
  const auto scores = readScoreMap(folder.path() / "a.npy");
  EXPECT_EQ(scores.size(), (Size{3, 2}));
  EXPECT_EQ(countNotFinite(scores).nan, 2U);
  EXPECT_EQ(countNotFinite(scores).infinite, 2U);
}

TEST(ScoreMap, WhatIsNoScoreMapIsRefused) {
  const TemporaryFolder folder;
  const auto message = [](const std::filesystem::path& file) { return errorOf([&] { return readScoreMap(file); }); };
  EXPECT_THAT(message(recorded("fortran.npy")),
              HasSubstr("expected height x width, found int32 2x3x4, which looks like logits"));
  EXPECT_THAT(message(folder.write("a.npy", "text")),
              HasSubstr("file is no score map: expected .npy, .npz, .hdf5, 16-bit PNG, float TIFF or a tensor by "
                        "torch.save, found plain text"));
  EXPECT_THAT(message(folder.write("b.npy", "")), HasSubstr("found an empty file"));
  EXPECT_THAT(message(folder.path() / "c.npy"), HasSubstr("file does not exist"));
  cv::imwrite((folder.path() / "d.png").string(), cv::Mat(1, 3, CV_8UC1, cv::Scalar(7)));
  EXPECT_THAT(message(folder.path() / "d.png"),
              HasSubstr("16-bit or floating values: .npy, 16-bit grey PNG or float TIFF, found one channel of 8 bits"));
  writeSmiycScores(folder.path() / "e.hdf5", ScoreMap(Size{30, 20}, 0.5F));
  const auto whole = contentOf(folder.path() / "e.hdf5");
  EXPECT_THAT(message(folder.write("f.hdf5", whole.substr(0, whole.size() / 2))), HasSubstr("HDF5"));
}

TEST(ScoreMap, AnotherSizeThanTheFrameNamesBoth) {
  EXPECT_THAT(errorOf([] {
                requireScoreSize(ScoreMap(Size{3, 2}), Size{6, 4}, "a.npy");
                return 0;
              }),
              HasSubstr("expected 6x4, found 3x2 (a.npy)"));
}

}  // namespace
}  // namespace oodscope

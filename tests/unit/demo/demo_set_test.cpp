// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/sha256.h"
#include "analysis/demo/scene.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

class DemoSet : public ::testing::Test {
protected:
  void SetUp() override {
    m_folder = fs::path(OODSCOPE_BINARY_DIR) / "demo_set_test" /
               ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(m_folder);
  }
  void TearDown() override { fs::remove_all(m_folder); }
  fs::path m_folder;
  DemoOptions m_options{.size = {128, 64}};
};

std::map<std::string, std::string> digests(const fs::path& root) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) all[fs::relative(entry.path(), root).string()] = sha256OfFile(entry.path());
  }
  return all;
}

TEST_F(DemoSet, ReopensEqualToWhatWasRendered) {
  writeDemoSet(m_folder, 6, 2, m_options);
  for (int i = 0; i < 2; ++i) {
    const DemoFrame f = renderDemoFrame(6, i, m_options);
    const cv::Mat label = cv::imread((m_folder / "labels_masks" / (f.name + ".png")).string(), cv::IMREAD_UNCHANGED);
    const cv::Mat kinds = cv::imread((m_folder / "class_labels" / (f.name + ".png")).string(), cv::IMREAD_UNCHANGED);
    const cv::Mat disparity = cv::imread((m_folder / "disparity" / (f.name + ".png")).string(), cv::IMREAD_UNCHANGED);
    const cv::Mat image = cv::imread((m_folder / "images" / (f.name + ".webp")).string(), cv::IMREAD_COLOR);
    ASSERT_EQ(label.type(), CV_8UC1);
    ASSERT_EQ(kinds.type(), CV_8UC1);
    ASSERT_EQ(disparity.type(), CV_16UC1);
    ASSERT_EQ(image.cols, 128);
    double difference = 0;
    for (int y = 0; y < 64; ++y) {
      for (int x = 0; x < 128; ++x) {
        ASSERT_EQ(label.at<std::uint8_t>(y, x), f.label.at(x, y));
        ASSERT_EQ(kinds.at<std::uint8_t>(y, x), f.classes.at(x, y));
        ASSERT_EQ(disparity.at<std::uint16_t>(y, x), f.disparity.at(x, y));
        difference += std::abs(image.at<cv::Vec3b>(y, x)[1] - f.image.at(x, y).g);
      }
    }
    EXPECT_LT(difference / (128 * 64), 12.0) << "lossy, but the same picture";
    std::ifstream in(m_folder / "camera" / (f.name + ".json"));
    const nlohmann::json camera = nlohmann::json::parse(in);
    EXPECT_EQ(camera["intrinsic"]["fx"].get<double>(), f.camera.focalX);
    EXPECT_EQ(camera["intrinsic"]["v0"].get<double>(), f.camera.centreY);
    EXPECT_EQ(camera["extrinsic"]["baseline"].get<double>(), f.camera.baseline);
  }
}

TEST_F(DemoSet, IsTheSameToTheByteEachTime) {
  writeDemoSet(m_folder / "a", 9, 2, m_options);
  writeDemoSet(m_folder / "b", 9, 2, m_options);
  const auto a = digests(m_folder / "a");
  EXPECT_EQ(a.size(), 11U) << "five files a frame and the descriptions, nothing temporary left";
  EXPECT_EQ(a, digests(m_folder / "b"));
}

TEST_F(DemoSet, SaysWhichFolderItCannotWrite) {
  fs::create_directories(m_folder);
  std::ofstream(m_folder / "occupied") << "x";
  EXPECT_THROW(writeDemoSet(m_folder / "occupied", 1, 1, m_options), Error);
}

TEST(ShippedDemoSet, IsSmallAndComplete) {
  const fs::path root = fs::path(OODSCOPE_SOURCE_DIR) / "resources" / "demo" / "set";
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  EXPECT_LE(bytes, 5U * 1000U * 1000U);
  int anomalous = 0;
  for (int i = 0; i < 24; ++i) {
    const std::string name = std::string(i < 10 ? "demo_0" : "demo_") + std::to_string(i);
    EXPECT_TRUE(fs::exists(root / "images" / (name + ".webp"))) << name;
    EXPECT_TRUE(fs::exists(root / "disparity" / (name + ".png"))) << name;
    EXPECT_TRUE(fs::exists(root / "camera" / (name + ".json"))) << name;
    const cv::Mat label = cv::imread((root / "labels_masks" / (name + ".png")).string(), cv::IMREAD_UNCHANGED);
    ASSERT_EQ(label.cols, 1024) << name;
    ASSERT_EQ(label.rows, 512) << name;
    anomalous += cv::countNonZero(label == 1) > 0 ? 1 : 0;
  }
  EXPECT_EQ(anomalous, 22);
}

TEST(ShippedDemoSet, IsWhatTheGeneratorRenders) {
  const fs::path root = fs::path(OODSCOPE_SOURCE_DIR) / "resources" / "demo" / "set";
  for (const int index : {3, 7}) {
    const DemoFrame f = renderDemoFrame(1, index);
    const cv::Mat label = cv::imread((root / "labels_masks" / (f.name + ".png")).string(), cv::IMREAD_UNCHANGED);
    const cv::Mat image = cv::imread((root / "images" / (f.name + ".webp")).string(), cv::IMREAD_COLOR);
    ASSERT_FALSE(label.empty() || image.empty()) << f.name;
    int labelsApart = 0;
    double difference = 0;
    for (int y = 0; y < 512; ++y) {
      for (int x = 0; x < 1024; ++x) {
        labelsApart += label.at<std::uint8_t>(y, x) != f.label.at(x, y) ? 1 : 0;
        difference += std::abs(image.at<cv::Vec3b>(y, x)[1] - f.image.at(x, y).g);
      }
    }
    EXPECT_LE(labelsApart, 50) << "another machine's sine may move a sample's edge, no more";
    EXPECT_LT(difference / (1024 * 512), 6.0) << "WebP's loss";
  }
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
// Submissions: what is written can be read back to the same numbers, and satisfies the benchmarks' own checks.
#include "analysis/formats/npy.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/formats/zip_archive.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <regex>
#include <set>
#include <sstream>

namespace oodscope::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;
namespace fs = std::filesystem;

constexpr int kSubmitted = 3;

class Submit : public ::testing::Test {
protected:
  Submit() {
    writeSmallSet(folder.path() / "Small", kSubmitted);
    writeSmallModel(folder.path() / "net.pth");
  }
  [[nodiscard]] CommandResult submit(const std::string& form, const std::string& output,
                                     std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"submit",         "--form",   form,           "--set",
                                       folder / "Small", "--output", folder / output};
    if (std::find(more.begin(), more.end(), "--scores") == more.end())
      more.insert(more.end(), {"--model", folder / "net.pth"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return runCli(arguments);
  }
  /// AP and FPR95 of the set at its labels' size.
  [[nodiscard]] std::pair<double, double> numbers(std::vector<std::string> source) const {
    std::vector<std::string> arguments{"evaluate", "--set",      folder / "Small", "--format",
                                       "json",     "--protocol", "fishyscapes",    "--quiet"};
    arguments.insert(arguments.end(), source.begin(), source.end());
    const CommandResult result = runCli(arguments);
    EXPECT_EQ(result.code, 0) << result.err;
    const json row = json::parse(result.out).at("rows").at(0);
    return {row.at("ap").get<double>(), row.at("fpr95").get<double>()};
  }

  TemporaryFolder folder;
};

TEST_F(Submit, FishyscapesPairsReadBackToTheSameNumbers) {
  const CommandResult done = submit("fishyscapes", "fs");
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("3 frames in 6 files"));
  for (const char* name : {"0000", "0001", "0002"}) {
    const NpyHeader map = readNpyHeader(folder.path() / "fs" / (std::string(name) + "_anomaly.npy"));
    EXPECT_EQ(map.type, NpyType::Float32);
    EXPECT_EQ(map.shape, (std::vector<std::size_t>{32, 64}));
    const NpyArray classes = readNpy(folder.path() / "fs" / (std::string(name) + "_segmentation.npy"));
    EXPECT_EQ(classes.header.type, NpyType::UInt8);
    EXPECT_EQ(classes.header.shape, map.shape);
    EXPECT_LT(*std::max_element(classes.data.begin(), classes.data.end()), 19);
  }
  EXPECT_EQ(numbers({"--scores", folder / "fs"}), numbers({"--model", folder / "net.pth"}));
}

TEST_F(Submit, SmiycMapsAreHalvesBelowMethodAndSet) {
  const CommandResult done = submit("smiyc", "out", {"--name", "mine", "--as", "AnomalyTrack-all"});
  ASSERT_EQ(done.code, 0) << done.err;
  const fs::path below = folder.path() / "out/anomaly_p/mine/AnomalyTrack-all";
  EXPECT_EQ(readStoredMap(below / "0.hdf5", "value").type(), NpyType::Float16);
  EXPECT_EQ(countFiles(folder.path() / "out", ".hdf5"), 3U);
  EXPECT_EQ(numbers({"--scores", (folder.path() / "out/anomaly_p/mine").string()}),
            numbers({"--model", folder / "net.pth", "--as-submitted"}));
}

TEST_F(Submit, NothingThatIsThereIsWrittenOver) {
  folder.write("fs/own.txt", "mine");
  const CommandResult refused = submit("fishyscapes", "fs");
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("output is there already and is not written over"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "fs"), fs::directory_iterator()), 1);
  folder.write("o.zip", "mine");
  EXPECT_EQ(submit("oodis", "o.zip", {"--threshold", "0.5", "--as", "roadanomaly"}).code, 3);
  EXPECT_EQ(fs::file_size(folder.path() / "o.zip"), 4U);
  // A frame that fails leaves nothing half done.
  fs::resize_file(folder.path() / "Small/images/1.png", 20);
  EXPECT_EQ(submit("smiyc", "half").code, 3);
  for (const auto& entry : fs::directory_iterator(folder.path()))
    EXPECT_FALSE(entry.path().filename().string().starts_with("half")) << entry.path();
}

TEST_F(Submit, ScoresWithoutClassesAreNoFishyscapesPair) {
  ASSERT_EQ(submit("smiyc", "maps", {"--name", "m"}).code, 0);
  const std::string maps = (folder.path() / "maps/anomaly_p/m").string();
  const CommandResult refused = submit("fishyscapes", "fs", {"--scores", maps});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.err, HasSubstr("no predicted classes"));
  EXPECT_EQ(submit("smiyc", "again", {"--scores", maps}).code, 0);
}

/// Pixels of the 8-connected region of `mask` that holds `start`, taken out of it.
std::set<int> takenRegion(std::vector<char>& mask, int start, int width, int height) {
  std::set<int> region;
  std::vector<int> open{start};
  mask[static_cast<std::size_t>(start)] = 0;
  while (!open.empty()) {
    const int at = open.back();
    open.pop_back();
    region.insert(at);
    for (int dy = -1; dy <= 1; ++dy)
      for (int dx = -1; dx <= 1; ++dx) {
        const int x = at % width + dx, y = at / width + dy;
        if (x < 0 || y < 0 || x >= width || y >= height || mask[static_cast<std::size_t>(y * width + x)] == 0) continue;
        mask[static_cast<std::size_t>(y * width + x)] = 0;
        open.push_back(y * width + x);
      }
  }
  return region;
}

TEST_F(Submit, OodisZipSatisfiesItsOwnCheck) {
  ASSERT_EQ(submit("fishyscapes", "maps").code, 0);
  const std::vector<float> first = npyAsFloat(readNpy(folder.path() / "maps/0000_anomaly.npy"));
  std::vector<float> sorted = first;
  std::sort(sorted.begin(), sorted.end());
  const float threshold = sorted[sorted.size() * 3 / 4];
  std::ostringstream text;
  text.precision(17);
  text << static_cast<double>(threshold);  // exactly: a pixel that has it counts
  const CommandResult done =
      submit("oodis", "s.zip", {"--threshold", text.str(), "--smallest", "4", "--as", "roadanomaly"});
  ASSERT_EQ(done.code, 0) << done.err;
  const ZipArchive zip(folder.path() / "s.zip");
  std::set<std::string> folders, pictures, referenced;
  std::size_t lists = 0;
  const std::regex name(".*_instanceIds_\\d+_1\\.png");
  std::vector<std::byte> buffer;
  for (const ZipMember& member : zip.members()) {
    if (member.name.ends_with('/')) folders.insert(member.name);
    if (member.name.ends_with(".png")) pictures.insert(member.name);
    if (!member.name.ends_with("_instanceIds_pred.txt")) continue;
    ++lists;
    const auto bytes = zip.read(member.name, buffer, 1U << 20U);
    std::istringstream lines(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    std::size_t count = 0;
    for (std::string file, kind, score; lines >> file >> kind >> score; ++count) {
      EXPECT_TRUE(std::regex_match(file, name)) << file;
      EXPECT_EQ(kind, "1");
      referenced.insert("roadanomaly/" + file);
    }
    EXPECT_GE(count, 1U) << member.name;
  }
  EXPECT_THAT(folders, UnorderedElementsAre("fishyscapes/", "roadanomaly/", "roadobstacle/"));
  EXPECT_EQ(lists, 3U);
  EXPECT_EQ(pictures, referenced);

  std::vector<char> mask(first.size());
  for (std::size_t i = 0; i < first.size(); ++i) mask[i] = first[i] >= threshold ? 1 : 0;
  std::set<std::set<int>> expected, found;
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] == 0) continue;
    auto region = takenRegion(mask, static_cast<int>(i), kSmallSize.width, kSmallSize.height);
    if (region.size() >= 4) expected.insert(std::move(region));
  }
  for (const std::string& file : pictures) {
    if (!file.starts_with("roadanomaly/0_")) continue;
    const auto bytes = zip.read(file, buffer, 1U << 20U);
    const std::vector<std::uint8_t> png(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                        reinterpret_cast<const std::uint8_t*>(bytes.data()) + bytes.size());
    const cv::Mat picture = cv::imdecode(png, cv::IMREAD_UNCHANGED);
    ASSERT_EQ(picture.type(), CV_8UC1);
    std::set<int> region;
    for (int i = 0; i < picture.rows * picture.cols; ++i)
      if (picture.at<std::uint8_t>(i / picture.cols, i % picture.cols) != 0) region.insert(i);
    found.insert(std::move(region));
  }
  EXPECT_FALSE(expected.empty());
  EXPECT_EQ(found, expected);
}

TEST_F(Submit, AnImageWithoutAnInstanceHandsInItsHighestPixel) {
  const CommandResult done = submit("oodis", "s.zip", {"--threshold", "1e9", "--as", "roadobstacle"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("3 instances; 3 frames where nothing reaches the threshold"));
  EXPECT_EQ(submit("oodis", "t.zip", {"--as", "roadobstacle"}).code, 2) << "instances need a threshold";
  EXPECT_THAT(submit("oodis", "t.zip", {"--threshold", "1"}).err, HasSubstr("OoDIS has no folder for the set"));
}

}  // namespace
}  // namespace oodscope::testing

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/imported_source.h"

#include "analysis/datasets/data_set.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

TEST(ImportedSource, AScoreFileThatBecameAPipeIsNotWaitedForByProvenance) {
  const testing::TemporaryFolder folder;
  const auto write = [&](const char* below, int type) {
    std::filesystem::create_directories((folder.path() / below).parent_path());
    cv::imwrite((folder.path() / below).string(), cv::Mat(4, 6, type, cv::Scalar::all(1)));
  };
  for (const char* frame : {"0.png", "1.png"}) {
    write(("Set/images/" + std::string(frame)).c_str(), CV_8UC3);
    write(("Set/labels_masks/" + std::string(frame)).c_str(), CV_8UC1);
    write(("mine/" + std::string(frame)).c_str(), CV_16UC1);
  }
  const auto set = std::make_shared<const DataSet>(openDataSet(folder.path() / "Set"));
  const auto store = std::make_shared<LogitsStore>(LogitsStore::Options{.temporary = true});
  const ImportedSource source("mine", set, folder.path() / "mine", {}, store, {});
  const auto whole = source.provenance();
  std::filesystem::remove(folder.path() / "mine/1.png");
  ASSERT_EQ(mkfifo((folder.path() / "mine/1.png").c_str(), 0600), 0);
  const auto without = source.provenance();  // opening the pipe would wait for a writer that never comes
  ASSERT_EQ(without.size(), whole.size());
  EXPECT_EQ(without[0], whole[0]);
  EXPECT_NE(without[1].second, whole[1].second) << "the digest is of the files that are there";
}

}  // namespace
}  // namespace oodscope

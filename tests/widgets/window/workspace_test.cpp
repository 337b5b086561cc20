// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace.h"

#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <QSignalSpy>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A set of three frames whose images are 16-bit grey, and scores for two of them: both are warned of.
class OddSet : public ::testing::Test {
protected:
  OddSet() {
    for (const char* frame : {"0.png", "1.png", "2.png"}) {
      write("Set/images", frame, cv::Mat(4, 6, CV_16UC1, cv::Scalar(300)));
      write("Set/labels_masks", frame, cv::Mat(4, 6, CV_8UC1, cv::Scalar(1)));
    }
    for (const char* frame : {"0.png", "1.png"}) write("mine", frame, cv::Mat(4, 6, CV_16UC1, cv::Scalar(9)));
    QObject::connect(&workspace, &Workspace::message, &workspace,
                     [this](Severity severity, const QString& text, const QString&) {
                       if (severity == Severity::Warning) warnings.push_back(text.toStdString());
                     });
    view.score.imported = "mine";
  }
  void write(const char* below, const char* frame, const cv::Mat& picture) const {
    std::filesystem::create_directories(folder.path() / below);
    cv::imwrite((folder.path() / below / frame).string(), picture);
  }
  void open() {
    QSignalSpy settled(&workspace, &Workspace::settled);
    workspace.openSet({.path = folder.path() / "Set"});
    ASSERT_TRUE(settled.wait(10000));
    workspace.openScores(folder.path() / "mine");
  }

  testing::TemporaryFolder folder;
  Workspace workspace{WorkOptions{.store = {.temporary = true}}};
  std::vector<std::string> warnings;
  ViewState view;
};

TEST_F(OddSet, WhatIsOddIsWarnedOfOnceByNameOfSetAndSource) {
  open();
  EXPECT_THAT(warnings, ElementsAre(::testing::AllOf(HasSubstr("Set: "), HasSubstr("3 images"))));
  warnings.clear();
  ASSERT_NE(workspace.liveSet("Set", view), nullptr);
  EXPECT_THAT(warnings, ElementsAre(::testing::AllOf(HasSubstr("Set, mine: "), HasSubstr("1 frame of 3"))));
  warnings.clear();
  view.resolution = Resolution::Label;
  ASSERT_NE(workspace.liveSet("Set", view), nullptr);
  EXPECT_THAT(warnings, IsEmpty()) << "the same scores at another resolution";
}

TEST_F(OddSet, WhatIsOpenedAgainIsWarnedOfAgain) {
  open();
  ASSERT_NE(workspace.liveSet("Set", view), nullptr);
  workspace.closeAll();
  warnings.clear();
  open();
  ASSERT_NE(workspace.liveSet("Set", view), nullptr);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("Set: "), HasSubstr("Set, mine: ")));
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/closed_set.h"

#include "tests/support/shared_data.h"

#include <gtest/gtest.h>

#include <array>

namespace oodscope {
namespace {

// record_closed_set.py: ERFNet in Python on ten Cityscapes frames at 1024x512.
constexpr std::array kIou{0.9766, 0.7647, 0.9128, 0.0,    0.3521, 0.4648, 0.6171, 0.7357, 0.9350, 0.0374,
                          0.9509, 0.6469, 0.7593, 0.8935, 0.2854, 0.4504, 0.6842, 0.3092, 0.5841};
constexpr double kMean = 0.63113395;

TEST(ClosedSet, IouOfErfnetOnCityscapesIsPythons) {
  OODSCOPE_SHARED_OR_SKIP(data, "data");
  const DataSet set = openDataSet(data / "cityscapes_val10");
  Model model = Model::load(data / "weights/erfnet_cityscapes_20.pth");
  const ClosedSetReport report = evaluateClosedSet(
      set, model, ClassResolution::Network, [](const Progress&) {}, std::stop_token());
  EXPECT_EQ(report.frames, 10U);
  EXPECT_TRUE(report.failures.empty());
  const auto ious = report.confusion.iouPerClass();
  ASSERT_EQ(ious.size(), kIou.size());
  // Folded convolutions round otherwise and may turn a pixel here and there.
  for (std::size_t i = 0; i < kIou.size(); ++i) EXPECT_NEAR(ious[i].value(), kIou[i], 1e-3) << "class " << i;
  EXPECT_NEAR(report.confusion.meanIou().value(), kMean, 1e-4);
}

}  // namespace
}  // namespace oodscope

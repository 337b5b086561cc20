// SPDX-License-Identifier: GPL-3.0-or-later
// Whole numbers: each product and sum is exact in float, whatever the order of addition.
#include "analysis/features/panel_products.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cstdint>
#include <vector>

namespace oodscope::kernels {
namespace {

TEST(PanelProducts, AreSumsOfProductsOnEveryTarget) {
  std::size_t targets = 0;
  for (const std::size_t dimensions : {1U, 5U, 64U}) {
    std::vector<float> queries(kPanelQueries * dimensions), panel(kPanelRows * dimensions);
    for (std::size_t i = 0; i < queries.size(); ++i) queries[i] = static_cast<float>(i * 7 % 13) - 6.0F;
    for (std::size_t i = 0; i < panel.size(); ++i) panel[i] = static_cast<float>(i * 5 % 11) - 5.0F;
    hwy::SetSupportedTargetsForTest(0);
    for (std::int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1) {
      const std::int64_t target = rest & -rest;
      hwy::SetSupportedTargetsForTest(target);
      ++targets;
      std::vector<float> out(kPanelQueries * kPanelRows, -1.0F);
      panelProducts(queries.data(), panel.data(), dimensions, out.data());
      for (std::size_t q = 0; q < kPanelQueries; ++q)
        for (std::size_t r = 0; r < kPanelRows; ++r) {
          float sum = 0.0F;
          for (std::size_t d = 0; d < dimensions; ++d) sum += queries[q * dimensions + d] * panel[d * kPanelRows + r];
          EXPECT_EQ(out[q * kPanelRows + r], sum)
              << hwy::TargetName(target) << " " << dimensions << " " << q << " " << r;
        }
    }
    hwy::SetSupportedTargetsForTest(0);
  }
  EXPECT_GT(targets, 3U) << "more than one target a size";
}

}  // namespace
}  // namespace oodscope::kernels

// SPDX-License-Identifier: GPL-3.0-or-later
// Any rows of evaluate as mean ± deviation over runs that are named.
#include "analysis/formats/npy.h"
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/torch_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <sstream>

namespace oodscope::testing {
namespace {

using ::testing::HasSubstr;

/// Rows of named runs as mean and deviation: what evaluate wrote is read by results.
TEST(NamedRuns, AreOneRowWithItsDeviation) {
  const TemporaryFolder scratch;
  writeSmallSet(scratch.path() / "SmallSet", 2);
  std::vector<std::string> command{"evaluate", "--set", scratch / "SmallSet", "--protocol", "fishyscapes"};
  for (const auto& [name, lift] : {std::pair("seed1", 0.0F), std::pair("seed2", 1.5F), std::pair("other", 2.0F)}) {
    ScoreMap scores = knownScores();
    for (int x = 0; x < kSmallSize.width / 2; ++x) scores.at(x, 10) += lift;  // half a row more in front of the anomaly
    for (int i = 0; i < 2; ++i)
      scratch.write(std::string(name) + "/" + std::to_string(i) + ".npy",
                    npyHeaderText(NpyType::Float32, std::vector<std::size_t>{32, 64}) +
                        bytesOf(std::vector<float>(scores.values().begin(), scores.values().end())));
    command.insert(command.end(), {"--scores", scratch / name});
  }
  command.insert(command.end(), {"--format", "csv", "--output", scratch / "rows.csv"});
  const CommandResult evaluated = runCli(command);
  ASSERT_EQ(evaluated.code, 0) << evaluated.err;
  const CommandResult result = runCli({"results", scratch / "rows.csv", "--metric", "ap", "--against", "set", "--where",
                                       "method=seed1|seed2", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const double first = 96.0 / (96 + 64), second = 96.0 / (96 + 64 + 32);  // all anomalies at once, under those above
  EXPECT_THAT(result.out, HasSubstr("SmallSet"));
  const CommandResult shown = runCli({"results", scratch / "rows.csv", "--metric", "ap", "--against", "set", "--where",
                                      "method=seed1|seed2", "--format", "csv"});
  std::istringstream lines(shown.out);
  std::string head, row;
  std::getline(lines, head);
  std::getline(lines, row);
  std::vector<std::string> names, cells;
  for (auto [line, into] : {std::pair(&head, &names), std::pair(&row, &cells)}) {
    std::istringstream parts(*line);
    for (std::string part; std::getline(parts, part, ',');) into->push_back(part);
  }
  const auto cell = [&](const std::string& name) {
    const auto at = std::ranges::find(names, name);
    return at == names.end() ? std::string("no column ") + name + " in " + head
                             : cells.at(static_cast<std::size_t>(at - names.begin()));
  };
  EXPECT_NEAR(std::stod(cell("mean")), (first + second) / 2, 1e-9) << shown.out;
  EXPECT_NEAR(std::stod(cell("deviation")), std::abs(first - second) / std::sqrt(2.0), 1e-9);
  EXPECT_EQ(cell("runs"), "2");
}

}  // namespace
}  // namespace oodscope::testing

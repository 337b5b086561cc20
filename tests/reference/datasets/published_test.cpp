// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/published.h"
#include "tests/support/shared_data.h"

#include <gtest/gtest.h>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

/// A key of reference_metrics.json, such as "ERFNET|msp|t=1.6", in the words of published.json.
struct Meant {
  std::string model;
  std::string method;
  std::optional<double> temperature;
};
Meant meantBy(const std::string& key) {
  const std::map<std::string, std::string> models = {{"ERFNET", "ERFNet"},
                                                     {"ENET", "ENet"},
                                                     {"BISENETV1 (300 epochs)", "BiSeNet"},
                                                     {"ERFNET (From Scrath CE)", "ERFNet, 100 epochs, CE"},
                                                     {"ERFNET (LN + CE)", "ERFNet, 100 epochs, LN + CE"},
                                                     {"ERFNET (LN + FOCAL)", "ERFNet, 100 epochs, LN + FL"},
                                                     {"ERFNET_ISOMAX_PLUS (CE)", "ERFNet, 100 epochs, IsoMax + CE"},
                                                     {"ERFNET_ISOMAX_PLUS (FOCAL)", "ERFNet, 100 epochs, IsoMax + FL"}};
  const std::map<std::string, std::string> methods = {
      {"void", "void"}, {"msp", "msp"}, {"maxlogit", "max-logit"}, {"maxentropy", "max-entropy"}};
  const auto first = key.find('|');
  const auto second = key.find('|', first + 1);
  const auto model = models.find(key.substr(0, first));
  Meant meant;
  meant.method = methods.at(key.substr(first + 1, second - first - 1));
  meant.model = model == models.end() ? "" : model->second + (meant.method == "void" ? " with void class" : "");
  if (second != std::string::npos) meant.temperature = std::stod(key.substr(second + 3));
  return meant;
}

TEST(PublishedReference, AgreesWithTheAuthorsOwnFileWhereTheyOverlap) {
  OODSCOPE_SHARED_OR_SKIP(file, "reference/reference_metrics.json");
  std::ifstream stream(file);
  const auto reference = nlohmann::json::parse(stream)["published_farinheight_results_txt"];
  const auto published = PublishedValues::read(OODSCOPE_SOURCE_DIR "/resources/published.json");
  int compared = 0;
  for (const auto& row : reference.items()) {
    const auto meant = meantBy(row.key());
    for (const auto& set : row.value().items()) {
      for (const auto& value : published.find(set.key(), meant.model, meant.method, meant.temperature)) {
        if (meant.model.empty()) continue;
        // Printed with three decimals, one value with two.
        EXPECT_NEAR(value.ap.value(), set.value()[0].get<double>(), 0.0051) << value.source() << ", " << set.key();
        EXPECT_NEAR(value.fpr95.value(), set.value()[1].get<double>(), 0.0051) << value.source() << ", " << set.key();
        ++compared;
      }
    }
  }
  // Tables 1 and 2 (8 rows, MSP at 1 in both), 3 (3 rows) and 4 (15 rows), five sets each.
  EXPECT_EQ(compared, (8 + 3 + 15) * 5);
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/polarity.h"

#include "analysis/tables/number_text.h"

namespace oodscope {

bool looksInverted(const std::optional<double>& auroc) { return auroc && *auroc < 0.5; }

std::optional<std::string> polarityHint(const ResultRow& row) {
  if (!looksInverted(row.auroc)) return std::nullopt;
  std::string who = row.set;
  if (!row.model.empty()) who += ", " + row.model;
  who += ", " + row.method;
  if (row.temperature) who += " T " + roundTripText(*row.temperature);
  return who + ", " + row.protocol + ": AUROC " + percentText(*row.auroc) +
         ": is the polarity inverted? A higher score means more anomalous here; normal pixels score higher more often" +
         (row.polarity == "anomaly-high" ? " (--polarity normal-high reads confidences)" : "");
}

}  // namespace oodscope

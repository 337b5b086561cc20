// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/report_plan.h"

namespace oodscope {
namespace {

bool isUsable(const SessionResults& results, const std::string& set, const std::string& source) {
  return results.isOpen(set, source) && !results.liveSet(set, source)->labelledFrames().empty();
}

std::vector<RunSpec> runsAt(const SessionResults& results, const std::vector<float>& temperatures) {
  std::vector<RunSpec> out;
  for (const std::string& source : results.sources())
    for (const Configuration& configuration : results.configurations(source, temperatures))
      for (const std::string& set : results.sets())
        if (isUsable(results, set, source)) out.push_back(results.run(set, source, configuration));
  return out;
}

}  // namespace

std::vector<float> ablationTemperatures(const Session& session) {
  std::vector<float> out;
  for (const double temperature : session.temperatures) out.push_back(static_cast<float>(temperature));
  if (out.size() < 2) out = {0.5F, 1.0F, 2.0F, 4.0F};
  return out;
}

ReportPlan planReport(const SessionResults& results) {
  ReportPlan plan;
  plan.main = runsAt(results, {results.session().view.score.temperature});
  plan.ablation = runsAt(results, ablationTemperatures(results.session()));
  const std::string source = results.viewSource();
  const Configuration configuration = results.viewConfiguration();
  for (const std::string& set : results.sets())
    if (isUsable(results, set, source)) plan.thresholds.push_back(results.run(set, source, configuration));
  plan.sweeps = results.sources();
  return plan;
}

}  // namespace oodscope

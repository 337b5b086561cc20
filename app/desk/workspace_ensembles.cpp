// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/inference_runner.h"
#include "app/desk/session_model.h"
#include "app/desk/workspace.h"
#include "app/documents/open_live_sets.h"

#include <algorithm>

namespace oodscope {

const std::vector<EnsembleEntry>& Workspace::ensembles() const { return m_session.session().ensembles; }

const EnsembleEntry* Workspace::findEnsemble(const std::string& name) const {
  const auto found = std::ranges::find(ensembles(), name, &EnsembleEntry::name);
  return found == ensembles().end() ? nullptr : &*found;
}

std::vector<SourceItem> Workspace::sourceItems() const {
  std::vector<SourceItem> out;
  for (const OpenModel& model : m_models)
    if (model.info) out.push_back({.label = model.label, .model = model.model});
  for (const OpenScores& scores : m_scores) out.push_back({.label = scores.label, .folder = scores.path});
  return out;
}

EnsemblePlan Workspace::planOf(const EnsembleEntry& ensemble) const {
  const std::vector<SourceItem> items = sourceItems();
  const auto base = std::ranges::find(items, ensemble.model, &SourceItem::label);
  EnsemblePlan plan = ensemblePlan(parseEnsemble(ensemble.text), parseNormalisation(ensemble.normalisation), items,
                                   base == items.end() ? nullptr : &*base, static_cast<float>(ensemble.temperature),
                                   {.list = {}, .all = m_session.view().allChannels});
  plan.label = ensemble.name;
  // Of terms, a share for each set and ensemble that is open; the sums are in the pool of all score maps.
  plan.memoryBytes = m_options.memoryBudget / 2 / std::max<std::size_t>(1, m_sets.size() * ensembles().size());
  return plan;
}

Workspace::Retempering Workspace::retempering(const EnsembleEntry& ensemble) const {
  EnsemblePlan plan = planOf(ensemble);
  if (!usesTemperature(plan)) return {};
  struct Labelled {
    std::shared_ptr<const DataSet> set;
    std::shared_ptr<SetLabels> labels;
  };
  std::vector<Labelled> sets;
  for (const OpenSet& open : m_sets) sets.push_back({open.set, open.labels});
  return [plan = std::move(plan), sets = std::move(sets), store = m_store](const LiveSet& like, double temperature,
                                                                           const std::stop_token& stop) {
    const auto own =
        std::ranges::find_if(sets, [&](const Labelled& each) { return each.set.get() == &like.dataSet(); });
    require(own != sets.end(), "Workspace: a set that was open");
    return retempered(like, own->set, plan, temperature, {.labels = own->labels}, store, stop);  // maps of its own
  };
}

void Workspace::putEnsemble(const EnsembleEntry& ensemble) {
  static_cast<void>(planOf(ensemble));
  const QString name = QString::fromStdString(ensemble.name);
  if (findModel(name) != nullptr || findScores(name) != nullptr)
    throw Error(ErrorParts{.what = "an ensemble cannot be called so",
                           .expected = "a name that no model or folder of scores has",
                           .found = "'" + ensemble.name + "'"});
  dropEnsemble(ensemble.name);
  m_session.putEnsemble(ensemble);
  Q_EMIT ensemblePut(name);
}

void Workspace::closeEnsemble(const QString& name) {
  const std::string label = name.toStdString();
  if (findEnsemble(label) == nullptr) return;
  dropEnsemble(label);
  m_session.removeEnsemble(label);
  Q_EMIT ensembleClosed(QString::fromStdString(label));
}

void Workspace::dropEnsemble(const std::string& name) {
  std::erase_if(m_live, [&](const std::shared_ptr<LiveSet>& live) {
    const bool isOld = live->source().name() == name && live->source().weightedTerms() != nullptr;
    if (isOld) m_runner->forget(live);
    return isOld;
  });
}

std::shared_ptr<LiveSet> Workspace::liveEnsemble(const OpenSet& set, const ViewState& view,
                                                 const EnsembleEntry& ensemble, QString& reason) {
  const Resolution resolution = measuredAt(view.resolution, view.protocol);
  const auto isWanted = [&](const std::shared_ptr<LiveSet>& live) {
    if (live->source().weightedTerms() == nullptr || live->source().name() != ensemble.name) return false;
    const RunSpec run = live->run({}, view.protocol);
    const bool isOfChannels = std::ranges::all_of(
        run.score, [&](const ScoreTerm& term) { return !term.method || term.channels.all == view.allChannels; });
    return run.set == set.id && run.resolution == resolution && isOfChannels;
  };
  if (const auto known = std::ranges::find_if(m_live, isWanted); known != m_live.end()) return *known;
  try {
    EnsemblePlan plan = planOf(ensemble);
    for (EnsembleProduct& term : plan.terms)
      for (EnsembleScore& score : term.scores) score.channels.all = view.allChannels;
    auto live = std::make_shared<LiveSet>(set.set, openSource(set.set, plan, m_store), resolution,
                                          LiveOptions{.pool = m_pool, .labels = set.labels});
    m_live.push_back(live);
    tellWarnings(*live);
    return live;
  } catch (const Error& error) {
    reason = QString::fromUtf8(error.what());
    return nullptr;
  }
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/renaming.h"

#include "analysis/ensembles/expression.h"

namespace oodscope {
namespace {

void rename(std::string& name, const std::string& from, const std::string& to) {
  if (name == from) name = to;
}

void rename(ScoreChoice& score, const std::string& from, const std::string& to) {
  if (score.imported) rename(*score.imported, from, to);
}

/// An ensemble that is of the source, or names it.
void rename(EnsembleEntry& ensemble, const std::string& from, const std::string& to) {
  rename(ensemble.model, from, to);
  EnsembleExpression expression = parseEnsemble(ensemble.text);
  bool isNamed = false;
  for (EnsembleTerm& term : expression.terms)
    for (EnsembleFactor& factor : term.factors) {
      isNamed = isNamed || factor.source == from;
      rename(factor.source, from, to);
    }
  if (isNamed) ensemble.text = textOf(expression);
}

}  // namespace

void renameSet(Session& session, const std::string& from, const std::string& to) {
  rename(session.view.set, from, to);
  rename(session.view.pinSet, from, to);
  for (Note& note : session.notes) rename(note.set, from, to);
  for (auto* runs : {&session.runs, &session.view.hiddenRuns})
    for (RunChoice& run : *runs) rename(run.set, from, to);
  for (GridRecipe::Row& row : session.grid.rows) rename(row.set, from, to);
}

void renameSource(Session& session, const std::string& from, const std::string& to) {
  rename(session.view.model, from, to);
  rename(session.view.score, from, to);
  if (session.view.other) {
    rename(session.view.other->model, from, to);
    rename(session.view.other->score, from, to);
  }
  for (auto* runs : {&session.runs, &session.view.hiddenRuns})
    for (RunChoice& run : *runs) {
      rename(run.model, from, to);
      rename(run.score, from, to);
    }
  for (ScoreChoice& score : session.grid.scores) rename(score, from, to);
  for (EnsembleEntry& ensemble : session.ensembles) rename(ensemble, from, to);
}

}  // namespace oodscope

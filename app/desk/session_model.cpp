// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/session_model.h"

#include "app/session/renaming.h"

#include <QUndoCommand>

#include <algorithm>

namespace oodscope {

/// Goes from one state of the knobs to another and back.
class ViewCommand : public QUndoCommand {
public:
  ViewCommand(SessionModel& model, ViewState before, ViewState after, const QString& text)
      : QUndoCommand(text), m_model(model), m_before(std::move(before)), m_after(std::move(after)) {}
  void undo() override { m_model.apply(m_before); }
  void redo() override { m_model.apply(m_after); }

private:
  SessionModel& m_model;
  ViewState m_before, m_after;
};

SessionModel::SessionModel(QObject* parent) : QObject(parent) { m_undo.setUndoLimit(200); }

void SessionModel::edit(const ViewState& wanted, const QString& text) {
  if (wanted == m_session.view) return;
  ViewState view = wanted;
  const auto dropped = dropForeignThresholds(m_session.view, view);
  if (m_beforeDrag) {
    m_dragText = text;
    apply(view);
  } else {
    m_undo.push(new ViewCommand(*this, m_session.view, view, text));
  }
  if (dropped) Q_EMIT thresholdDropped(*dropped);
}

void SessionModel::edit(const Edit& edit) {
  ViewState view = m_session.view;
  edit.change(view);
  this->edit(view, QString::fromStdString(edit.text));
}

void SessionModel::drag(const Edit& edit) {
  beginDrag();
  this->edit(edit);
}

void SessionModel::drop(const Edit& edit) {
  drag(edit);
  endDrag();
}

void SessionModel::follow(const ViewState& view) { apply(view); }

void SessionModel::follow(const Edit& edit) {
  ViewState view = m_session.view;
  edit.change(view);
  apply(view);
}

void SessionModel::beginDrag() {
  if (!m_beforeDrag) m_beforeDrag = m_session.view;
}

void SessionModel::endDrag() {
  if (!m_beforeDrag) return;
  const ViewState before = *m_beforeDrag;
  m_beforeDrag.reset();
  if (before == m_session.view) return;
  m_undo.push(new ViewCommand(*this, before, m_session.view, m_dragText));
  // The hand rests: say so even though the last value was shown already.
  Q_EMIT viewChanged(m_session.view, m_session.view, false);
}

void SessionModel::apply(const ViewState& view) {
  if (view == m_session.view) return;
  const ViewState before = std::exchange(m_session.view, view);
  touch();
  Q_EMIT viewChanged(before, m_session.view, isDragging());
}

void SessionModel::touch() {
  Q_EMIT changed();
  if (m_modified) return;
  m_modified = true;
  Q_EMIT modifiedChanged(true);
}

UnsavedParts SessionModel::unsaved() const {
  const Session& now = m_session;
  return {.notes = now.notes != m_saved.notes,
          .runs = now.runs != m_saved.runs,
          .grid = now.grid != m_saved.grid,
          .items = now.sets != m_saved.sets || now.models != m_saved.models || now.scores != m_saved.scores ||
                   now.ensembles != m_saved.ensembles || now.polarities != m_saved.polarities,
          .knobs = !m_undo.isClean(),
          .left = m_isLeft};
}

void SessionModel::setNotes(std::vector<Note> notes) {
  if (notes == m_session.notes) return;
  m_session.notes = std::move(notes);
  touch();
  Q_EMIT notesChanged();
}

void SessionModel::setMethods(std::vector<std::string> methods) {
  if (methods == m_session.methods) return;
  m_session.methods = std::move(methods);
  touch();
  Q_EMIT evaluationChanged();
}

void SessionModel::setTemperatures(std::vector<double> temperatures) {
  if (temperatures == m_session.temperatures) return;
  m_session.temperatures = std::move(temperatures);
  touch();
  Q_EMIT evaluationChanged();
}

void SessionModel::keepRun(const RunChoice& run) {
  if (!oodscope::keepRun(m_session, run)) return;
  follow(edits::setOverlaid({run}, true));  // one that was hidden and removed before is seen when it comes again
  touch();
  Q_EMIT runsChanged();
}

void SessionModel::removeRun(const RunChoice& run) {
  if (!oodscope::removeRun(m_session, run)) return;
  touch();
  Q_EMIT runsChanged();
}

void SessionModel::setGrid(GridRecipe grid) {
  if (grid == m_session.grid) return;
  m_session.grid = std::move(grid);
  touch();
}

void SessionModel::setFigureLook(const FigureLook& look) {
  if (look == m_session.figure) return;
  m_session.figure = look;
  touch();  // a few clicks bring it back
}

void SessionModel::setResultsLook(const ResultsLook& look) {
  if (look == m_session.results) return;
  m_session.results = look;
  touch();
}

namespace {

const std::filesystem::path& pathOf(const SetEntry& entry) { return entry.path; }
const std::filesystem::path& pathOf(const ModelEntry& entry) { return entry.path; }
const std::filesystem::path& pathOf(const std::filesystem::path& path) { return path; }

/// Whether that changed anything.
template <class Entry>
bool put(std::vector<Entry>& entries, const Entry& entry) {
  const auto same = [&](const Entry& other) { return pathOf(other) == pathOf(entry); };
  const auto known = std::find_if(entries.begin(), entries.end(), same);
  if (known == entries.end()) {
    entries.push_back(entry);
    return true;
  }
  if (*known == entry) return false;
  *known = entry;
  return true;
}

template <class Entry>
bool dropAt(std::vector<Entry>& entries, const std::filesystem::path& path) {
  return std::erase_if(entries, [&](const Entry& entry) { return pathOf(entry) == path; }) > 0;
}

}  // namespace

void SessionModel::putEnsemble(const EnsembleEntry& ensemble) {
  const auto known = std::ranges::find(m_session.ensembles, ensemble.name, &EnsembleEntry::name);
  if (known != m_session.ensembles.end() && *known == ensemble) return;
  if (known != m_session.ensembles.end())
    *known = ensemble;
  else
    m_session.ensembles.push_back(ensemble);
  touch();
}
void SessionModel::removeEnsemble(const std::string& name) {
  if (std::erase_if(m_session.ensembles, [&](const EnsembleEntry& entry) { return entry.name == name; }) > 0) touch();
}

void SessionModel::addSet(const SetEntry& entry) {
  if (put(m_session.sets, entry)) touch();
}
void SessionModel::addModel(const ModelEntry& entry) {
  if (put(m_session.models, entry)) touch();
}
void SessionModel::addScores(const std::filesystem::path& folder) {
  if (put(m_session.scores, folder)) touch();
}
void SessionModel::removeSet(const std::filesystem::path& path) {
  if (dropAt(m_session.sets, path)) touch();
}
void SessionModel::removeModel(const std::filesystem::path& path) {
  if (dropAt(m_session.models, path)) touch();
}
void SessionModel::setPolarity(const std::filesystem::path& folder, std::optional<Polarity> polarity) {
  if (polarityOf(m_session.polarities, folder) == polarity) return;
  std::erase_if(m_session.polarities, [&](const FolderPolarity& entry) { return entry.folder == folder; });
  if (polarity) m_session.polarities.push_back({folder, *polarity});
  touch();
}
void SessionModel::setStatistics(const std::filesystem::path& folder,
                                 const std::optional<std::filesystem::path>& file) {
  if (statisticsOf(m_session.folderStatistics, folder) == file) return;
  std::erase_if(m_session.folderStatistics, [&](const FolderStatistics& entry) { return entry.folder == folder; });
  if (file) m_session.folderStatistics.push_back({folder, *file});
  touch();
}
void SessionModel::removeScores(const std::filesystem::path& folder) {
  std::erase_if(m_session.folderStatistics, [&](const FolderStatistics& entry) { return entry.folder == folder; });
  std::erase_if(m_session.polarities, [&](const FolderPolarity& entry) { return entry.folder == folder; });
  if (dropAt(m_session.scores, folder)) touch();
}

void SessionModel::renameSet(const std::string& from, const std::string& to) {
  Session session = m_session;
  oodscope::renameSet(session, from, to);
  oodscope::renameSet(m_saved, from, to);
  replace(std::move(session));
}

void SessionModel::renameSource(const std::string& from, const std::string& to) {
  Session session = m_session;
  oodscope::renameSource(session, from, to);
  oodscope::renameSource(m_saved, from, to);
  replace(std::move(session));
}

bool SessionModel::relocate(ItemKind kind, const std::filesystem::path& from, const std::filesystem::path& to) {
  Session session = m_session;
  if (!oodscope::relocate(session, kind, from, to)) return false;
  replace(std::move(session));
  touch();
  return true;
}

void SessionModel::remove(ItemKind kind, const std::filesystem::path& path) {
  switch (kind) {
    case ItemKind::Set:
      return removeSet(path);
    case ItemKind::Model:
      return removeModel(path);
    case ItemKind::Scores:
      return removeScores(path);
  }
}

void SessionModel::replace(Session session) {
  const bool hasOtherNotes = session.notes != m_session.notes, hasNewRuns = session.runs != m_session.runs;
  const bool hasOtherGrid = session.grid != m_session.grid;
  const ViewState view = std::exchange(session.view, m_session.view);
  m_session = std::move(session);
  if (hasOtherNotes || hasNewRuns || hasOtherGrid) touch();
  if (hasOtherNotes) Q_EMIT notesChanged();
  if (hasNewRuns) Q_EMIT runsChanged();
  apply(view);
}

void SessionModel::load(Session session) {
  m_undo.clear();
  m_beforeDrag.reset();
  const ViewState before = std::exchange(m_session, std::move(session)).view;
  m_modified = m_isLeft = false;
  m_saved = m_session;
  m_undo.setClean();
  Q_EMIT viewChanged(before, m_session.view, false);
  Q_EMIT notesChanged();
  Q_EMIT runsChanged();
  Q_EMIT evaluationChanged();
  Q_EMIT modifiedChanged(false);
  Q_EMIT changed();
}

void SessionModel::markSaved() {
  m_isLeft = false;
  m_saved = m_session;
  m_undo.setClean();
  if (!m_modified) return;
  m_modified = false;
  Q_EMIT modifiedChanged(false);
}

void SessionModel::markUnsaved() {
  m_isLeft = true;
  touch();
}

}  // namespace oodscope

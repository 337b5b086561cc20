// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/session_model.h"

#include <QUndoCommand>

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
  if (m_modified) return;
  m_modified = true;
  Q_EMIT modifiedChanged(true);
}

void SessionModel::setNotes(std::vector<Note> notes) {
  if (notes == m_session.notes) return;
  m_session.notes = std::move(notes);
  touch();
  Q_EMIT notesChanged();
}

void SessionModel::keepRun(const PinnedRun& run) {
  if (!oodscope::keepRun(m_session, run)) return;
  touch();
  Q_EMIT runsChanged();
}

void SessionModel::removeRun(const PinnedRun& run) {
  if (!oodscope::removeRun(m_session, run)) return;
  touch();
  Q_EMIT runsChanged();
}

void SessionModel::setGrid(GridRecipe grid) {
  if (grid == m_session.grid) return;
  m_session.grid = std::move(grid);
  touch();
}

void SessionModel::setOpen(std::vector<SetEntry> sets, std::vector<ModelEntry> models,
                           std::vector<std::filesystem::path> scores) {
  m_session.sets = std::move(sets);
  m_session.models = std::move(models);
  m_session.scores = std::move(scores);
  touch();
}

void SessionModel::load(Session session) {
  m_undo.clear();
  m_beforeDrag.reset();
  const ViewState before = std::exchange(m_session, std::move(session)).view;
  m_modified = false;
  Q_EMIT viewChanged(before, m_session.view, false);
  Q_EMIT notesChanged();
  Q_EMIT runsChanged();
  Q_EMIT modifiedChanged(false);
}

void SessionModel::markSaved() {
  if (!m_modified) return;
  m_modified = false;
  Q_EMIT modifiedChanged(false);
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/edits.h"
#include "app/session/relocation.h"

#include <QObject>
#include <QString>
#include <QUndoStack>

#include <optional>

namespace oodscope {

/// What a session holds that its file does not.
struct UnsavedParts {
  bool notes = false, runs = false, grid = false;
  bool items = false;  ///< what is open
  bool knobs = false;
  bool left = false;  ///< all of it, where it is what an earlier window left
  [[nodiscard]] bool hasWork() const { return notes || runs || grid || left; }
  [[nodiscard]] bool any() const { return hasWork() || items || knobs; }
  friend bool operator==(const UnsavedParts&, const UnsavedParts&) = default;
};

/// The single source of truth about knobs, notes and pinned runs, in the GUI thread. Every change of a knob is one step
/// of undo; a whole drag is one step too.
class SessionModel : public QObject {
  Q_OBJECT

public:
  explicit SessionModel(QObject* parent = nullptr);

  [[nodiscard]] const ViewState& view() const { return m_session.view; }
  [[nodiscard]] const Session& session() const { return m_session; }
  [[nodiscard]] QUndoStack& undoStack() { return m_undo; }
  [[nodiscard]] bool isDragging() const { return m_beforeDrag.has_value(); }
  [[nodiscard]] bool isModified() const { return m_modified; }
  /// What differs from what was loaded or saved; work that was taken back is none. Knobs differ where a step of undo
  /// does: that another frame is looked at needs no file. Cost: notes and runs are compared.
  [[nodiscard]] UnsavedParts unsaved() const;

  /// Changes knobs. `text` names the step in the Edit menu. Nothing happens where nothing differs. A threshold set by
  /// hand does not go along to a score of another unit (dropForeignThresholds).
  void edit(const ViewState& view, const QString& text);
  void edit(const Edit& edit);
  /// An edit of a hand that moves on: part of a drag, which the first one begins.
  void drag(const Edit& edit);
  /// The last one of a drag.
  void drop(const Edit& edit);
  /// A change that is not the user's (a set that has gone takes its frame along): no step of undo.
  void follow(const ViewState& view);
  void follow(const Edit& edit);
  /// Between these two, edits belong to one drag.
  void beginDrag();
  void endDrag();

  void setNotes(std::vector<Note> notes);
  void keepRun(const RunChoice& run);
  void removeRun(const RunChoice& run);
  void setGrid(GridRecipe grid);
  void setFigureLook(const FigureLook& look);
  void setResultsLook(const ResultsLook& look);
  /// What the results matrix and a headless evaluation are of; empty: all methods, temperature 1.
  void setMethods(std::vector<std::string> methods);
  void setTemperatures(std::vector<double> temperatures);
  /// In place of the ensemble of its name, or beside all others.
  void putEnsemble(const EnsembleEntry& ensemble);
  void removeEnsemble(const std::string& name);
  /// What is open from now on, in place of what had its path; and what is no more.
  void addSet(const SetEntry& entry);
  void addModel(const ModelEntry& entry);
  void addScores(const std::filesystem::path& folder);
  void removeSet(const std::filesystem::path& path);
  void removeModel(const std::filesystem::path& path);
  void removeScores(const std::filesystem::path& folder);
  /// What a high value of the folder's maps means; none: as their form says.
  void setPolarity(const std::filesystem::path& folder, std::optional<Polarity> polarity);
  void setStatistics(const std::filesystem::path& folder, const std::optional<std::filesystem::path>& file);
  /// What was called `from` is called `to` from now on: no step of undo.
  void renameSet(const std::string& from, const std::string& to);
  void renameSource(const std::string& from, const std::string& to);
  /// What lay at `from` lies at `to`: no step of undo. Whether the session listed it.
  bool relocate(ItemKind kind, const std::filesystem::path& from, const std::filesystem::path& to);
  void remove(ItemKind kind, const std::filesystem::path& path);
  /// Replaces everything; the undo stack starts anew.
  void load(Session session);
  void markSaved();
  /// What it holds is in no file: work that a crash left.
  void markUnsaved();

Q_SIGNALS:
  /// dragging: more changes are coming.
  void viewChanged(const oodscope::ViewState& before, const oodscope::ViewState& after, bool dragging);
  /// A threshold set by hand was of scores in another unit.
  void thresholdDropped(float threshold);
  void notesChanged();
  void runsChanged();
  /// Of the methods and temperatures that are to be evaluated.
  void evaluationChanged();
  void modifiedChanged(bool modified);
  /// Anything that a file would hold.
  void changed();

private:
  friend class ViewCommand;
  void apply(const ViewState& view);
  void replace(Session session);
  void touch();

  Session m_session;
  Session m_saved;  ///< as it was loaded or saved
  QUndoStack m_undo;
  std::optional<ViewState> m_beforeDrag;
  QString m_dragText;
  bool m_modified = false;
  bool m_isLeft = false;
};

}  // namespace oodscope

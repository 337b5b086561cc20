// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"
#include "app/studies/set_study.h"
#include "app/window/failures/region_notes.h"
#include "widgets/lists/failure_model.h"
#include "widgets/panels/region_panel.h"
#include "widgets/panels/value_grid.h"
#include "widgets/plots/bar_list.h"

#include <QString>

#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// Failures as the widgets show them: pure functions from values to values.

/// Names of the network's outputs, where it has any.
using ClassNames = std::vector<std::string>;
[[nodiscard]] QString className(const ClassNames& names, int classIndex);

/// What the rows of a set's lists need besides the study.
struct ListContext {
  const DataSet* data = nullptr;
  const std::vector<Note>* notes = nullptr;
  const BrushedSet* brushed = nullptr;  ///< of the same study; may be null
  ClassNames classes;
};

/// One row of a list for each of its regions, in the list's order.
[[nodiscard]] std::vector<FailureRow> failureRows(const std::vector<ListedFailure>& list, const SetStudy& study,
                                                  const ListContext& context);
/// The place of a region's note.
[[nodiscard]] NotePlace placeOf(const ListedFailure& failure, const SetStudy& study, const ListContext& context);

/// "20.8 %" bars, most false positives first; at most `limit` rows. `classes` gives each row's class.
struct ClassBarsView {
  std::vector<BarListRow> rows;
  std::vector<int> classes;
  QString note;
};
[[nodiscard]] ClassBarsView falsePositiveBars(const SetStudy& study, const ClassNames& names, std::size_t limit);

/// "82 regions of 500 px or more, after a 5 × 5 opening; 12,345 px in smaller ones"
[[nodiscard]] QString reconciliationText(const SetStudy& study);

struct RegionInput {
  const FailureRegion* region = nullptr;
  const FrameMaps* maps = nullptr;
  const LabelMap* labels = nullptr;
  const ThresholdCounts* counts = nullptr;
  ConfusionCounts total;  ///< of the set
  bool setHasDistances = false;
  ClassNames classes;
  const Note* note = nullptr;
};
[[nodiscard]] RegionView regionView(const RegionInput& input);
/// "FP 15 · 18,922 px · peak 0.834"
[[nodiscard]] QString regionCaption(const FailureRegion& region, int rank);

/// Index of the region of `list` that is the same one at another threshold or temperature: of the same frame, holding
/// the earlier one's peak.
[[nodiscard]] std::optional<std::size_t> sameRegion(const std::vector<ListedFailure>& list,
                                                    const ListedFailure& earlier);

/// Pixels by class: one row a class with counts and shares, most false positives first.
struct ClassRow {
  int classIndex = 0;
  QString name;
  QColor colour;
  ConfusionCounts counts;
  double fpShare = 0.0, fnShare = 0.0;  ///< percent of the set's
};
[[nodiscard]] std::vector<ClassRow> classRows(const std::map<std::uint8_t, ConfusionCounts>& counts,
                                              const ClassNames& names);

/// The power of ten at or below `step`; 0.001 where it is not positive.
[[nodiscard]] double niceStep(double step);

/// Tables of the "Size and distance" tab.
[[nodiscard]] std::vector<GridRow> sizeRows(const Attribution& attribution);
/// By the groups of ISSU, each of them, what is below all of them only where there is anything.
[[nodiscard]] std::vector<GridRow> issuSizeRows(const Attribution& attribution);
[[nodiscard]] std::vector<GridRow> distanceRows(const Attribution& attribution);
/// "512–1,023 px"
[[nodiscard]] QString sizeBinText(std::size_t bin);
/// "256–2,303 px"
[[nodiscard]] QString issuGroupText(std::size_t group);
[[nodiscard]] QString distanceBinText(std::size_t bin);

}  // namespace oodscope

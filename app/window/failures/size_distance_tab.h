// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/tabs/analysis_tab.h"
#include "widgets/panels/value_grid.h"

#include <vector>

class QLabel;

namespace oodscope {

/// What the "Size and distance" tab shows: rows as ValueGrid takes them, the first one the header.
struct SizeDistanceView {
  std::vector<GridRow> sizes, distances;
  QString sizesNote;
  QString distanceReason;  ///< why there are no distances; empty where there are
};

/// The "Size and distance" tab: objects, recall and false positives by object size and by distance.
class SizeDistanceTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit SizeDistanceTab(QWidget* parent = nullptr);
  [[nodiscard]] bool needsWholeSet() const override { return true; }
  void setView(SizeDistanceView view);
  void clear(const QString& reason);
  [[nodiscard]] ValueGrid* sizes() const { return m_sizes; }
  [[nodiscard]] ValueGrid* distances() const { return m_distances; }

private:
  ValueGrid *m_sizes = nullptr, *m_distances = nullptr;
  QLabel *m_sizesNote = nullptr, *m_distanceNote = nullptr;
};

}  // namespace oodscope

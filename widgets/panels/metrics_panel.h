// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/decision_bar.h"
#include "widgets/panels/value_grid.h"
#include "widgets/theme/number_text.h"

#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

class QLabel;
class QStackedLayout;

namespace oodscope {

class EmptyState;

/// One metric, in percent where it is a share.
struct MetricRow {
  QString name;
  ShownValue current;  ///< of the set
  std::optional<double> reference = {};
  QString referenceReason = {};      ///< why there is none
  std::optional<double> delta = {};  ///< current - reference
  QString deltaReason = {};          ///< why there is none although both are there
  bool higherIsBetter = true;
  bool undecided = false;  ///< the interval of the difference holds 0: said, not coloured
  ShownValue frame = {};
  bool quiet = false;  ///< reference notes, as published values
};

/// "precision / recall": values joined by " / ".
struct OperatingRow {
  QString name;
  std::vector<ShownValue> set;
  std::vector<ShownValue> frame;
};

struct ComponentsRow {
  QString header;  ///< "components, 500 px"
  QString name;    ///< "35 regions, 16 objects"
  ShownValue siou, ppv, f1;
};

/// A difference of two runs over the same frames.
struct PairedRow {
  QString name;  ///< "Δ AP"
  double low = 0.0, high = 0.0;
  double p = 1.0;
  QString verdict;         ///< "B better", "undecided"
  bool undecided = false;  ///< by the rule that the verdict follows
};

/// Everything the Metrics dock shows.
struct MetricsView {
  QString unit;                  ///< "set, %"
  QString currentName;           ///< "T 1.60"
  QString referenceName;         ///< "T 1.00", "published"; empty: no reference and no Δ column
  QString referenceSource = {};  ///< where the reference's numbers stand: its tool tip
  QString frameName;             ///< "frame 3"; empty: no frame column
  bool isComparison = false;     ///< current is run B, reference run A, in their colours
  std::vector<MetricRow> rows;
  QString operatingName;  ///< "at δ 0.220"
  std::vector<OperatingRow> operating;
  std::optional<DecisionCounts> counts;
  std::optional<ComponentsRow> components;
  std::vector<PairedRow> paired;
  QString pairedNote;                                  ///< "10 frames, wide intervals: …"
  std::vector<std::pair<QString, ShownValue>> others;  ///< "closed-set mIoU", with the reason where not defined
  QStringList provenance;  ///< protocol, pooling, frames skipped; model and data fingerprint, threads
};

/// The Metrics dock. Without a view it says what it needs.
class MetricsPanel : public QWidget {
  Q_OBJECT

public:
  explicit MetricsPanel(QWidget* parent = nullptr);
  void setView(const MetricsView& view);
  void clear();
  /// The same for the time being: what the panel waits for, or why there is nothing to come.
  void setWaiting(const QString& heading, const QString& sentence);
  /// What it says while it is empty; empty where it shows numbers.
  [[nodiscard]] QString waitingText() const;
  /// What the tables say, tab-separated.
  [[nodiscard]] QString asText() const;

private:
  QStackedLayout* m_stack = nullptr;
  EmptyState* m_empty = nullptr;
  QString m_waiting;
  ValueGrid* m_metrics = nullptr;
  ValueGrid* m_operating = nullptr;
  DecisionBar* m_bar = nullptr;
  ValueGrid* m_components = nullptr;
  QWidget* m_rule = nullptr;
  QLabel* m_note = nullptr;
  QLabel* m_provenance = nullptr;
};

}  // namespace oodscope

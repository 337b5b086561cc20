// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/evaluate_set.h"
#include "app/live/set_numbers.h"
#include "app/session/session.h"

#include <QAbstractTableModel>

#include <memory>
#include <vector>

namespace oodscope {

/// A run that is kept, with its numbers as far as they are known.
struct KeptRun {
  RunChoice run;
  std::shared_ptr<const SetNumbers> numbers = {};
  std::shared_ptr<const ScoreHistogram> histogram = {};
  QString state = {};     ///< why there are no numbers: "4 of 10 frames", "the set is not open"
  bool overlaid = true;   ///< drawn beside the view's own run, where it can be
  QString notDrawn = {};  ///< why it cannot be at the moment
  friend bool operator==(const KeptRun&, const KeptRun&) = default;
};

/// Kept runs as rows; after each metric its difference to the first row that has the same set, protocol and resolution,
/// where both are of all frames.
class RunModel : public QAbstractTableModel {
  Q_OBJECT

public:
  enum Column {
    Set,
    Model,
    Method,
    Temperature,
    Protocol,
    At,  ///< resolution, and channels where they are not the known classes
    Frames,
    Ap,
    ApDelta,
    Fpr,
    FprDelta,
    Auroc,
    AurocDelta,
    F1,
    F1Delta,
    Columns
  };

  using QAbstractTableModel::QAbstractTableModel;

  /// Whether that changed anything.
  bool setRuns(std::vector<KeptRun> runs);
  [[nodiscard]] const std::vector<KeptRun>& runs() const { return m_runs; }
  /// The row that a row's differences refer to; -1: none, or itself.
  [[nodiscard]] int referenceOf(int row) const;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
  /// The check box of a run's first column: says overlayEdited(), and changes nothing itself.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  /// "network", "label, all outputs": where a run's scores and labels meet, and over which channels.
  [[nodiscard]] static QString atText(const RunChoice& run);
  /// Tab-separated, with the header.
  [[nodiscard]] QString asText() const;

Q_SIGNALS:
  void overlayEdited(int row, bool on);

private:
  [[nodiscard]] QString text(int row, int column) const;
  [[nodiscard]] QString toolTip(int row, int column) const;

  std::vector<KeptRun> m_runs;
};

}  // namespace oodscope

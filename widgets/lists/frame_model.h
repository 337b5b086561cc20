// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QAbstractItemModel>
#include <QImage>
#include <QString>
#include <QStringList>

#include <optional>
#include <unordered_set>
#include <vector>

namespace oodscope {

enum class FrameLabel {
  Withheld,
  Unread,
  Failed,
  Void /* says nothing anywhere */,
  None /* no anomaly in it */,
  Anomaly
};
enum class FrameMetric { Ap, Fpr95, F1, MeanScore, Delta /* of AP, run B - A */, Disagreement };

/// One frame as listed. Metrics in percent, mean score as it is; empty: not defined or not yet known.
struct FrameRow {
  QString name;
  FrameLabel label = FrameLabel::Unread;
  double anomalyShare = 0.0;  ///< percent of the labelled pixels
  int objects = 0;
  std::optional<double> ap = {}, fpr95 = {}, f1 = {}, meanScore = {};
  std::optional<double> apA = {}, apB = {};  ///< in a comparison
  std::optional<double> disagreement = {};   ///< mean |rank B - rank A|, percent
  bool estimated = false;
  QStringList tags = {};
  std::optional<double> brushed = {};  ///< pixels of it that are brushed; empty: nothing is brushed
  friend bool operator==(const FrameRow&, const FrameRow&) = default;
};

struct FrameSet {
  QString name;
  std::vector<FrameRow> frames = {};
  QString missing = {};  ///< where it was sought and why it is not open; empty: it is open
};

[[nodiscard]] QString metricTitle(FrameMetric metric);
[[nodiscard]] std::optional<double> metricOf(const FrameRow& row, FrameMetric metric);
/// Whether `a` comes before `b` when the worst comes first; frames without a value come last.
[[nodiscard]] bool isWorse(const FrameRow& a, const FrameRow& b, FrameMetric metric);

/// Sets, and below each its frames.
class FrameModel : public QAbstractItemModel {
  Q_OBJECT

public:
  enum Role { kThumbnailRole = Qt::UserRole + 1, kIsSetRole, kIsMissingRole };

  using QAbstractItemModel::QAbstractItemModel;

  void setSets(std::vector<FrameSet> sets);
  [[nodiscard]] const std::vector<FrameSet>& sets() const { return m_sets; }
  /// New values of one frame; name and place stay.
  void updateFrame(int set, int frame, const FrameRow& row);
  /// New values of all frames of a set, as many as it has.
  void updateFrames(int set, std::vector<FrameRow> rows);
  void setThumbnail(int set, int frame, const QImage& thumbnail);

  [[nodiscard]] const FrameRow* frameAt(const QModelIndex& index) const;  ///< nullptr for a set
  [[nodiscard]] QModelIndex indexOf(int set, int frame) const;
  [[nodiscard]] static bool isSet(const QModelIndex& index) { return index.isValid() && index.internalId() == 0; }
  [[nodiscard]] static int setOf(const QModelIndex& index);
  [[nodiscard]] static QVariant dataOfSet(const FrameSet& set, int role);
  [[nodiscard]] static QString described(const FrameRow& row);

  [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

Q_SIGNALS:
  /// A row came into view without its picture. Said once a frame.
  void thumbnailNeeded(int set, int frame) const;

private:
  std::vector<FrameSet> m_sets;
  std::vector<std::vector<QImage>> m_thumbnails;
  mutable std::unordered_set<quint64> m_asked;
};

}  // namespace oodscope

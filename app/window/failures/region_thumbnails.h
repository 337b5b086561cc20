// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/regions/failures.h"

#include <QHash>
#include <QImage>
#include <QObject>

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace oodscope {

/// A region's surroundings as a small picture.
struct ThumbnailTask {
  std::shared_ptr<const DataSet> set;
  std::size_t frame = 0;
  Box box;  ///< in picture pixels
  FailureKind kind = FailureKind::FalsePositive;
  [[nodiscard]] QString key() const;
};

/// Cuts them out in the background, frame by frame so that each image is decoded once a burst, and keeps the
/// latest few thousand.
class RegionThumbnails : public QObject {
  Q_OBJECT

public:
  explicit RegionThumbnails(QObject* parent = nullptr);
  ~RegionThumbnails() override;

  /// The picture if there is one; else it is asked for and comes with ready().
  [[nodiscard]] QImage find(const ThumbnailTask& task);

Q_SIGNALS:
  void ready(const QString& key, const QImage& picture);

private:
  void ask();
  void makeOne();

  QHash<QString, QImage> m_pictures;
  std::mutex m_mutex;
  std::deque<ThumbnailTask> m_tasks;
  // Of the job alone, which runs once at a time.
  std::pair<const DataSet*, std::size_t> m_decodedOf{nullptr, 0};
  RgbImage m_decoded;
};

/// The box with as much around it again, at the lists' proportions, the box outlined.
[[nodiscard]] QImage regionThumbnail(const RgbImage& image, const Box& box, FailureKind kind);

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <QImage>
#include <QObject>
#include <QString>

#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>

namespace oodscope {

/// What the frame list shows of a frame before anything is scored.
struct FramePreview {
  QImage thumbnail;
  double anomalyShare = 0.0;  ///< of the labelled pixels, 0 … 1
  int objects = 0;            ///< 8-connected anomaly components
  bool hasLabel = false;
  bool isVoid = false;  ///< no pixel of the label says anything
};

/// Makes thumbnails and label badges in the background, newest request first, and keeps them on disk.
class ThumbnailLoader : public QObject {
  Q_OBJECT

public:
  /// `cacheFolder`: where thumbnails are kept between runs; empty: nowhere.
  explicit ThumbnailLoader(std::filesystem::path cacheFolder, QObject* parent = nullptr);
  ~ThumbnailLoader() override;

  void request(const std::shared_ptr<const DataSet>& set, std::size_t frame);

Q_SIGNALS:
  void previewReady(const QString& set, std::size_t frame, const oodscope::FramePreview& preview);

private:
  struct Task {
    std::shared_ptr<const DataSet> set;
    std::size_t frame = 0;
  };
  void ask();
  void makeOne();
  [[nodiscard]] FramePreview make(const Task& task) const;

  std::filesystem::path m_folder;
  std::mutex m_mutex;
  std::deque<Task> m_tasks;
};

}  // namespace oodscope

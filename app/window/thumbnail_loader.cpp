// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/thumbnail_loader.h"

#include "analysis/core/sha256.h"
#include "analysis/imaging/resize.h"
#include "analysis/regions/anomaly_facts.h"
#include "app/desk/job_pool.h"
#include "app/desk/post_to.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kThumbnailWidth = 192;  // twice the widest list row, for high-density screens

QImage thumbnailOf(const RgbImage& image) {
  const int height = std::max(1, kThumbnailWidth * image.height() / std::max(1, image.width()));
  const RgbImage small = resizePilBilinear(image, {kThumbnailWidth, height});
  const QImage view(reinterpret_cast<const uchar*>(small.values().data()), small.width(), small.height(),
                    3 * small.width(), QImage::Format_RGB888);
  return view.copy();
}

}  // namespace

ThumbnailLoader::ThumbnailLoader(std::filesystem::path cacheFolder, QObject* parent)
    : QObject(parent), m_folder(std::move(cacheFolder)) {}

ThumbnailLoader::~ThumbnailLoader() {
  {
    const std::scoped_lock lock(m_mutex);
    m_tasks.clear();
  }
  JobPool::shared().withdraw(this);
}

void ThumbnailLoader::request(const std::shared_ptr<const DataSet>& set, std::size_t frame) {
  {
    const std::scoped_lock lock(m_mutex);
    m_tasks.push_front({set, frame});  // what came into view last is what is looked at
  }
  ask();
}

void ThumbnailLoader::ask() {
  JobPool::shared().submit(this, JobPriority::Exact, [this](const std::stop_token&) { makeOne(); });
}

FramePreview ThumbnailLoader::make(const Task& task) const {
  const Frame& frame = task.set->frames[task.frame];
  FramePreview preview;
  std::filesystem::path kept;
  if (!m_folder.empty()) {
    std::error_code ignored;
    const auto modified = std::filesystem::last_write_time(frame.image, ignored).time_since_epoch().count();
    const auto bytes = std::filesystem::file_size(frame.image, ignored);
    kept = m_folder / (Sha256()
                           .add(std::filesystem::absolute(frame.image).string())
                           .add(std::to_string(modified) + " " + std::to_string(bytes))
                           .hex() +
                       ".jpg");
    preview.thumbnail = QImage(QString::fromStdString(kept.string()));
  }
  try {
    if (preview.thumbnail.isNull()) {
      preview.thumbnail = thumbnailOf(readImage(frame));
      if (!kept.empty()) {
        std::error_code ignored;
        std::filesystem::create_directories(m_folder, ignored);
        const QString temporary = QString::fromStdString(kept.string()) + QStringLiteral(".part");
        if (preview.thumbnail.save(temporary, "JPG", 85))
          std::filesystem::rename(temporary.toStdString(), kept, ignored);
      }
    }
    if (frame.label) {
      const LabelMap label = readLabel(*task.set, frame);
      const AnomalyFacts facts = anomalyFacts(label);
      preview.hasLabel = true;
      preview.isVoid = std::ranges::all_of(label.values(), [](std::uint8_t value) { return value == kVoid; });
      preview.anomalyShare = facts.anomalyShare;
      preview.objects = static_cast<int>(facts.objects);
    }
  } catch (const std::exception&) {
    // The frame itself is reported when it is opened; here it stays without a picture.
  }
  return preview;
}

void ThumbnailLoader::makeOne() {
  Task task;
  bool more = false;
  {
    const std::scoped_lock lock(m_mutex);
    if (m_tasks.empty()) return;
    task = std::move(m_tasks.front());
    m_tasks.pop_front();
    more = !m_tasks.empty();
  }
  const FramePreview preview = make(task);
  const auto due = std::make_shared<JobPool::Due>();
  postTo(this, [this, due, name = QString::fromStdString(task.set->name), frame = task.frame, preview] {
    Q_EMIT previewReady(name, frame, preview);
  });
  if (more) ask();  // one a turn: others of the pool come in between
}

}  // namespace oodscope

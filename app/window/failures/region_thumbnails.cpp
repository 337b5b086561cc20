// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/region_thumbnails.h"

#include "app/desk/job_pool.h"
#include "app/desk/post_to.h"
#include "widgets/theme/tokens.h"

#include <QPainter>

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

constexpr int kWidth = 108, kHeight = 58;  // twice the row's picture, for high-density screens
constexpr int kLeastCrop = 96;             // picture pixels: smaller crops show nothing of the surroundings
constexpr int kKept = 4096;

}  // namespace

QString ThumbnailTask::key() const {
  return QStringLiteral("%1/%2/%3,%4,%5,%6/%7")
      .arg(QString::fromStdString(set->root.string()))
      .arg(frame)
      .arg(box.x)
      .arg(box.y)
      .arg(box.width)
      .arg(box.height)
      .arg(kind == FailureKind::Missed ? 1 : 0);
}

QImage regionThumbnail(const RgbImage& image, const Box& box, FailureKind kind) {
  const QImage whole(reinterpret_cast<const uchar*>(image.values().data()), image.width(), image.height(),
                     3 * image.width(), QImage::Format_RGB888);
  double width = std::max({2.0 * box.width, 2.0 * box.height * kWidth / kHeight, static_cast<double>(kLeastCrop)});
  width = std::min({width, static_cast<double>(image.width()), static_cast<double>(image.height()) * kWidth / kHeight});
  const double height = width * kHeight / kWidth;
  const double left = std::clamp(box.x + 0.5 * box.width - 0.5 * width, 0.0, image.width() - width);
  const double top = std::clamp(box.y + 0.5 * box.height - 0.5 * height, 0.0, image.height() - height);
  const QRect cut(static_cast<int>(left), static_cast<int>(top), std::max(1, static_cast<int>(width)),
                  std::max(1, static_cast<int>(height)));
  QImage out = whole.copy(cut)
                   .scaled(kWidth, kHeight, Qt::IgnoreAspectRatio, Qt::SmoothTransformation)
                   .convertToFormat(QImage::Format_RGB32);
  QPainter painter(&out);
  const double scale = kWidth / width;
  const QRectF outline((box.x - left) * scale, (box.y - top) * scale, box.width * scale, box.height * scale);
  const QRectF shown = outline.intersected(QRectF(out.rect()).adjusted(1, 1, -1, -1));
  const Tokens& colours = tokens(true);
  painter.setPen(QPen(QColor(0, 0, 0, 160), 4));
  painter.drawRect(shown);
  painter.setPen(QPen(kind == FailureKind::Missed ? colours.fn.over : colours.fp.over, 2));
  painter.drawRect(shown);
  return out;
}

RegionThumbnails::RegionThumbnails(QObject* parent) : QObject(parent) {}

RegionThumbnails::~RegionThumbnails() {
  {
    const std::scoped_lock lock(m_mutex);
    m_tasks.clear();
  }
  JobPool::shared().withdraw(this);
}

QImage RegionThumbnails::find(const ThumbnailTask& task) {
  if (const auto found = m_pictures.constFind(task.key()); found != m_pictures.constEnd()) return *found;
  {
    const std::scoped_lock lock(m_mutex);
    m_tasks.push_front(task);  // what came into view last is what is looked at
  }
  ask();
  return {};
}

void RegionThumbnails::ask() {
  JobPool::shared().submit(this, JobPriority::Exact, [this](const std::stop_token&) { makeOne(); });
}

void RegionThumbnails::makeOne() {
  using Place = std::pair<const DataSet*, std::size_t>;
  ThumbnailTask task;
  bool more = false;
  {
    const std::scoped_lock lock(m_mutex);
    if (m_tasks.empty()) return;
    auto next = std::find_if(m_tasks.begin(), m_tasks.end(), [&](const ThumbnailTask& other) {
      return Place(other.set.get(), other.frame) == m_decodedOf;
    });
    if (next == m_tasks.end()) next = m_tasks.begin();
    task = std::move(*next);
    m_tasks.erase(next);
    more = !m_tasks.empty();
  }
  QImage picture;
  try {
    if (m_decodedOf != Place(task.set.get(), task.frame)) {
      m_decodedOf = {nullptr, 0};
      m_decoded = readImage(task.set->frames[task.frame]);
      m_decodedOf = {task.set.get(), task.frame};
    }
    picture = regionThumbnail(m_decoded, task.box, task.kind);
  } catch (const Error&) {
    // The frame itself is reported where it is opened; the row stays without a picture.
  }
  const auto due = std::make_shared<JobPool::Due>();
  postTo(this, [this, due, key = task.key(), picture] {
    if (m_pictures.size() >= kKept) m_pictures.clear();
    m_pictures.insert(key, picture);
    Q_EMIT ready(key, picture);
  });
  if (more) ask();  // one a turn: others of the pool come in between
}

}  // namespace oodscope

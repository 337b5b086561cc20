// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/contours.h"

#include <QLineF>

#include <array>
#include <cmath>

namespace oodscope {
namespace {

enum Heading { kRight, kDown, kLeft, kUp };
constexpr std::array<int, 4> kStepX = {1, 0, -1, 0};
constexpr std::array<int, 4> kStepY = {0, 1, 0, -1};

class Tracer {
public:
  Tracer(const Grid<std::uint8_t>& map, std::uint8_t value)
      : m_map(map), m_value(value), m_topDone(map.size(), std::uint8_t{0}) {}

  std::vector<QPolygonF> run() {
    std::vector<QPolygonF> loops;
    for (int y = 0; y < m_map.height(); ++y) {
      for (int x = 0; x < m_map.width(); ++x) {
        if (inside(x, y) && !inside(x, y - 1) && m_topDone.at(x, y) == 0) loops.push_back(follow(x, y));
      }
    }
    return loops;
  }

private:
  bool inside(int x, int y) const {
    return x >= 0 && y >= 0 && x < m_map.width() && y < m_map.height() && m_map.at(x, y) == m_value;
  }

  // Whether an edge leaves corner (x, y) in `heading`, the inside on its right.
  bool hasEdge(int x, int y, int heading) const {
    switch (heading) {
      case kRight:
        return inside(x, y) && !inside(x, y - 1);
      case kDown:
        return inside(x - 1, y) && !inside(x, y);
      case kLeft:
        return inside(x - 1, y - 1) && !inside(x - 1, y);
      default:
        return inside(x, y - 1) && !inside(x - 1, y - 1);
    }
  }

  QPolygonF follow(int startX, int startY) {
    QPolygonF loop;
    int x = startX;
    int y = startY;
    int heading = kRight;
    loop << QPointF(x, y);
    do {
      if (heading == kRight) m_topDone.at(x, y) = 1;
      x += kStepX[static_cast<std::size_t>(heading)];
      y += kStepY[static_cast<std::size_t>(heading)];
      // At a corner where two pixels touch, turning right first keeps them apart.
      int next = heading;
      for (const int turn : {1, 0, 3}) {
        next = (heading + turn) % 4;
        if (hasEdge(x, y, next)) break;
      }
      if (next != heading && !(x == startX && y == startY && next == kRight)) loop << QPointF(x, y);
      heading = next;
    } while (!(x == startX && y == startY && heading == kRight));
    return loop;
  }

  const Grid<std::uint8_t>& m_map;
  std::uint8_t m_value;
  Grid<std::uint8_t> m_topDone;
};

double distanceToSegment(QPointF p, QPointF a, QPointF b) {
  const QPointF along = b - a;
  const double length2 = QPointF::dotProduct(along, along);
  if (length2 <= 0) return std::hypot(p.x() - a.x(), p.y() - a.y());
  const double t = std::clamp(QPointF::dotProduct(p - a, along) / length2, 0.0, 1.0);
  const QPointF foot = a + along * t;
  return std::hypot(p.x() - foot.x(), p.y() - foot.y());
}

QPolygonF thinned(const QPolygonF& loop, double tolerance) {
  const int n = static_cast<int>(loop.size());
  if (n < 4) return loop;
  std::vector<char> keep(static_cast<std::size_t>(n) + 1, 0);
  const auto at = [&](int i) { return loop[i % n]; };
  int far = 0;  // the two ends of the first cut: point 0 and the one farthest from it
  double farthest = -1;
  for (int i = 1; i < n; ++i) {
    const double d = QLineF(loop[0], loop[i]).length();
    if (d > farthest) {
      farthest = d;
      far = i;
    }
  }
  keep[0] = keep[static_cast<std::size_t>(far)] = 1;
  std::vector<std::pair<int, int>> open = {{0, far}, {far, n}};
  while (!open.empty()) {
    const auto [first, last] = open.back();
    open.pop_back();
    int worst = -1;
    double most = tolerance;
    for (int i = first + 1; i < last; ++i) {
      const double d = distanceToSegment(loop[i], at(first), at(last));
      if (d > most) {
        most = d;
        worst = i;
      }
    }
    if (worst < 0) continue;
    keep[static_cast<std::size_t>(worst)] = 1;
    open.emplace_back(first, worst);
    open.emplace_back(worst, last);
  }
  QPolygonF thin;
  for (int i = 0; i < n; ++i) {
    if (keep[static_cast<std::size_t>(i)] != 0) thin << loop[i];
  }
  return thin;
}

}  // namespace

std::vector<QPolygonF> outlines(const Grid<std::uint8_t>& map, std::uint8_t value) { return Tracer(map, value).run(); }

std::vector<QPolygonF> simplified(const std::vector<QPolygonF>& outlines, double tolerance) {
  std::vector<QPolygonF> thin;
  for (const QPolygonF& loop : outlines) {
    QPolygonF less = thinned(loop, tolerance);
    if (less.size() >= 3) thin.push_back(std::move(less));
  }
  return thin;
}

QPolygonF movedOutwards(const QPolygonF& loop, double distance) {
  constexpr double kSharp = 0.3;  // of 1 + cosine between the sides' normals
  QPolygonF corners;
  for (const QPointF& point : loop)
    if (corners.isEmpty() || QLineF(corners.last(), point).length() > 1e-9) corners << point;
  if (corners.size() > 1 && QLineF(corners.first(), corners.last()).length() < 1e-9) corners.removeLast();
  const qsizetype count = corners.size();
  if (count < 3) return corners;
  const auto normal = [&](qsizetype from) {  // the inside is on the right
    const QPointF along = corners[(from + 1) % count] - corners[from];
    return QPointF(along.y(), -along.x()) / std::hypot(along.x(), along.y());
  };
  QPolygonF out;
  for (qsizetype i = 0; i < count; ++i) {
    const QPointF before = normal((i + count - 1) % count), after = normal(i);
    const double bend = 1.0 + QPointF::dotProduct(before, after);
    if (bend > kSharp)
      out << corners[i] + (before + after) * (distance / bend);
    else
      out << corners[i] + before * distance << corners[i] + after * distance;
  }
  return out;
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/scene.h"

#include "widgets/scene3d/scene_parts.inl.h"

#include <QFontMetricsF>
#include <QPainter>

#include <vtkCamera.h>
#include <vtkMatrix4x4.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace oodscope {
namespace {

constexpr double kLowest = -5, kHighest = 88;           // degrees of elevation
constexpr double kLabelLines = 3.0, kLabelWidth = 5.5;  // room around the scene, in heights of the font
constexpr double kTitleBelow = 1.3, kTitleAside = 3.2;  // a title's distance from the ticks, the same
constexpr double kLabelGap = 0.35;                      // between a tick and its text, the same

ScenePoint operator-(const ScenePoint& a, const ScenePoint& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }
double dot(const ScenePoint& a, const ScenePoint& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }
ScenePoint cross(const ScenePoint& a, const ScenePoint& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
ScenePoint unit(const ScenePoint& a) {
  const double length = std::sqrt(dot(a, a));
  return {a[0] / length, a[1] / length, a[2] / length};
}

/// Axes of the view: right, up, and from the scene to the eye.
struct ViewAxes {
  explicit ViewAxes(const ScenePoint& toEye)
      : back(unit(toEye)), right(unit(cross({0, 0, 1}, back))), up(cross(back, right)) {}
  ScenePoint back, right, up;
};

vtkNew<vtkMatrix4x4> worldToView(vtkCamera* camera, double aspect) {
  vtkNew<vtkMatrix4x4> matrix;
  matrix->DeepCopy(camera->GetCompositeProjectionTransformMatrix(aspect, -1, 1));
  return matrix;
}

double tanHalf(vtkCamera* camera) { return std::tan(camera->GetViewAngle() * std::numbers::pi / 360); }

}  // namespace

Scene3D::Scene3D() : m_parts(std::make_unique<Parts>()) { m_parts->renderer->GetActiveCamera()->SetViewUp(0, 0, 1); }
Scene3D::~Scene3D() = default;

void Scene3D::setTokens(const Tokens& tokens) {
  const QColor back = tokens.plot;
  m_parts->renderer->SetBackground(static_cast<double>(back.redF()), static_cast<double>(back.greenF()),
                                   static_cast<double>(back.blueF()));
  m_parts->background = back;
  m_parts->text = tokens.text2;
  m_parts->title = tokens.text;
  m_parts->mark = tokens.focus;
  restyle(tokens);
  if (changed) changed();
}

void Scene3D::setViewport(QSizeF size, double fontHeight) {
  if (size.isEmpty() || (size == m_parts->viewport && fontHeight == m_parts->fontHeight)) return;
  m_parts->viewport = size;
  m_parts->fontHeight = fontHeight;
  if (!m_parts->moved) fit();
}

void Scene3D::resetCamera() {
  m_parts->moved = false;
  fit();
  if (changed) changed();
}

void Scene3D::notify() {
  m_parts->hasData = true;
  if (!m_parts->moved) fit();
  if (changed) changed();
}

// The nearest eye on the usual line of sight for which every corner of the box is in view, the picture centred.
void Scene3D::fit() {
  const SceneBox& box = m_parts->box;
  const ViewAxes axes(m_parts->viewFrom);
  const QSizeF view = m_parts->viewport;
  const double share = 2 * m_parts->fontHeight;
  vtkCamera* camera = m_parts->renderer->GetActiveCamera();
  const double tanV = tanHalf(camera) * std::max(0.4, 1 - kLabelLines * share / view.height());
  const double tanH =
      tanHalf(camera) * view.width() / view.height() * std::max(0.4, 1 - kLabelWidth * share / view.width());
  ScenePoint focus{};
  for (std::size_t i = 0; i < 3; ++i) focus[i] = (box.low[i] + box.high[i]) / 2;
  double distance = 0;
  for (int round = 0; round < 8; ++round) {
    distance = 0;
    std::array<std::array<double, 3>, 8> seen{};
    for (unsigned corner = 0; corner < 8; ++corner) {
      const ScenePoint at{(corner & 1U) != 0 ? box.high[0] : box.low[0], (corner & 2U) != 0 ? box.high[1] : box.low[1],
                          (corner & 4U) != 0 ? box.high[2] : box.low[2]};
      const ScenePoint v = at - focus;
      seen[corner] = {dot(v, axes.right), dot(v, axes.up), dot(v, axes.back)};
      distance = std::max({distance, std::abs(seen[corner][0]) / tanH + seen[corner][2],
                           std::abs(seen[corner][1]) / tanV + seen[corner][2]});
    }
    double left = 0, right = 0, bottom = 0, top = 0;
    for (const auto& [x, y, z] : seen) {
      const double px = x / (distance - z), py = y / (distance - z);
      left = std::min(left, px), right = std::max(right, px);
      bottom = std::min(bottom, py), top = std::max(top, py);
    }
    for (std::size_t i = 0; i < 3; ++i)
      focus[i] += distance * ((left + right) / 2 * axes.right[i] + (bottom + top) / 2 * axes.up[i]);
  }
  camera->SetFocalPoint(focus.data());
  camera->SetPosition(focus[0] + distance * axes.back[0], focus[1] + distance * axes.back[1],
                      focus[2] + distance * axes.back[2]);
  camera->SetViewUp(0, 0, 1);
}

void Scene3D::orbit(double degreesRight, double degreesUp) {
  m_parts->moved = true;
  vtkCamera* camera = m_parts->renderer->GetActiveCamera();
  ScenePoint toEye{};
  camera->GetDirectionOfProjection(toEye.data());
  const double now = -std::asin(std::clamp(toEye[2], -1.0, 1.0)) * 180 / std::numbers::pi;
  camera->Azimuth(-degreesRight);
  camera->Elevation(std::clamp(now + degreesUp, kLowest, kHighest) - now);
  if (changed) changed();
}

void Scene3D::pan(QPointF viewportHeights) {
  m_parts->moved = true;
  vtkCamera* camera = m_parts->renderer->GetActiveCamera();
  ScenePoint along{}, focus{}, eye{};
  camera->GetDirectionOfProjection(along.data());
  camera->GetFocalPoint(focus.data());
  camera->GetPosition(eye.data());
  const ViewAxes axes({-along[0], -along[1], -along[2]});
  const double unitLength = 2 * camera->GetDistance() * tanHalf(camera);
  for (std::size_t i = 0; i < 3; ++i) {
    const double step = unitLength * (viewportHeights.y() * axes.up[i] - viewportHeights.x() * axes.right[i]);
    focus[i] += step;
    eye[i] += step;
  }
  camera->SetFocalPoint(focus.data());
  camera->SetPosition(eye.data());
  if (changed) changed();
}

void Scene3D::zoom(double factor) {
  m_parts->moved = true;
  vtkCamera* camera = m_parts->renderer->GetActiveCamera();
  const ScenePoint diagonal = m_parts->box.high - m_parts->box.low;
  const double size = std::sqrt(dot(diagonal, diagonal));
  camera->Dolly(camera->GetDistance() / std::clamp(camera->GetDistance() / factor, 0.02 * size, 20 * size));
  if (changed) changed();
}

std::optional<QPointF> Scene3D::meaningAt(QPointF place) const {
  if (!m_parts->hasData) return {};
  const QSizeF view = m_parts->viewport;
  vtkNew<vtkMatrix4x4> inverse;
  const auto matrix = worldToView(m_parts->renderer->GetActiveCamera(), view.width() / view.height());
  vtkMatrix4x4::Invert(matrix, inverse);
  const auto world = [&](double depth) {
    const double in[4] = {2 * place.x() / view.width() - 1, 1 - 2 * place.y() / view.height(), depth, 1};
    double out[4];
    inverse->MultiplyPoint(in, out);
    return ScenePoint{out[0] / out[3], out[1] / out[3], out[2] / out[3]};
  };
  const ScenePoint from = world(-1);
  const auto met = hit(from, unit(world(1) - from));
  return met ? meaningOf(*met) : std::nullopt;
}

QPointF Scene3D::placeOf(const ScenePoint& point) const {
  const QSizeF view = m_parts->viewport;
  const double in[4] = {point[0], point[1], point[2], 1};
  double out[4];
  worldToView(m_parts->renderer->GetActiveCamera(), view.width() / view.height())->MultiplyPoint(in, out);
  return {(out[0] / out[3] + 1) / 2 * view.width(), (1 - out[1] / out[3]) / 2 * view.height()};
}

void Scene3D::paintLabels(QPainter& painter, const QFont& font) const {
  if (!m_parts->hasData) return;
  const QFontMetricsF metrics(font, painter.device());
  const double gap = kLabelGap * metrics.height();
  painter.save();
  painter.setFont(font);
  for (const SceneLabel& label : labels()) {
    const QPointF at = placeOf(label.at);
    QPointF away = at - placeOf(label.from);
    const double length = std::hypot(away.x(), away.y());
    away = length > 1e-9 ? away / length : QPointF(0, 1);
    const QSizeF size(metrics.horizontalAdvance(label.text), metrics.height());
    const QPointF beyondTicks = label.kind == SceneLabel::Kind::Title
                                    ? QPointF(away.x() * kTitleAside, away.y() * kTitleBelow) * metrics.height()
                                    : QPointF();
    // The text's rectangle touches the point with the side that faces it.
    const QPointF centre =
        at + beyondTicks + away * gap + QPointF(away.x() * size.width() / 2, away.y() * size.height() / 2);
    QColor veil = m_parts->background;
    veil.setAlphaF(0.7F);
    painter.fillRect(QRectF(centre - QPointF(size.width(), size.height()) / 2, size), veil);
    painter.setPen(label.kind == SceneLabel::Kind::Mark    ? m_parts->mark
                   : label.kind == SceneLabel::Kind::Title ? m_parts->title
                                                           : m_parts->text);
    painter.drawText(QPointF(centre.x() - size.width() / 2, centre.y() - size.height() / 2 + metrics.ascent()),
                     label.text);
  }
  painter.restore();
  paintLegend(painter, font);
}

void Scene3D::paintLegend(QPainter& painter, const QFont& font) const {
  const QFontMetricsF metrics(font, painter.device());
  const double line = 1.25 * metrics.height(), gap = 0.4 * metrics.height(), bar = 5 * metrics.height();
  QColor veil = m_parts->background;
  veil.setAlphaF(0.8F);
  painter.save();
  painter.setFont(font);
  double y = gap;
  const auto text = [&](double x, const QString& what) {
    const double width = metrics.horizontalAdvance(what);
    painter.setPen(m_parts->title);
    painter.drawText(QPointF(x, y + (line - metrics.height()) / 2 + metrics.ascent()), what);
    return x + width;
  };
  for (const SceneLegendEntry& entry : legend()) {
    const QString name = metrics.elidedText(entry.text, Qt::ElideRight, m_parts->viewport.width() - 4 * gap - line);
    double width = metrics.horizontalAdvance(name) + (entry.scale ? bar + 3 * gap : line);
    if (entry.scale) width += metrics.horizontalAdvance(entry.low) + metrics.horizontalAdvance(entry.high);
    painter.fillRect(QRectF(0, y, width + 2 * gap, line), veil);
    if (entry.scale) {
      const double low = text(text(gap, name) + gap, entry.low);
      QImage colours(kColourCount, 1, QImage::Format_RGB32);
      for (int i = 0; i < kColourCount; ++i) colours.setPixel(i, 0, (*entry.scale)[static_cast<std::size_t>(i)]);
      painter.drawImage(QRectF(low + gap, y + 0.25 * line, bar, 0.5 * line), colours);
      text(low + bar + 2 * gap, entry.high);
    } else {
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(entry.outline, 0.11 * metrics.height()));
      painter.drawRect(QRectF(gap, y + 0.25 * line, 0.65 * line, 0.5 * line));
      text(gap + line, name);
    }
    y += line;
  }
  painter.restore();
}

}  // namespace oodscope

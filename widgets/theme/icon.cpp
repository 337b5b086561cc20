// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/icon.h"

#include "widgets/theme/tokens.h"

#include <QApplication>
#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <QWidget>

#include <cmath>

// Outside any namespace, as the macro demands: a static library's resources are not found otherwise.
static void initialiseIcons() { Q_INIT_RESOURCE(icons); }

namespace oodscope {
namespace {

QByteArray svgOf(const QString& name) {
  static QHash<QString, QByteArray> known;
  const auto found = known.constFind(name);
  if (found != known.constEnd()) return *found;
  initialiseIcons();
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  QByteArray svg;
  if (file.open(QIODevice::ReadOnly))
    svg = file.readAll();
  else
    qWarning("no icon named %s", qPrintable(name));
  known.insert(name, svg);
  return svg;
}

class TintedEngine : public QIconEngine {
public:
  explicit TintedEngine(QString name) : m_name(std::move(name)) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override {
    const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
    painter->drawPixmap(rect, scaledPixmap(rect.size() * ratio, mode, state, 1.0));
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    return scaledPixmap(size, mode, state, 1.0);
  }
  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal) override {
    const QPalette palette = QApplication::palette();
    QColor colour = palette.color(QPalette::Active, QPalette::ButtonText);
    if (mode == QIcon::Disabled) colour = disabledColour(colour);
    return iconPixmap(m_name, colour, std::min(size.width(), size.height()));
  }
  [[nodiscard]] QIconEngine* clone() const override { return new TintedEngine(*this); }
  QString key() const override { return QStringLiteral("oodscope"); }
  QString iconName() override { return m_name; }
  bool isNull() override { return svgOf(m_name).isEmpty(); }
  QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override { return size; }

private:
  QString m_name;
};

}  // namespace

QIcon icon(const QString& name) {
  if (svgOf(name).isEmpty()) return {};
  return QIcon(new TintedEngine(name));
}

QPixmap iconPixmap(const QString& name, const QColor& colour, int size, qreal devicePixelRatio) {
  const int pixels = std::max(1, static_cast<int>(std::lround(size * devicePixelRatio)));
  const QString key = QStringLiteral("oodscope-icon-%1-%2-%3").arg(name, colour.name(QColor::HexArgb)).arg(pixels);
  QPixmap pixmap;
  if (!QPixmapCache::find(key, &pixmap)) {
    QByteArray svg = svgOf(name);
    svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    pixmap = QPixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setOpacity(static_cast<qreal>(colour.alphaF()));
    QSvgRenderer(svg).render(&painter);
    painter.end();
    QPixmapCache::insert(key, pixmap);
  }
  pixmap.setDevicePixelRatio(devicePixelRatio);
  return pixmap;
}

void nameControl(QWidget* control, const QString& name, const QString& shortcut) {
  control->setAccessibleName(name);
  control->setToolTip(shortcut.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name, shortcut));
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/view_menus.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "app/desk/desk.h"
#include "app/figures/figure_writer.h"
#include "app/figures/plot_data.h"
#include "app/window/notices.h"
#include "app/window/presenters.h"
#include "app/window/region_at.h"
#include "app/window/settings.h"
#include "widgets/plots/confusion_plot.h"
#include "widgets/plots/plot_widget.h"
#include "widgets/plots/transfer_matrix_plot.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"
#include "widgets/views/view_grid.h"

#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QMenu>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kPointsPerInchOfPictures = 72.0;

/// An entry; where `reason` is not empty it is disabled and says so.
template <class Slot>
QAction* addEntry(QMenu& menu, const QString& picture, const QString& text, const QString& reason, Slot slot) {
  menu.setToolTipsVisible(true);
  QAction* action = menu.addAction(picture.isEmpty() ? QIcon() : icon(picture), text, &menu, slot);
  action->setEnabled(reason.isEmpty());
  action->setToolTip(reason);
  return action;
}

using Render = std::function<void(QPainter&, const QRectF&, const RenderOptions&)>;

/// Something drawn in the window as a document shows it.
class DrawnOnPaper : public Figure {
public:
  DrawnOnPaper(QString title, QSize size, Render render)
      : m_title(std::move(title)), m_size(size), m_render(std::move(render)) {}
  [[nodiscard]] QString title() const override { return m_title; }
  [[nodiscard]] QString caption() const override { return {}; }
  [[nodiscard]] double heightFor(double width, double) const override {
    return width * m_size.height() / std::max(1, m_size.width());
  }
  void draw(QPainter& painter, const QRectF& area, const RenderOptions& options) override {
    m_render(painter, area, options);
  }
  [[nodiscard]] QByteArray csv() const override { return {}; }

private:
  QString m_title;
  QSize m_size;
  Render m_render;
};

/// A name that every file system takes.
QString fileName(QString name) {
  for (QChar& sign : name)
    if (!sign.isLetterOrNumber() && sign != QLatin1Char('-') && sign != QLatin1Char('.')) sign = QLatin1Char('_');
  return name;
}

void copyText(const QString& text) { QGuiApplication::clipboard()->setText(text); }

QString labelText(PixelLabel label) {
  switch (label) {
    case PixelLabel::Normal:
      return ViewMenus::tr("normal");
    case PixelLabel::Anomaly:
      return ViewMenus::tr("anomaly");
    case PixelLabel::Void:
      return ViewMenus::tr("void");
    case PixelLabel::Unknown:
      break;
  }
  return ViewMenus::tr("withheld");
}

}  // namespace

/// What the menu of a plot, or of something like one, is made of.
struct ViewMenus::Drawn {
  QWidget* widget;
  QString title;
  bool isEmpty;
  QString data, value;  ///< to be copied
  Render render;
};

ViewMenus::ViewMenus(Desk& desk, ViewGrid& views, Notices& notices, QWidget& window)
    : QObject(&window),
      m_desk(desk),
      m_views(views),
      m_notices(notices),
      m_window(window),
      m_askFile([this](const QString& title, const QString& proposal, const QString& filter) {
        return QFileDialog::getSaveFileName(&m_window, title, proposal, filter);
      }) {
  connect(&views, &ViewGrid::menuRequested, this, [this](int pane, QPointF at, QPointF global) {
    popUp(global.toPoint(), [&](QMenu& menu) { fillViewMenu(menu, pane, at); });
  });
  for (PlotWidget* plot : window.findChildren<PlotWidget*>())
    connect(plot, &PlotWidget::menuRequested, this, [this, plot](QPoint at) {
      popUp(plot->mapToGlobal(at), [&](QMenu& menu) { fillPlotMenu(menu, *plot, at); });
    });
  for (ConfusionPlot* plot : window.findChildren<ConfusionPlot*>())
    connect(plot, &ConfusionPlot::menuRequested, this, [this, plot](QPoint at) {
      popUp(plot->mapToGlobal(at), [&](QMenu& menu) { fillConfusionMenu(menu, *plot, at); });
    });
  for (TransferMatrixPlot* matrix : window.findChildren<TransferMatrixPlot*>())
    connect(matrix, &TransferMatrixPlot::menuRequested, this, [this, matrix](QPoint at) {
      popUp(matrix->mapToGlobal(at), [&](QMenu& menu) { fillMatrixMenu(menu, *matrix, at); });
    });
}

void ViewMenus::popUp(const QPoint& globalPoint, const std::function<void(QMenu&)>& fill) {
  auto* menu = new QMenu(&m_window);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->setAccessibleName(tr("Context menu"));
  fill(*menu);
  menu->popup(globalPoint);
}

void ViewMenus::fillViewMenu(QMenu& menu, int pane, QPointF at) {
  addPictures(menu, pane);
  menu.addSeparator();
  addReadings(menu, pane, at);
  menu.addSeparator();
  addZooms(menu, pane, at);
}

void ViewMenus::addPictures(QMenu& menu, int pane) {
  const bool any = m_views.view(pane)->layers().size().area() > 0;
  const QString reason = any ? QString() : tr("There is no picture yet");
  addEntry(menu, QStringLiteral("copy"), tr("&Copy the picture"), reason,
           [this, pane] { QGuiApplication::clipboard()->setImage(picture(pane)); });
  addEntry(menu, QStringLiteral("save"), tr("&Save the picture as…"), reason, [this, pane] { saveView(pane); });
}

void ViewMenus::addReadings(QMenu& menu, int pane, QPointF at) {
  const QString value = valueText(at);
  addEntry(menu, {}, tr("Copy the &value"), value.isEmpty() ? tr("The mouse is not over the picture") : QString(),
           [value] { copyText(value); });
  const QString reason = noThresholdReason(pane, at);
  const auto& run = m_desk.run.picture();
  const auto score = run ? scoreAt(*run, at) : std::nullopt;
  const bool comparing = m_desk.session.view().other.has_value();
  QString text = comparing ? tr("Set A's &threshold here") : tr("Set the &threshold here");
  if (reason.isEmpty()) text += QStringLiteral(" (δ %1)").arg(numberText(static_cast<double>(*score), 3));
  addEntry(menu, {}, text, reason,
           [this, score] { m_desk.session.edit(edits::setThreshold(static_cast<double>(*score))); });
}

void ViewMenus::addZooms(QMenu& menu, int pane, QPointF at) {
  const bool any = m_views.view(pane)->layers().size().area() > 0;
  const QString reason = any ? QString() : tr("There is no picture yet");
  const auto& shown = m_desk.run.picture();
  const auto region = shown ? regionAt(*shown, m_desk.run.threshold(), at) : std::nullopt;
  addEntry(menu, QStringLiteral("zoom_region"), tr("&Zoom to the region here"),
           region ? QString() : tr("Neither an anomaly nor a predicted region is here"),
           [this, region] { m_views.zoomToRegion(*region); });
  addEntry(menu, QStringLiteral("fit"), tr("&Fit"), reason, [this] { m_views.fit(); });
  addEntry(menu, {}, tr("&100 %"), reason, [this] { m_views.oneToOne(); });
}

QString ViewMenus::noThresholdReason(int pane, QPointF at) const {
  const auto& shown = m_desk.run.picture();
  if (!shown || !shown->scores) return tr("The frame is not scored yet");
  const auto& scores = m_views.view(pane)->layers().scores;
  const bool isOther = scores && scores != shown->scores && !m_desk.session.view().other;
  if (isOther) return tr("The scores here are another method's: choose that method first");
  return scoreAt(*shown, at) ? QString() : tr("There is no finite score under the mouse");
}

QString ViewMenus::valueText(QPointF at) const {
  const auto& shown = m_desk.run.picture();
  if (!shown || !shown->decoded.image) return {};
  const Size size = shown->decoded.image->size();
  if (!QRectF(0, 0, size.width, size.height).contains(at)) return {};
  const auto live = m_desk.run.liveSet();
  const std::vector<std::string> names = live ? live->source().classNames() : std::vector<std::string>();
  const auto counts = m_desk.run.counts();
  const CursorView view = cursorView(*shown, at, m_desk.run.threshold(), counts.get(), names);
  QStringList lines{QStringLiteral("%1 / %2").arg(shown->set, QString::fromStdString(m_desk.session.view().frame)),
                    tr("x %1, y %2").arg(static_cast<int>(at.x())).arg(static_cast<int>(at.y()))};
  const QString score = view.score ? QString::number(*view.score, 'g', 9) : view.scoreReason;
  lines << (shown->configuration ? tr("score %1 (%2)").arg(score, configurationTitle(*shown->configuration))
                                 : tr("score: %1").arg(score));
  constexpr double kPercentOfRank = 100.0;
  if (view.rank) lines << tr("rank in the set %1 %").arg(numberText(kPercentOfRank * *view.rank, 2));
  lines << tr("ground truth %1").arg(labelText(view.label));
  if (!view.predictedClass.isEmpty()) lines << tr("predicted class %1").arg(view.predictedClass);
  return lines.join(QLatin1Char('\n'));
}

QImage ViewMenus::picture(int pane) const {
  const ImageView& view = *m_views.view(pane);
  const Size size = view.layers().size();
  const QRectF whole(0, 0, size.width, size.height);
  const QRectF part =
      QRectF(QRectF(view.pictureAt({0, 0}), view.pictureAt(QPointF(view.width(), view.height()))).intersected(whole))
          .toAlignedRect();
  if (part.isEmpty()) return {};
  QImage image(part.size().toSize(), QImage::Format_RGB32);
  image.fill(tokensFor(&view).view);
  QPainter painter(&image);
  RenderOptions options;
  options.rasterDpi = kPointsPerInchOfPictures;  // a pixel of the picture a pixel
  options.dark = tokensFor(&view).dark;
  view.renderPart(painter, QRectF(QPointF(0, 0), part.size()), part, options);
  return image;
}

void ViewMenus::saveView(int pane) {
  const QString name = fileName(QString::fromStdString(m_desk.session.view().frame) + QLatin1Char('_') +
                                m_views.view(pane)->accessibleName());
  QString file = m_askFile(tr("Save the picture"), lastFolder() + QLatin1Char('/') + name + QStringLiteral(".png"),
                           tr("PNG (*.png)"));
  if (file.isEmpty()) return;
  if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".png");
  save(file, [this, pane, file] { writePicture(picture(pane), file); });
}

void ViewMenus::saveDrawn(const Drawn& drawn) {
  QStringList filters;
  for (const FigureFormat& format : figureFormats()) filters << figureFilter(format);
  std::ranges::reverse(filters);  // the picture first
  QString file =
      m_askFile(tr("Save the plot"), lastFolder() + QLatin1Char('/') + fileName(drawn.title) + QStringLiteral(".png"),
                filters.join(QStringLiteral(";;")));
  if (file.isEmpty()) return;
  if (QFileInfo(file).suffix().isEmpty()) file += QStringLiteral(".png");
  save(file, [&drawn, file] {
    const QString ending = QFileInfo(file).suffix().toLower();
    const auto& formats = figureFormats();
    const auto format = std::ranges::find(formats, ending, &FigureFormat::ending);
    if (format == formats.end())
      throw Error(ErrorParts{.what = "no picture format has this ending",
                             .expected = figureFormatNames().toStdString(),
                             .found = ending.toStdString(),
                             .file = file.toStdString()});
    DrawnOnPaper figure(drawn.title, drawn.widget->size(), drawn.render);
    constexpr double kPixelsPerInch = 96.0;
    FigureStyle style;
    style.widthInches = drawn.widget->width() / kPixelsPerInch;
    const QByteArray bytes = format->write(figure, style);
    writeFileAtomically(file.toStdString(), std::string_view(bytes.data(), static_cast<std::size_t>(bytes.size())));
  });
}

void ViewMenus::save(const QString& file, const std::function<void()>& write) {
  try {
    write();
    rememberFolder(QFileInfo(file).absolutePath());
    m_notices.tell(Severity::Info, tr("Saved %1.").arg(QFileInfo(file).fileName()), file);
  } catch (const Error& error) {
    m_notices.tell(Severity::Error, QString::fromUtf8(error.what()), file);
  }
}

void ViewMenus::addCopies(QMenu& menu, const Drawn& drawn) {
  const QString empty = drawn.isEmpty ? tr("The plot is empty") : QString();
  addEntry(menu, QStringLiteral("copy"), tr("&Copy the picture"), empty,
           [widget = drawn.widget] { QGuiApplication::clipboard()->setImage(widget->grab().toImage()); });
  addEntry(menu, QStringLiteral("save"), tr("&Save the picture as…"), empty, [this, drawn] { saveDrawn(drawn); });
  addEntry(menu, {}, tr("Copy the &data"), drawn.data.isEmpty() ? tr("The plot holds no data") : QString(),
           [data = drawn.data] { copyText(data); });
  menu.addSeparator();
  addEntry(menu, {}, tr("Copy the &value"), drawn.value.isEmpty() ? tr("Nothing is drawn under the mouse") : QString(),
           [value = drawn.value] { copyText(value); });
}

void ViewMenus::fillPlotMenu(QMenu& menu, PlotWidget& plot, QPointF at) {
  addCopies(menu, {&plot, plot.title(), plot.isEmpty(), plot.dataText(), plot.textAt(at),
                   [&plot](QPainter& painter, const QRectF& area, const RenderOptions& options) {
                     plot.render(painter, area, options);
                   }});
  const auto threshold = plot.thresholdAt(at);
  QString text = tr("Set the &threshold here");
  if (threshold) text += QStringLiteral(" (δ %1)").arg(numberText(*threshold, 3));
  addEntry(menu, {}, text, threshold ? QString() : tr("No threshold is drawn in this plot"),
           [&plot, at] { plot.takeThreshold(at); });
  menu.addSeparator();
  addEntry(menu, QStringLiteral("fit"), tr("Show &all of it"), plot.isEmpty() ? tr("The plot is empty") : QString(),
           [&plot] { plot.resetZoom(); });
}

void ViewMenus::fillConfusionMenu(QMenu& menu, ConfusionPlot& plot, QPointF at) {
  addCopies(menu, {&plot, plot.title(), plot.isEmpty(), plot.dataText(), plot.textAt(at),
                   [&plot](QPainter& painter, const QRectF& area, const RenderOptions& options) {
                     plot.render(painter, area, options);
                   }});
}

void ViewMenus::fillMatrixMenu(QMenu& menu, TransferMatrixPlot& matrix, QPointF at) {
  addCopies(menu, {&matrix, matrix.title(), matrix.isEmpty(), matrix.dataText(), matrix.textAt(at),
                   [&matrix](QPainter& painter, const QRectF& area, const RenderOptions& options) {
                     matrix.render(painter, area, options);
                   }});
  const auto place = matrix.cellAt(at);
  const auto threshold = place ? matrix.cell(*place).threshold : std::nullopt;
  const bool isUsable = threshold && std::isfinite(*threshold);
  QString text = tr("Set the &threshold of this row");
  if (isUsable) text += QStringLiteral(" (δ %1)").arg(numberText(*threshold, 3));
  addEntry(menu, {}, text, isUsable ? QString() : tr("The rule gives no threshold here"),
           [&matrix, place] { Q_EMIT matrix.cellClicked(place->first, place->second); });
}

}  // namespace oodscope

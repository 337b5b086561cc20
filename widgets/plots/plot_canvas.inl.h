// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/qcustomplot.inl.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"
#include "widgets/views/render_options.h"

#include <QElapsedTimer>
#include <QTimer>

#include <functional>
#include <optional>
#include <vector>

namespace oodscope {

inline constexpr double kLegendPad = 0.4;  ///< around a document's legend within the frame, in heights of a line
inline constexpr double kPercent = 100;    ///< axes count in percent what data count from 0 to 1

class DocumentLegend;

/// A piece of the line above the frame, and of a document's legend.
struct HeaderSpan {
  QString text;
  QColor colour = {};       ///< text2 where invalid
  QColor chip = {};         ///< a square before the text where valid
  QPen sample = Qt::NoPen;  ///< documents: a stroke before the text
  QString name = {};        ///< documents: what the text is of
};

/// What a plot of several runs says of one of them below its frame.
struct LegendSpan {
  QString text;
  QPen stroke;
};
class LegendElement;

/// A QCustomPlot dressed as the design wants it, with gestures sorted out: what a mouse does is told by the callbacks
/// in pixels of the plot. Markers are on a buffered layer of their own: markersChanged() repaints nothing else. However
/// often values come, a plot is drawn once a screen frame, and not at all while it is hidden.
class PlotCanvas {
public:
  explicit PlotCanvas(QWidget* owner);

  QCustomPlot* plot = nullptr;  ///< owned by the widget
  QString title;
  std::vector<HeaderSpan> values;  ///< right of the header line
  QString emptyHeading, emptySentence;
  bool empty = true;
  QCPRange homeX{0, 1}, homeY{0, 1};

  std::function<void(QCPPainter&)> drawContent;  ///< on the main layer, above graphs
  std::function<void(QCPPainter&)> drawMarkers;  ///< on the marker layer
  std::function<bool(QPointF)> canGrab;          ///< whether there is something to drag at a point
  std::function<void(QPointF)> onDrag;
  std::function<void()> onDrop;
  std::function<void(QPointF)> onClick;
  std::function<void(std::optional<QPointF>)> onHover;  ///< empty: left
  std::function<void(QPointF, QPointF)> onBrush;        ///< Shift+drag, at release

  [[nodiscard]] const Tokens& tokens() const { return *m_tokens; }
  [[nodiscard]] QFont font() const { return m_font; }  ///< captions: axes, marks
  [[nodiscard]] QFont titleFace() const { return m_titleFont; }
  [[nodiscard]] QCPAxisRect* frame() const { return plot->axisRect(); }
  [[nodiscard]] QPointF pixel(double x, double y) const;
  /// How the document that is being drawn wants it; null on the screen.
  [[nodiscard]] const RenderOptions* document() const { return m_document ? &*m_document : nullptr; }
  /// What the legend of a document covers of the frame; empty where it stands outside.
  [[nodiscard]] QRectF legendBox() const;
  /// Of a text in the canvas's face.
  [[nodiscard]] QSizeF textSize(const QString& text, bool bold = false) const;
  [[nodiscard]] QPointF coordinate(QPointF pixel) const;

  /// Below the frame on the screen; documents draw theirs from `values`.
  void setLegend(std::vector<LegendSpan> legend);
  [[nodiscard]] const std::vector<LegendSpan>& legend() const { return m_legend; }

  void setTheme(const Tokens& tokens, const QFont& base);
  void setHome(QCPRange x, QCPRange y);
  void resetZoom();
  void changed();         ///< repaints everything with the next screen frame
  void markersChanged();  ///< repaints the marker layer with the next screen frame
  void leave();           ///< the mouse points at nothing here any more
  void repaintDue();      ///< what is noted, now; for a plot that comes into sight
  /// A graph that thins its line to what the frame's pixels can show. Owned by the plot.
  [[nodiscard]] QCPGraph* addGraph() const;

  /// Text with a halo in the plot's colour, its anchor given by `alignment`; kept inside the frame.
  void haloText(QCPPainter& painter, QPointF at, Qt::Alignment alignment, const QString& text, const QColor& colour,
                bool bold = false) const;
  void ring(QCPPainter& painter, QPointF at, const QColor& colour) const;
  void diamond(QCPPainter& painter, QPointF at, const QColor& colour, bool filled = false) const;
  /// Dashed lines from `at` to both axes.
  void dropLines(QCPPainter& painter, QPointF at, const QColor& colour, bool toLeft = true) const;
  /// Lines of text on a small raised panel near `at`.
  void readout(QCPPainter& painter, QPointF at, const QStringList& lines) const;

  void render(QPainter& painter, const QRectF& area, const RenderOptions& options,
              const std::function<void()>& restyle);
  /// Points that the legend takes below the axes of a document of a width in points; 0 where it stands elsewhere.
  [[nodiscard]] double legendHeight(double width, const RenderOptions& options, const std::function<void()>& restyle);

private:
  /// Does the work while the plot looks as in such a document.
  void asDocument(const RenderOptions& options, const std::function<void()>& restyle,
                  const std::function<void()>& work);
  /// The same in pixels. Requires: the plot looks as in the document.
  [[nodiscard]] double legendPixels(const RenderOptions& options, double width) const;
  enum class Due { Nothing, Markers, Everything };
  [[nodiscard]] DocumentLegend documentLegend() const;
  /// What a document's legend says, whether the screen shows it above the frame or below.
  [[nodiscard]] std::vector<HeaderSpan> legendEntries() const;
  [[nodiscard]] QFont printedFont(const RenderOptions& options) const;
  /// Where Auto puts it, at a width in pixels.
  [[nodiscard]] LegendPlace legendPlaceFor(const RenderOptions& options, double width, const QFont& face,
                                           const QFont& titleFace) const;
  void connectMouse();
  /// Ranges never leave the data: zooming out ends at home.
  static void holdWithinHome(QCPAxis* axis, const QCPRange& home);
  void press(const QMouseEvent& event);
  void move(QPointF at);
  void pan(QPointF at);
  void hover(QPointF at);
  void release(QPointF at);
  void note(Due due);
  QTimer m_repaint;
  QElapsedTimer m_sinceRepaint;
  Due m_due = Due::Nothing;
  const Tokens* m_tokens = nullptr;
  QFont m_base, m_font, m_titleFont;
  std::optional<RenderOptions> m_document;  ///< its legend's place is resolved: Auto is above the frame
  std::vector<LegendSpan> m_legend;
  LegendElement* m_legendElement = nullptr;  ///< while there is a legend; owned by the layout
  enum class Gesture { None, Press, Drag, Pan, Brush };
  Gesture m_gesture = Gesture::None;
  QPointF m_pressed, m_last;
  friend class HeaderElement;
  friend class MarkerLayerable;
};

/// QPen of a given width in pixels.
[[nodiscard]] QPen pen(const QColor& colour, double width, Qt::PenStyle style = Qt::SolidLine);
/// Estimated values: dash 3.5, gap 1.5 pen widths.
[[nodiscard]] QPen dashedPen(const QColor& colour, double width);
[[nodiscard]] QColor withAlpha(const QColor& colour, double alpha);
[[nodiscard]] QVector<double> times(const std::vector<double>& values, double factor);

}  // namespace oodscope

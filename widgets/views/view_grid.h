// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/image_view.h"
#include "widgets/views/view_header.h"

#include <vector>

namespace oodscope {

class WipeView;

/// How panes are laid out. One shows the current pane; the others show as many as fit, from the first on.
enum class GridArrangement { One, OneByTwo, TwoByTwo, All };

struct PaneSpec {
  QString title;
  PictureLook look;
  bool wipe = false;  ///< a WipeView
};

/// Views in a grid, each with a header; linked in zoom, pan and crosshair unless unlinked. Keys: F fit, Z 1:1, + and -
/// zoom, L link, Tab next view, Alt+arrows pan. The panes' values are set on view() and header().
class ViewGrid : public QWidget {
  Q_OBJECT

public:
  explicit ViewGrid(QWidget* parent = nullptr);
  ~ViewGrid() override;

  /// Replaces all panes. Transforms stay.
  void setPanes(const std::vector<PaneSpec>& panes);
  [[nodiscard]] int count() const { return static_cast<int>(m_panes.size()); }
  [[nodiscard]] ImageView* view(int pane) const;
  [[nodiscard]] WipeView* wipeView(int pane) const;  ///< nullptr where the pane is none
  [[nodiscard]] ViewHeader* header(int pane) const;

  void setArrangement(GridArrangement arrangement);
  /// Which panes "All" lays out, in this order. Empty: all there are.
  void setPanesOfAll(std::vector<int> panes);
  [[nodiscard]] GridArrangement arrangement() const { return m_arrangement; }
  void setCurrent(int pane);
  [[nodiscard]] int current() const { return m_current; }
  void setLinked(bool linked);
  [[nodiscard]] bool isLinked() const { return m_linked; }
  void setCrosshairShown(bool shown);
  void setCrosshair(std::optional<QPointF> at);

  /// Shared by all views; a worker may prepare a frame in it.
  [[nodiscard]] const std::shared_ptr<PictureCache>& cache() const { return m_cache; }
  /// Same frame in all panes; scores stay as they are.
  void setFrame(const std::shared_ptr<const RgbImage>& image, const std::shared_ptr<const LabelMap>& label);
  void setThreshold(float threshold);
  void setScale(float min, float max);
  void setColourMap(ColourMap map, bool reversed);
  void setOpacity(double opacity);
  void setOverlay(bool on);
  void setContour(bool on);
  void setVoidHatch(bool on);
  void setRegion(const std::shared_ptr<const RegionShape>& region);
  void setBrushed(const std::shared_ptr<const Grid<std::uint8_t>>& mask);

  void setTransform(const ViewTransform& transform);
  [[nodiscard]] ViewTransform transform() const;  ///< of the current view
  void fit();
  void oneToOne();
  void zoomBy(double factor);
  void zoomToRegion(const QRect& pixels);

Q_SIGNALS:
  void hovered(int pane, QPointF picturePoint);
  void hoverLeft();
  void viewTransformChanged(const oodscope::ViewTransform& transform);
  void regionClicked(int pane, QPoint pixel);
  void regionSelected(int pane, QRect pixels);
  void currentChanged(int pane);
  void linkedEdited(bool linked);
  /// The right button, or the menu key in the middle of the current view.
  void menuRequested(int pane, QPointF picturePoint, QPoint globalPoint);

protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

private:
  struct Pane;
  void arrange();
  /// One view alone says what the selected region is.
  void captionOnce();
  void spread(int from, const ViewTransform& transform);
  template <class F>
  void each(F action);

  std::shared_ptr<PictureCache> m_cache;
  std::vector<std::unique_ptr<Pane>> m_panes;
  GridArrangement m_arrangement = GridArrangement::TwoByTwo;
  std::vector<int> m_panesOfAll;
  int m_current = 0;
  bool m_linked = true;
  bool m_crosshairShown = true;
};

}  // namespace oodscope

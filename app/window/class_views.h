// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/desk.h"
#include "app/figures/class_pictures.h"
#include "widgets/views/view_grid.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace oodscope {

class Theme;

/// The layout "class maps": the visible frame's true classes, predicted classes and open-set map in class colours. The
/// open-set map follows the threshold; classes are worked out again where frame, source or channels change.
class ClassViews : public QObject {
  Q_OBJECT

public:
  ClassViews(Desk& desk, Theme& theme, ViewGrid& views);

  [[nodiscard]] std::vector<PaneSpec> panes() const;
  /// Where the panes begin.
  void setFirstPane(int first);
  /// The knobs, the frame or what is ready changed.
  void show(const ViewState& view);
  /// The threshold moved: none, and the open-set map is the closed one.
  void showThreshold();
  /// What is shown; null before.
  [[nodiscard]] const std::shared_ptr<const ClassPicture>& picture() const { return m_picture; }

Q_SIGNALS:
  void idleChanged();

private:
  struct Request {
    std::shared_ptr<LiveSet> live;
    std::size_t frame = 0;
    Configuration configuration;
    friend bool operator==(const Request& a, const Request& b) {
      return a.live == b.live && a.frame == b.frame && a.configuration.method == b.configuration.method;
    }
  };
  void takePanes();
  void publish(const Request& request, std::shared_ptr<const ClassPicture> picture);
  void showClasses(const QString& waiting);

  Desk& m_desk;
  Theme& m_theme;
  ViewGrid& m_views;
  int m_first = 0;
  bool m_isShown = false;
  std::optional<Request> m_request;  ///< of the picture
  std::shared_ptr<const ClassPicture> m_picture;
  CoalescingJob<Request, std::shared_ptr<const ClassPicture>> m_job;
};

}  // namespace oodscope

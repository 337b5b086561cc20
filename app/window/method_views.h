// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/workspace.h"
#include "widgets/views/view_grid.h"

#include <QObject>

#include <memory>
#include <optional>
#include <vector>

namespace oodscope {

/// The layout "one view for each method": the visible frame's heatmap under every method that the model allows. Works
/// only while that layout is shown. Each view has its own scale, 0 to 99.9 % of the frame: scores of different methods
/// share no unit.
class MethodViews : public QObject {
  Q_OBJECT

public:
  MethodViews(Workspace& workspace, ViewGrid& views);

  /// The panes that this needs, to be put after those that are there; `first`: where they begin.
  [[nodiscard]] std::vector<PaneSpec> panes() const;
  void setFirstPane(int first);
  /// The knobs, or what is ready, changed. `frame`: of the current set.
  void show(const ViewState& view, std::optional<std::size_t> frame);

Q_SIGNALS:
  void idleChanged();

private:
  struct Map {
    Method method = {};
    Configuration configuration;
    std::shared_ptr<const ScoreMap> scores;
    float low = 0.0F, high = 1.0F;
    QString failure;  ///< why there is none
  };
  struct Request {
    std::shared_ptr<LiveSet> live;
    std::size_t frame = 0;
    float temperature = 1.0F;
    ViewState view;
  };
  void showPanes(const ScoreSource* source);
  void publish(const Request& request, const std::vector<Map>& maps);

  Workspace& m_workspace;
  ViewGrid& m_views;
  int m_first = 0;
  std::vector<int> m_shown = {};
  bool m_isShown = false;
  CoalescingJob<Request, std::vector<Map>> m_job;
};

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/instance_ap.h"
#include "app/desk/coalescing_job.h"
#include "app/desk/desk.h"
#include "app/studies/open_set_study.h"
#include "app/window/tabs/analysis_tab.h"
#include "widgets/panels/value_grid.h"

#include <memory>
#include <optional>
#include <vector>

class QLabel;

namespace oodscope {

class ConfusionPlot;

/// What open-set recognition gives of the set that is shown, whatever the view's threshold is.
struct CalibratedOpenSet {
  OpenSetClasses classes;
  OpenSetReport report;
  IssuNumbers issu;
  QString reason;  ///< why there is none: a sentence
};
/// What it gives at the view's threshold.
struct OpenSetNow {
  float threshold = 0;  ///< decision: score >= threshold
  std::optional<OpenSetConfusion> confusion;
  InstanceAp instances;
};

/// Rows of the tab's tables: means by convention and by group of frames; classes at the threshold.
[[nodiscard]] std::vector<GridRow> openSetRows(const CalibratedOpenSet& calibrated, const ScoreSource& source);
[[nodiscard]] std::vector<GridRow> openIouRows(const OpenSetConfusion& confusion, const DataSet& set);

/// The "Open set" tab: open and closed mIoU with the threshold calibrated on the other frames, under each convention,
/// ISSU's variants, and at the view's threshold each class's IoU, OoDIS' instances and the confusion matrix over K + 1
/// classes, which follow the threshold.
class OpenSetTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit OpenSetTab(Desk& desk, QWidget* parent = nullptr);
  ~OpenSetTab() override;

  [[nodiscard]] bool needsWholeSet() const override { return true; }
  void follow(const ViewState& view, bool dragging) override;
  [[nodiscard]] const std::shared_ptr<const CalibratedOpenSet>& calibrated() const { return m_calibrated; }
  [[nodiscard]] const std::optional<OpenSetNow>& now() const { return m_now; }
  [[nodiscard]] ConfusionPlot* plot() const { return m_plot; }
  [[nodiscard]] const ValueGrid& means() const { return *m_means; }
  [[nodiscard]] const ValueGrid& ious() const { return *m_ious; }
  [[nodiscard]] QString note() const;

protected:
  void showEvent(QShowEvent* event) override;

private:
  struct Request {
    std::shared_ptr<LiveSet> live;
    Configuration configuration;
    std::size_t frames = 0;  ///< that are labelled and ready
    friend bool operator==(const Request&, const Request&) = default;
  };
  struct NowRequest {
    Request run;
    std::shared_ptr<const CalibratedOpenSet> calibrated;
    float threshold = 0;
  };
  void start();
  void startNow();
  void clear(const QString& reason);
  void show();
  void showNow();
  [[nodiscard]] std::optional<Request> request() const;

  Desk& m_desk;
  ViewState m_view;
  std::optional<Request> m_request;  ///< of what is calibrated, or being so
  std::shared_ptr<const CalibratedOpenSet> m_calibrated;
  std::optional<OpenSetNow> m_now;
  ValueGrid *m_means = nullptr, *m_ious = nullptr;
  QLabel *m_note = nullptr, *m_nowNote = nullptr;
  ConfusionPlot* m_plot = nullptr;
  CoalescingJob<Request, std::shared_ptr<const CalibratedOpenSet>> m_job;
  CoalescingJob<NowRequest, std::optional<OpenSetNow>> m_nowJob;
};

}  // namespace oodscope

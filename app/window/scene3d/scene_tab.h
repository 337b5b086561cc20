// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/single_run.h"
#include "app/studies/landscape.h"
#include "app/studies/set_study.h"
#include "app/window/tabs/analysis_tab.h"
#include "widgets/scene3d/point_cloud_scene.h"
#include "widgets/theme/colour_map.h"

#include <memory>
#include <optional>

class QComboBox;
class QVBoxLayout;

namespace oodscope {

class RunFirst;
class Scene3DPanel;
struct Desk;

/// The "3D" tab: relief of the current frame, metric landscape, point cloud. The panel, and VTK with it, is made when
/// the tab is first shown; a scene's values are handed over while it is the one that is seen.
class SceneTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit SceneTab(Desk& desk, QWidget* parent = nullptr);
  ~SceneTab() override;

  void follow(const ViewState& view, bool dragging) override;

  /// nullptr until the tab was shown.
  [[nodiscard]] Scene3DPanel* panel() const { return m_panel; }

Q_SIGNALS:
  void pixelPicked(QPointF picturePoint);

protected:
  void showEvent(QShowEvent* event) override;

private:
  enum Metric { F1, Precision, Recall, ApByMethod };
  struct LandscapeRequest {
    std::shared_ptr<LiveSet> live;
    FilteredMethod method = {};  ///< of all methods: their filters
    Protocol protocol = {};
    bool byMethod = false;
    std::size_t frames = 0;
    bool operator==(const LandscapeRequest&) const = default;
  };
  struct LandscapeParts {
    MetricLandscape surfaces;
    std::vector<Method> methods;  ///< rows of `ap`
    FilterChain filters;          ///< that all of them went through
    Grid<float> ap;
  };
  struct CloudRequest {
    std::shared_ptr<LiveSet> live;
    std::shared_ptr<const FramePicture> picture;
    std::shared_ptr<const SetStudy> study;
  };
  struct Cloud {
    std::vector<CloudPoint> points;
    std::vector<CloudBox> boxes;
    std::size_t regions = 0;  ///< false positives of the frame, boxed or not
  };

  /// In the job's thread; says how far it is.
  [[nodiscard]] LandscapeParts landscapeOf(const LandscapeRequest& request, const std::stop_token& stop);
  void takeLandscape(const LandscapeRequest& request, const Outcome<LandscapeParts>& outcome);
  [[nodiscard]] static Cloud cloudOf(const CloudRequest& request);
  void takeCloud(const CloudRequest& request, const Outcome<Cloud>& outcome);
  /// What the landscape is made of: the set with its frames that are ready, the method and the protocol.
  void setRun(const std::shared_ptr<LiveSet>& live, const ViewState& view, bool dragging);
  void setPicture(const std::shared_ptr<const FramePicture>& picture);
  void setScale(float low, float high, ColourMap map, bool reversed);
  void setThreshold(std::optional<float> threshold);
  /// Whose false-positive regions are boxed in the point cloud; may be null.
  void setStudy(const std::shared_ptr<const SetStudy>& study);
  void makePanel();
  void refresh();
  void showRelief();
  void showLandscape();
  void showCloud();
  void showSurface();
  void exportScene();
  void say(const QString& text);
  void pickAt(double x, double y);

  Desk& m_desk;
  QVBoxLayout* m_column;
  RunFirst* m_first = nullptr;  ///< for the landscape, which is of all frames
  Scene3DPanel* m_panel = nullptr;
  QComboBox* m_metric = nullptr;
  QComboBox* m_texture = nullptr;

  std::shared_ptr<LiveSet> m_live;
  ViewState m_view;
  std::shared_ptr<const FramePicture> m_picture, m_reliefOf, m_cloudOf;
  std::shared_ptr<const SetStudy> m_study, m_boxesOf;
  float m_low = 0.0F, m_high = 1.0F;
  ColourMap m_map = ColourMap::Inferno;
  bool m_reversed = false;
  std::optional<float> m_threshold;
  LandscapeRequest m_asked;
  LandscapeParts m_landscape;

  CoalescingJob<LandscapeRequest, LandscapeParts> m_landscapeJob;
  CoalescingJob<CloudRequest, Cloud> m_cloudJob;
};

}  // namespace oodscope

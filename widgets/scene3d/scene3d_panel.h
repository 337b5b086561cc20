// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/scene3d/landscape_scene.h"
#include "widgets/scene3d/point_cloud_scene.h"
#include "widgets/scene3d/relief_scene.h"

#include <QWidget>

class QComboBox;
class QHBoxLayout;
class QLabel;

namespace oodscope {

class VtkHost;

/// The 3D tab: choice of scene, reset, export request. Where there is no OpenGL it says so; scenes take values all the
/// same.
class Scene3DPanel : public QWidget {
  Q_OBJECT

public:
  enum Scene { Relief, Landscape, PointCloud };

  explicit Scene3DPanel(QWidget* parent = nullptr);
  ~Scene3DPanel() override;

  [[nodiscard]] ReliefScene& relief() { return *m_relief; }
  [[nodiscard]] LandscapeScene& landscape() { return *m_landscape; }
  [[nodiscard]] PointCloudScene& pointCloud() { return *m_cloud; }
  void setScene(Scene scene);
  [[nodiscard]] Scene scene() const;
  [[nodiscard]] Scene3D& current();
  /// A control of one scene, to the right of the choice of scenes; `note`: what there is to say, elided.
  void addControl(QWidget* control);
  void setNote(const QString& text);
  [[nodiscard]] bool hasOpenGl() const { return m_host != nullptr; }
  [[nodiscard]] VtkHost* host() const { return m_host; }

Q_SIGNALS:
  /// Relief and point cloud: a picture point. Landscape: (temperature, threshold).
  void pixelPicked(QPointF picturePoint);
  void operatingPointEdited(double temperature, double threshold);
  void operatingPointReleased();
  void exportRequested();
  void sceneChanged();

private:
  std::shared_ptr<ReliefScene> m_relief;
  std::shared_ptr<LandscapeScene> m_landscape;
  std::shared_ptr<PointCloudScene> m_cloud;
  QComboBox* m_choice;
  QHBoxLayout* m_controls;
  QLabel* m_note;
  VtkHost* m_host = nullptr;
};

}  // namespace oodscope

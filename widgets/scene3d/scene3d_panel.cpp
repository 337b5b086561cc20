// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/scene3d_panel.h"

#include "widgets/scene3d/vtk_host.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace oodscope {

Scene3DPanel::Scene3DPanel(QWidget* parent)
    : QWidget(parent),
      m_relief(std::make_shared<ReliefScene>()),
      m_landscape(std::make_shared<LandscapeScene>()),
      m_cloud(std::make_shared<PointCloudScene>()),
      m_choice(new QComboBox(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 8, 12, 8);
  column->setSpacing(8);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  m_choice->addItems({tr("Anomaly relief"), tr("Metric landscape"), tr("Point cloud")});
  m_choice->setAccessibleName(tr("3D scene"));
  m_choice->setItemData(Relief, tr("The score as height over the picture; the plane stands at the threshold"),
                        Qt::ToolTipRole);
  m_choice->setItemData(Landscape, tr("A metric over temperature and threshold; the ball is the point in use"),
                        Qt::ToolTipRole);
  m_choice->setItemData(PointCloud,
                        tr("The frame's pixels where stereo depth puts them, coloured by score. A box is around a "
                           "false-positive region: 5 to 95 % of its points, stray depths left out"),
                        Qt::ToolTipRole);
  auto* reset = new QPushButton(tr("Reset view"), this);
  reset->setToolTip(tr("Reset view (R)"));
  auto* exporting = new QPushButton(tr("Export…"), this);
  exporting->setToolTip(tr("Export as PNG, glTF, OBJ or VTP"));
  m_controls = new QHBoxLayout;
  m_controls->setSpacing(8);
  m_note = new QLabel(this);
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  row->addWidget(m_choice);
  row->addLayout(m_controls);
  row->addWidget(reset);
  row->addWidget(m_note, 1);
  row->addWidget(exporting);
  column->addLayout(row);
  if (VtkHost::isAvailable()) {
    m_host = new VtkHost(m_relief, this);
    column->addWidget(m_host, 1);
    connect(m_host, &VtkHost::picked, this, [this](QPointF at) {
      if (scene() == Landscape) {
        Q_EMIT operatingPointEdited(at.x(), at.y());
        Q_EMIT operatingPointReleased();
      } else {
        Q_EMIT pixelPicked(at);
      }
    });
    connect(m_host, &VtkHost::handleDragged, this, [this](QPointF at) {
      m_landscape->setCurrent(at.x(), at.y());
      Q_EMIT operatingPointEdited(at.x(), at.y());
    });
    connect(m_host, &VtkHost::handleDropped, this, &Scene3DPanel::operatingPointReleased);
  } else {
    auto* placeholder =
        new QLabel(tr("3D needs OpenGL\nThis display has none; everything else works without it."), this);
    placeholder->setAlignment(Qt::AlignCenter);
    placeholder->setWordWrap(true);
    column->addWidget(placeholder, 1);
    reset->setEnabled(false);
    exporting->setEnabled(false);
  }
  connect(reset, &QPushButton::clicked, this, [this] { current().resetCamera(); });
  connect(exporting, &QPushButton::clicked, this, &Scene3DPanel::exportRequested);
  connect(m_choice, &QComboBox::currentIndexChanged, this, [this](int index) {
    if (m_host != nullptr) {
      const std::shared_ptr<Scene3D> scenes[] = {m_relief, m_landscape, m_cloud};
      m_host->setScene(scenes[index]);
    }
    Q_EMIT sceneChanged();
  });
}

Scene3DPanel::~Scene3DPanel() {
  delete m_host;  // before the scenes it draws
}

void Scene3DPanel::addControl(QWidget* control) { m_controls->addWidget(control); }

void Scene3DPanel::setNote(const QString& text) {
  m_note->setText(text);
  m_note->setToolTip(text);
}

void Scene3DPanel::setScene(Scene scene) { m_choice->setCurrentIndex(static_cast<int>(scene)); }
Scene3DPanel::Scene Scene3DPanel::scene() const { return static_cast<Scene>(m_choice->currentIndex()); }

Scene3D& Scene3DPanel::current() {
  switch (scene()) {
    case Landscape:
      return *m_landscape;
    case PointCloud:
      return *m_cloud;
    case Relief:
      break;
  }
  return *m_relief;
}

}  // namespace oodscope

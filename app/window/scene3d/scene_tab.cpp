// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/scene3d/scene_tab.h"

#include "analysis/core/error.h"
#include "app/desk/desk.h"
#include "app/desk/post_to.h"
#include "app/figures/scene_figures.h"
#include "app/window/presenters.h"
#include "app/window/settings.h"
#include "app/window/tabs/run_first.h"
#include "widgets/panels/run_first_panel.h"
#include "widgets/scene3d/scene3d_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QFileDialog>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kRows = 64;  // thresholds of the landscape

/// Methods that the source can give, in menu order.
std::vector<Method> methodsOf(const LiveSet& live) {
  std::vector<Method> out;
  for (const Method method : allMethods()) {
    try {
      if (!live.source().configurations({method}, {1.0F}).empty()) out.push_back(method);
    } catch (const Error&) {  // no void channel, say
      continue;
    }
  }
  return out;
}

std::vector<const FailureRegion*> regionsOf(const SetStudy& study, std::size_t frame) {
  std::vector<const FailureRegion*> out;
  for (const ListedFailure& failure : study.failures.falsePositives)
    if (failure.frame == frame) out.push_back(&failure.region);
  return out;
}

}  // namespace

SceneTab::SceneTab(Desk& desk, QWidget* parent)
    : AnalysisTab(parent),
      m_desk(desk),
      m_column(new QVBoxLayout(this)),
      m_landscapeJob(
          this, JobPriority::Background,
          [this](const LandscapeRequest& request, const std::stop_token& stop) { return landscapeOf(request, stop); },
          [this](const LandscapeRequest& request, const Outcome<LandscapeParts>& outcome) {
            takeLandscape(request, outcome);
          }),
      m_cloudJob(
          this, JobPriority::Estimate,
          [](const CloudRequest& request, const std::stop_token&) { return cloudOf(request); },
          [this](const CloudRequest& request, const Outcome<Cloud>& outcome) { takeCloud(request, outcome); }) {
  m_column->setContentsMargins(0, 0, 0, 0);
  m_column->setSpacing(0);
  setAccessibleName(tr("3D"));
  auto* first = new RunFirstPanel;
  m_first = new RunFirst(desk.workspace.runner(), *first, this);
  m_column->addWidget(first);
  connect(m_first, &RunFirst::ready, this, &SceneTab::showLandscape);
  const auto again = [this] { follow(m_desk.session.view(), m_desk.session.isDragging()); };
  connect(&desk.run, &SingleRun::pictureChanged, this, again);
  connect(&desk.run, &SingleRun::numbersChanged, this, again);
  connect(&desk.run, &SingleRun::detailsChanged, this, again);
  connect(&desk.run, &SingleRun::thresholdChanged, this, &SceneTab::setThreshold);
  connect(&m_desk.failures, &FailureStudy::idleChanged, this, [this] { setStudy(m_desk.failures.study()); });
}

SceneTab::LandscapeParts SceneTab::landscapeOf(const LandscapeRequest& request, const std::stop_token& stop) {
  LandscapeParts parts;
  const std::vector<double> temperatures = landscapeTemperatures();
  if (request.byMethod) parts.methods = methodsOf(*request.live);
  const std::size_t total = temperatures.size() * std::max<std::size_t>(1, parts.methods.size());
  const auto progress = [&](std::size_t done) {
    postTo(this, [this, done, total] {
      if (m_panel->scene() == Scene3DPanel::Landscape)
        say(tr("Exact passes for the landscape: %1 of %2").arg(done).arg(total));
    });
  };
  if (request.byMethod) {
    std::vector<FilteredMethod> methods;
    parts.filters = request.method.filters;
    for (const Method method : parts.methods) methods.emplace_back(method, parts.filters);
    parts.ap = apByMethod(*request.live, methods, request.protocol, temperatures, progress, stop);
    parts.surfaces.temperatures = temperatures;
  } else {
    parts.surfaces =
        metricLandscape(*request.live, request.method, request.protocol, temperatures, kRows, progress, stop);
  }
  return parts;
}

void SceneTab::takeLandscape(const LandscapeRequest& request, const Outcome<LandscapeParts>& outcome) {
  if (!(request == m_asked)) return;
  if (outcome.hasValue()) m_landscape = outcome.value();
  if (m_panel == nullptr || m_panel->scene() != Scene3DPanel::Landscape) return;
  if (outcome.isFailure()) say(QString::fromStdString(outcome.failure()));
  if (!outcome.hasValue()) return;
  say(m_landscape.surfaces.f1.empty() && m_landscape.ap.empty()
          ? tr("No curve is defined here: the landscape needs anomalous and normal pixels.")
          : QString());
  showSurface();
}

SceneTab::Cloud SceneTab::cloudOf(const CloudRequest& request) {
  const std::size_t frame = request.picture->frame;
  Cloud cloud;
  cloud.points = cloudPoints(request.live->dataSet(), frame, *request.picture->scores);
  if (request.study && request.study->sizeOf(frame).area() > 0) {
    const std::vector<const FailureRegion*> regions = regionsOf(*request.study, frame);
    cloud.regions = regions.size();
    cloud.boxes = regionBoxes(cloud.points, regions, request.study->sizeOf(frame), request.study->pictureOf(frame));
  }
  return cloud;
}

void SceneTab::takeCloud(const CloudRequest& request, const Outcome<Cloud>& outcome) {
  if (request.picture != m_picture || m_panel == nullptr || m_panel->scene() != Scene3DPanel::PointCloud) return;
  if (outcome.isFailure()) say(QString::fromStdString(outcome.failure()));
  if (!outcome.hasValue()) return;
  const Cloud& cloud = outcome.value();
  say(cloud.boxes.size() < cloud.regions
          ? tr("Boxed: %1 of %2; the others have too few points with depth.")
                .arg(cloud.boxes.size())
                .arg(countedText(static_cast<qint64>(cloud.regions), tr("false-positive region"),
                                 tr("false-positive regions")))
          : QString());
  m_panel->pointCloud().setPoints(outcome.value().points);
  m_panel->pointCloud().setBoxes(outcome.value().boxes);
  m_panel->pointCloud().setScale(m_low, m_high);
}

void SceneTab::follow(const ViewState& view, bool dragging) {
  if (!isVisible()) return;
  const auto& picture = m_desk.run.picture();
  setPicture(picture);
  if (picture && picture->scores) {
    const ScaleLimits limits = scaleLimits(view, picture->ordered, m_desk.run.scales());
    setScale(limits.low, limits.high, colourMapFromName(QString::fromStdString(view.colourMap)),
             view.colourMapReversed);
  }
  setThreshold(m_desk.run.threshold());
  setStudy(m_desk.failures.study());
  setRun(m_desk.run.liveSet(), view, dragging);
}

SceneTab::~SceneTab() = default;

void SceneTab::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (m_panel == nullptr) makePanel();
  follow(m_desk.session.view(), false);
  refresh();
}

void SceneTab::makePanel() {
  m_panel = new Scene3DPanel;
  m_panel->setMinimumHeight(120);
  m_texture = new QComboBox;
  m_texture->setAccessibleName(tr("What covers the relief"));
  m_texture->addItems({tr("Heatmap"), tr("Image")});
  m_metric = new QComboBox;
  m_metric->setAccessibleName(tr("Height of the landscape"));
  m_metric->addItems({tr("F1"), tr("Precision"), tr("Recall"), tr("AP by method")});
  m_panel->addControl(m_texture);
  m_panel->addControl(m_metric);
  m_column->addWidget(m_panel);
  m_metric->hide();
  connect(m_texture, &QComboBox::currentIndexChanged, this, [this](int index) {
    m_panel->relief().setTexture(index == 1 ? ReliefScene::Texture::Image : ReliefScene::Texture::Heatmap);
  });
  connect(m_metric, &QComboBox::currentIndexChanged, this, [this] { showLandscape(); });
  connect(m_panel, &Scene3DPanel::sceneChanged, this, [this] { refresh(); });
  connect(m_panel, &Scene3DPanel::pixelPicked, this, &SceneTab::pixelPicked);
  connect(m_panel, &Scene3DPanel::operatingPointEdited, this, &SceneTab::pickAt);
  connect(m_panel, &Scene3DPanel::operatingPointReleased, this, &SceneTab::released);
  connect(m_panel, &Scene3DPanel::exportRequested, this, &SceneTab::exportScene);
  const Tokens& colours = tokensFor(this);
  m_panel->relief().setTokens(colours);
  m_panel->landscape().setTokens(colours);
  m_panel->pointCloud().setTokens(colours);
}

void SceneTab::say(const QString& text) {
  if (m_panel != nullptr) m_panel->setNote(text);
}

void SceneTab::pickAt(double x, double y) {
  if (m_metric->currentIndex() != ApByMethod) {
    Q_EMIT dragged(edits::setOperatingPoint(x, y));
    return;
  }
  const auto rows = static_cast<double>(m_landscape.methods.size());
  if (rows < 1.0) return;
  const auto index = static_cast<std::size_t>(std::clamp(std::round(y), 0.0, rows - 1.0));
  Q_EMIT edited(edits::setMethodAt(m_landscape.methods[index], x));
}

void SceneTab::setRun(const std::shared_ptr<LiveSet>& live, const ViewState& view, bool dragging) {
  m_live = live;
  m_view = view;
  if (m_panel == nullptr || !isVisible()) return;
  showSurface();
  if (!dragging) showLandscape();
}

void SceneTab::setPicture(const std::shared_ptr<const FramePicture>& picture) {
  m_picture = picture;
  if (m_panel == nullptr || !isVisible()) return;
  showRelief();
  showCloud();
}

void SceneTab::setScale(float low, float high, ColourMap map, bool reversed) {
  const bool same = low == m_low && high == m_high && map == m_map && reversed == m_reversed;
  m_low = low;
  m_high = high;
  m_map = map;
  m_reversed = reversed;
  if (same || m_panel == nullptr || !isVisible()) return;
  m_reliefOf.reset();
  showRelief();
  m_panel->pointCloud().setScale(low, high);
  m_panel->pointCloud().setColourTable(colourTable(map, reversed));
}

void SceneTab::setThreshold(std::optional<float> threshold) {
  m_threshold = threshold;
  if (m_panel == nullptr || !isVisible() || !threshold) return;
  m_panel->relief().setThreshold(*threshold);
  if (m_metric->currentIndex() != ApByMethod)
    m_panel->landscape().setCurrent(static_cast<double>(m_view.score.temperature), static_cast<double>(*threshold));
}

void SceneTab::setStudy(const std::shared_ptr<const SetStudy>& study) {
  m_study = study;
  if (m_panel != nullptr && isVisible()) showCloud();
}

void SceneTab::refresh() {
  const bool landscape = m_panel->scene() == Scene3DPanel::Landscape;
  m_metric->setVisible(landscape);
  m_texture->setVisible(m_panel->scene() == Scene3DPanel::Relief);
  say(QString());
  showRelief();
  showCloud();
  showLandscape();
  if (m_threshold) setThreshold(m_threshold);
}

void SceneTab::showRelief() {
  if (m_panel->scene() != Scene3DPanel::Relief) return;
  if (!m_picture || !m_picture->scores) {
    say(tr("Not scored yet"));
    return;
  }
  if (m_reliefOf == m_picture) return;
  m_reliefOf = m_picture;
  say(QString());
  m_panel->relief().setColourTable(colourTable(m_map, m_reversed));
  m_panel->relief().setScale(m_low, m_high);
  m_panel->relief().setFrame(m_picture->decoded.image, m_picture->scores);
  if (m_threshold) m_panel->relief().setThreshold(*m_threshold);
}

void SceneTab::showCloud() {
  if (m_panel->scene() != Scene3DPanel::PointCloud || (m_cloudOf == m_picture && m_boxesOf == m_study)) return;
  if (!m_picture || !m_picture->scores || !m_live) {
    say(tr("Not scored yet"));
    return;
  }
  m_cloudOf = m_picture;
  m_boxesOf = m_study;
  m_panel->pointCloud().setColourTable(colourTable(m_map, m_reversed));
  m_cloudJob.request({m_live, m_picture, m_study});
}

void SceneTab::showLandscape() {
  if (m_panel == nullptr || m_panel->scene() != Scene3DPanel::Landscape) {
    m_first->forget();
    return;
  }
  if (!isVisible()) return;
  if (m_live && !m_first->isReady({m_live})) {
    say(tr("The landscape is of all frames: those that are not scored yet are to be run first"));
    return;
  }
  if (!m_live || m_live->labelledFrames().empty()) {
    say(tr("No frame with ground truth is ready yet"));
    return;
  }
  const bool byMethod = m_metric->currentIndex() == ApByMethod;
  const bool scoredFromLogits = hasMethod(m_view.score);
  if (!scoredFromLogits || (!byMethod && !m_view.score.method.usesTemperature())) {
    say(tr("Temperature has %1; choose another method.").arg(noTemperatureReason(m_view.score)));
    return;
  }
  const FilteredMethod method(byMethod ? Method() : m_view.score.method, m_view.score.filters);
  LandscapeRequest request{m_live, method, m_view.protocol, byMethod, m_live->labelledFrames().size()};
  if (request == m_asked) {
    showSurface();
    return;
  }
  m_asked = request;
  m_landscapeJob.request(std::move(request));
}

void SceneTab::showSurface() {
  if (m_panel == nullptr || m_panel->scene() != Scene3DPanel::Landscape) return;
  const int metric = m_metric->currentIndex();
  const auto temperature = static_cast<double>(m_view.score.temperature);
  LandscapeScene& scene = m_panel->landscape();
  if (metric == ApByMethod) {
    if (m_landscape.ap.empty() || m_landscape.ap.height() < 2) return;
    std::vector<double> rows(m_landscape.methods.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<double>(i);
    QStringList names;
    for (const Method method : m_landscape.methods) names << filteredTitle({method, m_landscape.filters});
    scene.setNames(tr("AP"), names);
    scene.setSurface(m_landscape.surfaces.temperatures, rows, m_landscape.ap);
    const auto own = std::find(m_landscape.methods.begin(), m_landscape.methods.end(), m_view.score.method);
    if (own != m_landscape.methods.end())
      scene.setCurrent(temperature, static_cast<double>(own - m_landscape.methods.begin()));
    return;
  }
  const MetricLandscape& all = m_landscape.surfaces;
  const Grid<float>& values = metric == Precision ? all.precision : metric == Recall ? all.recall : all.f1;
  if (values.empty()) return;
  scene.setNames(m_metric->currentText(), {});
  scene.setSurface(all.temperatures, all.thresholds, values);
  if (m_threshold) scene.setCurrent(temperature, static_cast<double>(*m_threshold));
}

void SceneTab::exportScene() {
  const QString file =
      QFileDialog::getSaveFileName(this, tr("Export the scene"), lastFolder() + QStringLiteral("/scene.png"),
                                   tr("Picture (*.png);;glTF (*.gltf);;OBJ (*.obj);;VTK data (*.vtp)"));
  if (file.isEmpty()) return;
  try {
    m_panel->current().exportTo(file);
  } catch (const std::exception& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

}  // namespace oodscope

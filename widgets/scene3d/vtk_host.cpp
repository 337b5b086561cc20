// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/vtk_host.h"

#include "widgets/scene3d/scene_parts.inl.h"

#include <QGuiApplication>
#include <QMouseEvent>
#include <QOpenGLContext>
#include <QOpenGLExtraFunctions>
#include <QOpenGLPaintDevice>
#include <QPainter>
#include <QTimer>

#include <vtkCallbackCommand.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkOpenGLState.h>

#include <cmath>

namespace oodscope {
namespace {

constexpr double kClickSlack = 4;
constexpr double kHandleRadius = 14;  // logical pixels
constexpr int kIdleMs = 250;          // after the last movement the whole grid returns
constexpr double kDegreesPerPixel = 0.4;
constexpr double kDegreesPerKey = 5;
constexpr double kZoomPerNotch = 1.15, kZoomPerPixel = 1.008;

QSurfaceFormat wantedFormat() {
  QSurfaceFormat format;
  format.setRenderableType(QSurfaceFormat::OpenGL);
  format.setVersion(3, 2);
  format.setProfile(QSurfaceFormat::CoreProfile);
  format.setDepthBufferSize(24);
  format.setAlphaBufferSize(8);
  format.setSamples(0);
  return format;
}

}  // namespace

struct VtkHost::State {
  std::shared_ptr<Scene3D> scene;
  vtkNew<vtkGenericOpenGLRenderWindow> window;
  vtkNew<vtkCallbackCommand> events;
  QSurface* surface = nullptr;
  QMetaObject::Connection contextGone;
  bool ready = false;
  bool dragsHandle = false;
  bool clicks = false;  ///< the button went down and nothing has moved since
  QPointF last;
  QTimer idle;
};

bool VtkHost::isAvailable() {
  static const QStringList without = {QStringLiteral("offscreen"), QStringLiteral("minimal"), QStringLiteral("linuxfb"),
                                      QStringLiteral("vnc")};
  if (without.contains(QGuiApplication::platformName())) return false;
  static const bool usable = [] {
    QOpenGLContext context;
    context.setFormat(wantedFormat());
    return context.create() && context.format().version() >= qMakePair(3, 2);
  }();
  return usable;
}

VtkHost::VtkHost(std::shared_ptr<Scene3D> scene, QWidget* parent)
    : QOpenGLWidget(parent), m(std::make_unique<State>()) {
  setFormat(wantedFormat());
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(120, 90);
  setAccessibleName(tr("3D scene"));
  m->window->SetOwnContext(false);
  m->window->SetFrameBlitModeToNoBlit();
  m->window->SetReadyForRendering(false);
  m->window->SetMultiSamples(0);
  m->events->SetClientData(this);
  m->events->SetCallback([](vtkObject*, unsigned long event, void* client, void* value) {
    auto* host = static_cast<VtkHost*>(client);
    QOpenGLContext* context = host->context();
    switch (event) {
      case vtkCommand::WindowMakeCurrentEvent:
        // Not QOpenGLWidget::makeCurrent(): that would bind Qt's frame buffer behind the back of VTK's state.
        if (context != nullptr && QOpenGLContext::currentContext() != context) context->makeCurrent(host->m->surface);
        break;
      case vtkCommand::WindowIsCurrentEvent:
        *static_cast<bool*>(value) = context != nullptr && QOpenGLContext::currentContext() == context;
        break;
      case vtkCommand::WindowSupportsOpenGLEvent:
      case vtkCommand::WindowIsDirectEvent:
        *static_cast<int*>(value) = 1;
        break;
      default:
        break;
    }
  });
  for (const auto event : {vtkCommand::WindowMakeCurrentEvent, vtkCommand::WindowIsCurrentEvent,
                           vtkCommand::WindowSupportsOpenGLEvent, vtkCommand::WindowIsDirectEvent}) {
    m->window->AddObserver(event, m->events);
  }
  m->idle.setSingleShot(true);
  m->idle.setInterval(kIdleMs);
  connect(&m->idle, &QTimer::timeout, this, QOverload<>::of(&QWidget::update));
  setScene(std::move(scene));
}

VtkHost::~VtkHost() {
  QObject::disconnect(m->contextGone);
  setScene(nullptr);
  releaseGl();
  m->window->RemoveObserver(m->events);
}

void VtkHost::setScene(std::shared_ptr<Scene3D> scene) {
  if (m->scene) {
    Scene3D::Parts& parts = m->scene->parts();
    m->scene->changed = {};
    if (parts.release) parts.release();
    parts.release = parts.takeBack = {};
  }
  m->scene = std::move(scene);
  if (!m->scene) return;
  Scene3D::Parts& parts = m->scene->parts();
  parts.release = [this] {
    vtkRenderer* renderer = m->scene->parts().renderer;
    if (m->ready) {
      makeCurrent();
      renderer->ReleaseGraphicsResources(m->window);
    }
    m->window->RemoveRenderer(renderer);
    if (m->ready) doneCurrent();
  };
  parts.takeBack = [this] {
    m->window->AddRenderer(m->scene->parts().renderer);
    update();
  };
  m->window->AddRenderer(parts.renderer);
  m->scene->setTokens(tokensFor(this));
  m->scene->changed = [this] { moved(); };
  moved();
}

bool VtkHost::isIdle() const { return !m->idle.isActive() && !m->dragsHandle; }

void VtkHost::moved() {
  m->idle.start();
  update();
}

void VtkHost::initializeGL() {
  m->contextGone = connect(
      context(), &QOpenGLContext::aboutToBeDestroyed, this, [this] { releaseGl(); }, Qt::DirectConnection);
  m->window->SetForceMaximumHardwareLineWidth(1);
  m->window->SetReadyForRendering(true);
  m->surface = context()->surface();
  m->ready = m->window->InitializeFromCurrentContext();
}

void VtkHost::releaseGl() {
  if (!m->ready) return;
  m->ready = false;
  makeCurrent();
  m->window->Finalize();
  m->window->SetReadyForRendering(false);
  doneCurrent();
}

void VtkHost::paintGL() {
  if (!m->ready || !m->scene) return;
  const double ratio = devicePixelRatioF();
  m->window->SetSize(static_cast<int>(width() * ratio), static_cast<int>(height() * ratio));
  const QFont labels = captionFont(font());
  m->scene->setViewport(size(), QFontMetricsF(labels).height());
  m->scene->build(!isIdle());
  m->scene->parts().renderer->ResetCameraClippingRange();
  vtkOpenGLState* state = m->window->GetState();
  state->Reset();
  state->Push();
  state->vtkglDepthFunc(GL_LEQUAL);
  m->window->Render();
  makeCurrent();
  QOpenGLExtraFunctions* gl = context()->extraFunctions();
  gl->glBindFramebuffer(GL_DRAW_FRAMEBUFFER, defaultFramebufferObject());
  const GLenum target = GL_COLOR_ATTACHMENT0;
  gl->glDrawBuffers(1, &target);
  state->vtkglDisable(GL_SCISSOR_TEST);
  gl->glDisable(GL_SCISSOR_TEST);
  m->window->BlitDisplayFramebuffer();
  gl->glColorMask(GL_FALSE, GL_FALSE, GL_FALSE, GL_TRUE);  // opaque, whatever was drawn
  gl->glClearColor(0, 0, 0, 1);
  gl->glClear(GL_COLOR_BUFFER_BIT);
  gl->glColorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  state->Reset();
  state->Pop();
  // Not QPainter(this): while the window is grabbed that is the picture of the grab.
  QOpenGLPaintDevice device(size() * ratio);
  device.setDevicePixelRatio(ratio);
  QPainter painter(&device);
  painter.setRenderHint(QPainter::TextAntialiasing);
  m->scene->paintLabels(painter, labels);
}

bool VtkHost::onHandle(QPointF position) const {
  const auto handle = m->scene->handle();
  if (!handle) return false;
  const QPointF away = m->scene->placeOf(*handle) - position;
  return std::hypot(away.x(), away.y()) <= kHandleRadius;
}

void VtkHost::mousePressEvent(QMouseEvent* event) {
  if (!m->scene) return;
  m->last = event->position();
  m->clicks = true;
  m->dragsHandle = event->button() == Qt::LeftButton && onHandle(event->position());
}

void VtkHost::mouseMoveEvent(QMouseEvent* event) {
  if (!m->scene || event->buttons() == Qt::NoButton) return;
  const QPointF step = event->position() - m->last;
  if (m->clicks && step.manhattanLength() <= kClickSlack) return;
  m->clicks = false;
  m->last = event->position();
  if (m->dragsHandle) {
    if (const auto meaning = m->scene->meaningAt(event->position())) Q_EMIT handleDragged(*meaning);
  } else if (event->buttons() & Qt::LeftButton) {
    m->scene->orbit(kDegreesPerPixel * step.x(), kDegreesPerPixel * step.y());
  } else if (event->buttons() & Qt::MiddleButton) {
    m->scene->pan(step / height());
  } else if (event->buttons() & Qt::RightButton) {
    m->scene->zoom(std::pow(kZoomPerPixel, -step.y()));
  }
}

void VtkHost::mouseReleaseEvent(QMouseEvent* event) {
  if (!m->scene) return;
  if (m->dragsHandle) {
    m->dragsHandle = false;
    moved();
    Q_EMIT handleDropped();
    return;
  }
  if (event->button() != Qt::LeftButton || !m->clicks) return;
  m->clicks = false;
  if (const auto meaning = m->scene->meaningAt(event->position())) Q_EMIT picked(*meaning);
}

void VtkHost::wheelEvent(QWheelEvent* event) {
  if (!m->scene) return;
  m->scene->zoom(std::pow(kZoomPerNotch, event->angleDelta().y() / 120.0));
  event->accept();
}

void VtkHost::keyPressEvent(QKeyEvent* event) {
  if (!m->scene) return;
  switch (event->key()) {
    case Qt::Key_R:
      m->scene->resetCamera();
      break;
    case Qt::Key_Left:
      m->scene->orbit(-kDegreesPerKey, 0);
      break;
    case Qt::Key_Right:
      m->scene->orbit(kDegreesPerKey, 0);
      break;
    case Qt::Key_Up:
      m->scene->orbit(0, kDegreesPerKey);
      break;
    case Qt::Key_Down:
      m->scene->orbit(0, -kDegreesPerKey);
      break;
    case Qt::Key_Plus:
      m->scene->zoom(kZoomPerNotch);
      break;
    case Qt::Key_Minus:
      m->scene->zoom(1 / kZoomPerNotch);
      break;
    default:
      QOpenGLWidget::keyPressEvent(event);
  }
}

void VtkHost::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && m->scene) m->scene->setTokens(tokensFor(this));
  QOpenGLWidget::changeEvent(event);
}

}  // namespace oodscope

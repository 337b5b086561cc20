// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/vtk_host.h"

#include "widgets/scene3d/scene_parts.inl.h"

#include <QGuiApplication>
#include <QMouseEvent>
#include <QOpenGLContext>
#include <QOpenGLExtraFunctions>
#include <QTimer>

#include <vtkCallbackCommand.h>
#include <vtkCellPicker.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkGenericRenderWindowInteractor.h>
#include <vtkInteractorStyleTrackballCamera.h>
#include <vtkOpenGLState.h>

#include <cmath>

namespace oodscope {
namespace {

constexpr double kClickSlack = 4;
constexpr double kHandleRadius = 14;  // logical pixels
constexpr int kRestMs = 250;          // after the last wheel notch the fine grid returns

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
  vtkNew<vtkGenericRenderWindowInteractor> interactor;
  vtkNew<vtkInteractorStyleTrackballCamera> style;
  vtkNew<vtkCallbackCommand> events;
  QSurface* surface = nullptr;
  QMetaObject::Connection contextGone;
  bool ready = false;
  bool dragsHandle = false;
  bool moved = false;
  QPointF pressed;
  QTimer rest;
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
  m->window->SetOwnContext(false);
  m->window->SetFrameBlitModeToNoBlit();
  m->window->SetReadyForRendering(false);
  m->window->SetMultiSamples(0);
  m->window->SetInteractor(m->interactor);
  m->interactor->SetRenderWindow(m->window);
  m->interactor->SetInteractorStyle(m->style);
  m->interactor->Initialize();
  m->interactor->EnableRenderOff();  // the style only asks; Qt decides when to paint
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
      case vtkCommand::RenderEvent:
        host->update();
        break;
      default:
        break;
    }
  });
  for (const auto event : {vtkCommand::WindowMakeCurrentEvent, vtkCommand::WindowIsCurrentEvent,
                           vtkCommand::WindowSupportsOpenGLEvent, vtkCommand::WindowIsDirectEvent}) {
    m->window->AddObserver(event, m->events);
  }
  m->interactor->AddObserver(vtkCommand::RenderEvent, m->events);
  m->rest.setSingleShot(true);
  connect(&m->rest, &QTimer::timeout, this, [this] {
    if (m->scene) m->scene->setCoarse(false);
    update();
  });
  setScene(std::move(scene));
}

VtkHost::~VtkHost() {
  QObject::disconnect(m->contextGone);
  if (m->scene) {
    m->scene->changed = {};
  }
  releaseGl();
  if (m->scene) m->window->RemoveRenderer(m->scene->parts().renderer);
  m->interactor->RemoveObserver(m->events);
  m->window->RemoveObserver(m->events);
}

void VtkHost::setScene(std::shared_ptr<Scene3D> scene) {
  if (m->scene) {
    m->scene->changed = {};
    if (m->ready) {
      makeCurrent();
      m->scene->parts().renderer->ReleaseGraphicsResources(m->window);
      doneCurrent();
    }
    m->window->RemoveRenderer(m->scene->parts().renderer);
  }
  m->scene = std::move(scene);
  if (!m->scene) return;
  m->window->AddRenderer(m->scene->parts().renderer);
  m->scene->setTokens(tokensFor(this));
  m->scene->changed = [this] { update(); };
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
  if (!m->ready) return;
  const double ratio = devicePixelRatioF();
  const int w = static_cast<int>(width() * ratio), h = static_cast<int>(height() * ratio);
  m->window->SetSize(w, h);
  m->interactor->UpdateSize(w, h);
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
}

std::optional<QPointF> VtkHost::meaningAt(QPointF position) {
  if (!m->scene || !m->ready) return {};
  const double ratio = devicePixelRatioF();
  vtkNew<vtkCellPicker> picker;
  picker->SetTolerance(0.002);
  const double y = height() * ratio - 1 - position.y() * ratio;
  if (picker->Pick(position.x() * ratio, y, 0, m->scene->parts().renderer) == 0) return {};
  const double* at = picker->GetPickPosition();
  return m->scene->meaningOf(at[0], at[1], at[2]);
}

bool VtkHost::onHandle(QPointF position) const {
  const auto handle = m->scene ? m->scene->handle() : std::nullopt;
  if (!handle || !m->ready) return false;
  vtkRenderer* renderer = m->scene->parts().renderer;
  renderer->SetWorldPoint((*handle)[0], (*handle)[1], (*handle)[2], 1);
  renderer->WorldToDisplay();
  const double* shown = renderer->GetDisplayPoint();
  const double ratio = devicePixelRatioF();
  return std::hypot(shown[0] / ratio - position.x(), height() - shown[1] / ratio - position.y()) <= kHandleRadius;
}

void VtkHost::mousePressEvent(QMouseEvent* event) {
  if (!m->scene) return;
  m->pressed = event->position();
  m->moved = false;
  m->dragsHandle = event->button() == Qt::LeftButton && onHandle(event->position());
  if (m->dragsHandle) return;
  const double ratio = devicePixelRatioF();
  m->interactor->SetEventInformationFlipY(static_cast<int>(event->position().x() * ratio),
                                          static_cast<int>(event->position().y() * ratio));
  m->scene->setCoarse(true);
  if (event->button() == Qt::LeftButton) m->interactor->LeftButtonPressEvent();
  if (event->button() == Qt::MiddleButton) m->interactor->MiddleButtonPressEvent();
  if (event->button() == Qt::RightButton) m->interactor->RightButtonPressEvent();
}

void VtkHost::mouseMoveEvent(QMouseEvent* event) {
  if (!m->scene) return;
  if ((event->position() - m->pressed).manhattanLength() > kClickSlack) m->moved = true;
  if (m->dragsHandle) {
    if (const auto meaning = meaningAt(event->position())) Q_EMIT
    handleDragged(*meaning);
    return;
  }
  const double ratio = devicePixelRatioF();
  m->interactor->SetEventInformationFlipY(static_cast<int>(event->position().x() * ratio),
                                          static_cast<int>(event->position().y() * ratio));
  m->interactor->MouseMoveEvent();
  if (event->buttons() != Qt::NoButton) update();
}

void VtkHost::mouseReleaseEvent(QMouseEvent* event) {
  if (!m->scene) return;
  if (m->dragsHandle) {
    m->dragsHandle = false;
    Q_EMIT
    handleDropped();
    return;
  }
  if (event->button() == Qt::LeftButton) m->interactor->LeftButtonReleaseEvent();
  if (event->button() == Qt::MiddleButton) m->interactor->MiddleButtonReleaseEvent();
  if (event->button() == Qt::RightButton) m->interactor->RightButtonReleaseEvent();
  m->scene->setCoarse(false);
  update();
  if (event->button() == Qt::LeftButton && !m->moved) {
    if (const auto meaning = meaningAt(event->position())) Q_EMIT
    picked(*meaning);
  }
}

void VtkHost::wheelEvent(QWheelEvent* event) {
  if (!m->scene) return;
  m->scene->setCoarse(true);
  if (event->angleDelta().y() > 0) m->interactor->MouseWheelForwardEvent();
  if (event->angleDelta().y() < 0) m->interactor->MouseWheelBackwardEvent();
  m->rest.start(kRestMs);
  update();
  event->accept();
}

void VtkHost::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_R && m->scene) {
    m->scene->resetCamera();
    return;
  }
  QOpenGLWidget::keyPressEvent(event);
}

void VtkHost::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && m->scene) m->scene->setTokens(tokensFor(this));
  QOpenGLWidget::changeEvent(event);
}

}  // namespace oodscope

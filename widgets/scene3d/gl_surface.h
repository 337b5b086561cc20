// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
class QWidget;

namespace oodscope {

/// Has a window that is not shown yet made with a surface that OpenGL can be composed on. Without, the first VtkHost in
/// it has Qt destroy the window and make another: black for seconds, and no longer maximised. Nothing where there is no
/// OpenGL. Cost: one context, asked for once a program (VtkHost::isAvailable()).
void prepareForOpenGl(QWidget& window);

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <vector>

class QWidget;

namespace oodscope {

struct GalleryPage {
  const char* name;
  std::function<QWidget*()> make;
};

[[nodiscard]] std::vector<GalleryPage> panelPages();

}  // namespace oodscope

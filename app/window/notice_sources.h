// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

class Notices;
struct Desk;

/// What goes wrong on the desk while it works becomes notices, and goes from the banner once it works again.
void connectNotices(Notices& notices, Desk& desk);

}  // namespace oodscope

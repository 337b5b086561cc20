// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"

namespace oodscope {

/// The set of an entry, called as the entry says, else after its folder. Throws what openDataSet() throws.
[[nodiscard]] DataSet openSetOf(const SetEntry& entry);

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/set_opening.h"

namespace oodscope {

DataSet openSetOf(const SetEntry& entry) {
  DataSet set = openDataSet(entry.path, entry.generic);
  if (entry.name) set.name = *entry.name;
  return set;
}

}  // namespace oodscope

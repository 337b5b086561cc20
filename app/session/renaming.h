// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"

#include <string>

namespace oodscope {

/// What a session says of a set that is called otherwise from now on, because another of its name was opened: view,
/// kept runs, notes and grid.
void renameSet(Session& session, const std::string& from, const std::string& to);
/// The same of a model or a folder of scores.
void renameSource(Session& session, const std::string& from, const std::string& to);

}  // namespace oodscope

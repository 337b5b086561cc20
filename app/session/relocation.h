// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"

namespace oodscope {

/// What a session lists by its place.
enum class ItemKind { Set, Model, Scores };

/// Says where a set, model or folder of scores lies now: its entry keeps everything but the path, and what the session
/// says of it (view, notes, kept runs, grid) goes on meaning it where it is called otherwise there. Whether the session
/// listed it.
bool relocate(Session& session, ItemKind kind, const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace oodscope

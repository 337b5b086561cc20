// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"

#include <optional>

namespace oodscope {

/// The session as it was a moment ago, for a start after a crash. Throws Error.
void writeAutosave(const Session& session);
void markCleanExit();
/// The autosaved session where the last run did not end cleanly.
[[nodiscard]] std::optional<Session> takeCrashedSession();

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/relocation.h"

#include <QString>

#include <filesystem>
#include <vector>

namespace oodscope {

class Workspace;

/// Something that the session lists and that could not be opened: it stays in the session until the user says where it
/// lies, or that it is to go.
struct MissingItem {
  ItemKind kind = ItemKind::Set;
  std::filesystem::path path;
  QString name;  ///< told from what is listed beside it
  QString why;   ///< in words
  friend bool operator==(const MissingItem&, const MissingItem&) = default;
};

/// What of the session is neither open nor being opened, in the session's order; empty as long as anything is opened.
/// Cost: one stat an item.
[[nodiscard]] std::vector<MissingItem> missingItems(const Session& session, const Workspace& workspace);

}  // namespace oodscope

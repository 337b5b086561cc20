// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/session.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "app/session/session_tables.h"

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using session_fields::Json, session_fields::Place, session_fields::written;

constexpr const char* kFormatMember = "oodscope_session";

void requireFormat(const JsonValue& json) {
  if (!json.isObject() || !json.find(kFormatMember))
    throw Error(ErrorParts{.what = "not a session",
                           .expected = "an object with member 'oodscope_session'",
                           .found = json.excerpt(),
                           .file = json.file()});
  const JsonValue version = json.at(kFormatMember);
  const std::int64_t number = version.integer({1, std::numeric_limits<int>::max()});
  if (number > kSessionFormat)
    throw Error(ErrorParts{.what = "the session was written by a newer version",
                           .expected = "format " + std::to_string(kSessionFormat) + " or older",
                           .found = "format " + std::to_string(number),
                           .file = json.file()});
}

}  // namespace

std::optional<Polarity> polarityOf(const std::vector<FolderPolarity>& polarities, const std::filesystem::path& folder) {
  for (const FolderPolarity& each : polarities)
    if (each.folder == folder) return each.polarity;
  return std::nullopt;
}

std::optional<fs::path> statisticsOf(const std::vector<FolderStatistics>& named, const fs::path& folder) {
  for (const FolderStatistics& each : named)
    if (each.folder == folder) return each.file;
  return std::nullopt;
}

Session readSession(const fs::path& file) {
  const JsonValue json = readJsonFile(file, "session");
  requireFormat(json);
  Session session;
  session_fields::readInto(session_fields::kFields<Session>, json, session,
                           {.folder = fs::absolute(file).parent_path(), .session = &session});
  return session;
}

std::string sessionText(const Session& session, const fs::path& folder) {
  Json json{{kFormatMember, kSessionFormat}};
  json.update(written(session, {.folder = folder}));
  try {
    return json.dump(2) + "\n";
  } catch (const Json::type_error& problem) {  // the one that dump() knows: bytes that are no UTF-8
    throw Error(ErrorParts{.what = "the session cannot be saved",
                           .expected = "names of files and folders in UTF-8",
                           .found = problem.what(),
                           .file = folder});
  }
}

void writeSession(const Session& session, const fs::path& file) {
  writeFileAtomically(file, sessionText(session, fs::absolute(file).parent_path()));
}

std::vector<std::string> sessionMembers() {
  std::vector<std::string> members;
  session_fields::addMembers<Session>(session_fields::kFields<Session>, "", members);
  return members;
}

bool operator==(const SetEntry& a, const SetEntry& b) { return written(a, {}) == written(b, {}); }
bool operator==(const ModelEntry& a, const ModelEntry& b) { return written(a, {}) == written(b, {}); }

RunChoice runChoiceOf(const ViewState& view) {
  return {view.set, view.model, view.score, view.protocol, view.resolution, view.allChannels};
}

bool isOverlaid(const ViewState& view, const RunChoice& run) {
  return std::ranges::find(view.hiddenRuns, run) == view.hiddenRuns.end();
}

std::string_view pinRuleName(PinRule rule) { return nameOf(kPinRules, rule); }
std::string_view resolutionName(Resolution resolution) { return nameOf(kResolutions, resolution); }
std::optional<Resolution> resolutionFromName(std::string_view name) { return valueOf(kResolutions, name); }

}  // namespace oodscope

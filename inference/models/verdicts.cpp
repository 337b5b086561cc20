// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/verdicts.h"

#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "analysis/formats/atomic_file.h"
#include "inference/logits/logits_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <mutex>

namespace oodscope {
namespace {

using nlohmann::json;

constexpr std::size_t kLargestFile = 16 << 10;
constexpr int kVersion = 1;

struct Known {
  std::mutex mutex;
  std::map<std::string, ArrangementVerdict> verdicts;
};

Known& known() {
  static Known all;
  return all;
}

/// The whole of a small regular file that is this user's alone, else nothing.
std::optional<std::string> ownText(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return std::nullopt;
  std::string text;
  struct stat status {};
  const bool own = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == ::geteuid() &&
                   (status.st_mode & (S_IWGRP | S_IWOTH)) == 0 && status.st_size <= static_cast<off_t>(kLargestFile);
  if (own) {
    std::array<char, kLargestFile> bytes{};
    for (ssize_t got = 0; (got = ::read(descriptor, bytes.data(), bytes.size())) > 0 && text.size() <= kLargestFile;)
      text.append(bytes.data(), static_cast<std::size_t>(got));
  }
  ::close(descriptor);
  return own ? std::optional(text) : std::nullopt;
}

json toJson(const std::string& key, const ArrangementVerdict& verdict) {
  json rejected = json::array();
  for (const RejectedArrangement& each : verdict.rejected)
    rejected.push_back(
        {{"arrangement", each.name}, {"difference", std::isfinite(each.difference) ? json(each.difference) : json()}});
  json out{{"oodscope_verdict", kVersion},
           {"key", key},
           {"arrangement", verdict.arrangement},
           {"rejected", rejected},
           {"as_one_thread", verdict.asOneThread}};
  out["checksum"] = Sha256().add(out.dump()).hex();
  return out;
}

std::optional<ArrangementVerdict> fromText(const std::string& text, const std::string& key) {
  json object = json::parse(text, nullptr, false);
  if (!object.is_object() || !object.contains("checksum")) return std::nullopt;
  const json checksum = object["checksum"];
  object.erase("checksum");
  if (checksum != Sha256().add(object.dump()).hex()) return std::nullopt;
  if (object.value("oodscope_verdict", json()) != kVersion || object.value("key", json()) != key) return std::nullopt;
  try {
    ArrangementVerdict out{.arrangement = object.at("arrangement").get<std::string>(),
                           .rejected = {},
                           .asOneThread = object.at("as_one_thread").get<bool>()};
    for (const json& each : object.at("rejected")) {
      const json& difference = each.at("difference");
      out.rejected.push_back({each.at("arrangement").get<std::string>(), difference.is_null()
                                                                             ? std::numeric_limits<double>::infinity()
                                                                             : difference.get<double>()});
    }
    return out;
  } catch (const std::exception&) {
    return std::nullopt;  // right checksum, another shape: another version's
  }
}

}  // namespace

std::filesystem::path Verdicts::file(const std::string& key) const {
  return m_folder.empty() ? m_folder : m_folder / (Sha256().add(key).hex().substr(0, 40) + ".json");
}

std::optional<ArrangementVerdict> Verdicts::find(const std::string& key) const {
  {
    const std::scoped_lock lock(known().mutex);
    if (const auto found = known().verdicts.find(key); found != known().verdicts.end()) return found->second;
  }
  if (m_folder.empty()) return std::nullopt;
  const auto text = ownText(file(key));
  return text ? fromText(*text, key) : std::nullopt;
}

void Verdicts::keep(const std::string& key, const ArrangementVerdict& verdict) const {
  {
    const std::scoped_lock lock(known().mutex);
    known().verdicts.insert_or_assign(key, verdict);
  }
  if (m_folder.empty()) return;
  std::error_code failure;
  std::filesystem::create_directories(m_folder, failure);
  if (failure || std::filesystem::is_symlink(file(key), failure)) return;  // a link leads to a file of somebody else's
  try {
    writeFileAtomically(file(key), std::string_view(toJson(key, verdict).dump() + "\n"));
    std::filesystem::permissions(file(key), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 failure);
  } catch (const Error&) {
    // A full or read-only disk: the next process finds out again.
  }
}

std::filesystem::path arrangementMemory(const std::filesystem::path& storeFolder, bool temporary) {
  constexpr const char* name = "arrangements";
  if (temporary) return {};
  return storeFolder.empty() ? LogitsStore::defaultFolder().parent_path() / name : storeFolder / name;
}

void Verdicts::forget() {
  const std::scoped_lock lock(known().mutex);
  known().verdicts.clear();
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/settings.h"

#include "analysis/datasets/part_of_set.h"
#include "app/desk/autosave.h"
#include "app/options/resource_files.h"
#include "app/session/labels.h"
#include "widgets/theme/colour_map.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

#include <algorithm>
#include <thread>

namespace oodscope {
namespace {

constexpr int kRecentEntries = 12;

double mostThreads() { return std::max(64.0, 4.0 * std::thread::hardware_concurrency()); }

/// Names each entry so that no other one is called the same.
void nameApart(std::vector<RecentEntry>& entries) {
  std::vector<NamedItem> items;
  items.reserve(entries.size());
  for (const RecentEntry& entry : entries) items.push_back(namedItem(entry.path.toStdString()));
  const std::vector<std::string> labels = distinctLabels(items);
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].name = QString::fromStdString(labels[i]);
}

}  // namespace

WindowLayout readWindowLayout() {
  const QSettings settings;
  return {settings.value(QStringLiteral("window/geometry")).toByteArray(),
          settings.value(QStringLiteral("window/state")).toByteArray()};
}

void writeWindowLayout(const WindowLayout& layout) {
  QSettings settings;
  settings.setValue(QStringLiteral("window/geometry"), layout.geometry);
  settings.setValue(QStringLiteral("window/state"), layout.state);
}

ThemeChoice readThemeChoice() {
  const QString text = QSettings().value(QStringLiteral("theme"), QStringLiteral("system")).toString();
  if (text == QLatin1String("light")) return ThemeChoice::Light;
  return text == QLatin1String("dark") ? ThemeChoice::Dark : ThemeChoice::System;
}

void writeThemeChoice(ThemeChoice choice) {
  const QString text = choice == ThemeChoice::Light  ? QStringLiteral("light")
                       : choice == ThemeChoice::Dark ? QStringLiteral("dark")
                                                     : QStringLiteral("system");
  QSettings().setValue(QStringLiteral("theme"), text);
}

ReadWorkOptions readWorkOptions() {
  const QSettings settings;
  ReadWorkOptions read;
  WorkOptions& options = read.options;
  const auto number = [&](const char* key, double least, double most, double otherwise) {
    const QVariant value = settings.value(QLatin1String(key));
    if (!value.isValid()) return otherwise;
    bool isNumber = false;
    const double said = value.toDouble(&isNumber);
    if (isNumber && said >= least && said <= most) return said;
    read.refused << QCoreApplication::translate("Settings",
                                                "Preferences: expected a number from %1 to %2 for %3, found "
                                                "“%4”; %5 is used (%6)")
                        .arg(QString::number(least), QString::number(most), QLatin1String(key),
                             value.toString().left(40), QString::number(otherwise), settings.fileName());
    return otherwise;
  };
  options.device = settings.value(QStringLiteral("work/device")).toString() == QLatin1String("cuda") && hasCuda()
                       ? Device::Cuda
                       : Device::Cpu;
  options.threads = static_cast<int>(number("work/threads", 0.0, mostThreads(), 0.0));
  options.store.folder = settings.value(QStringLiteral("cache/folder")).toString().toStdString();
  options.store.maxBytes = static_cast<std::uint64_t>(number("cache/gigabytes", 1e-3, 1e4, 8.0) * 1e9);
  options.store.precision = settings.value(QStringLiteral("cache/precision")).toString() == QLatin1String("single")
                                ? StorePrecision::Single
                                : StorePrecision::Half;
  options.memoryBudget = static_cast<std::uint64_t>(number("work/megabytes", 50.0, 65'536.0, 600.0)) << 20U;
  return read;
}

void writeWorkOptions(const WorkOptions& options) {
  QSettings settings;
  settings.setValue(QStringLiteral("work/device"),
                    options.device == Device::Cuda ? QStringLiteral("cuda") : QStringLiteral("cpu"));
  settings.setValue(QStringLiteral("work/threads"), options.threads);
  settings.setValue(QStringLiteral("work/megabytes"), static_cast<int>(options.memoryBudget >> 20U));
  settings.setValue(QStringLiteral("cache/folder"), QString::fromStdString(options.store.folder.string()));
  settings.setValue(QStringLiteral("cache/gigabytes"), static_cast<double>(options.store.maxBytes) / 1e9);
  settings.setValue(QStringLiteral("cache/precision"), options.store.precision == StorePrecision::Single
                                                           ? QStringLiteral("single")
                                                           : QStringLiteral("half"));
}

SessionDefaults readDefaults() {
  const QSettings settings;
  SessionDefaults defaults;
  const auto text = [&](const char* key) { return settings.value(QLatin1String(key)).toString().toStdString(); };
  defaults.method = Method::named(text("defaults/method")).value_or(defaults.method);
  defaults.protocol = Protocol::named(text("defaults/protocol")).value_or(defaults.protocol);
  bool isKnown = false;
  const std::string map = text("defaults/colour-map");
  static_cast<void>(colourMapFromName(QString::fromStdString(map), &isKnown));
  if (isKnown) defaults.colourMap = map;
  return defaults;
}

void writeDefaults(const SessionDefaults& defaults) {
  QSettings settings;
  const auto write = [&](const char* key, std::string_view value) {
    settings.setValue(QLatin1String(key), QString::fromUtf8(value.data(), static_cast<int>(value.size())));
  };
  write("defaults/method", defaults.method.name());
  write("defaults/protocol", defaults.protocol.name());
  write("defaults/colour-map", defaults.colourMap);
}

std::vector<RecentEntry> readRecent() {
  QSettings settings;
  std::vector<RecentEntry> out;
  const int count = std::min(settings.beginReadArray(QStringLiteral("recent")), kRecentEntries);
  for (int i = 0; i < count; ++i) {
    settings.setArrayIndex(i);
    RecentEntry entry;
    entry.path = settings.value(QStringLiteral("path")).toString();
    entry.kind = settings.value(QStringLiteral("kind")).toString();
    std::error_code unknown;  // of a set's part its folder
    entry.isMissing = !std::filesystem::exists(splitSetPath(entry.path.toStdString()).folder, unknown);
    out.push_back(entry);
  }
  settings.endArray();
  nameApart(out);
  return out;
}

namespace {

void writeRecent(const std::vector<RecentEntry>& entries) {
  QSettings settings;
  settings.remove(QStringLiteral("recent"));
  settings.beginWriteArray(QStringLiteral("recent"), static_cast<int>(entries.size()));
  for (int i = 0; i < static_cast<int>(entries.size()); ++i) {
    settings.setArrayIndex(i);
    settings.setValue(QStringLiteral("path"), entries[static_cast<std::size_t>(i)].path);
    settings.setValue(QStringLiteral("kind"), entries[static_cast<std::size_t>(i)].kind);
  }
  settings.endArray();
}

}  // namespace

void addRecent(const QString& path, const QString& kind) {
  std::vector<RecentEntry> entries = readRecent();
  std::erase_if(entries, [&](const RecentEntry& entry) { return entry.path == path; });
  entries.insert(entries.begin(), {.path = path, .kind = kind});
  if (entries.size() > kRecentEntries) entries.resize(kRecentEntries);
  writeRecent(entries);
}

void forgetMissingRecent() {
  std::vector<RecentEntry> entries = readRecent();
  std::erase_if(entries, [](const RecentEntry& entry) { return entry.isMissing; });
  writeRecent(entries);
}

QString lastFolder() { return QSettings().value(QStringLiteral("folder"), QDir::homePath()).toString(); }

void rememberFolder(const QString& path) {
  QSettings().setValue(QStringLiteral("folder"), QFileInfo(path).absolutePath());
}

std::filesystem::path thumbnailFolder() {
  return std::filesystem::path(QStandardPaths::writableLocation(QStandardPaths::CacheLocation).toStdString()) /
         "thumbnails";
}

std::filesystem::path autosaveFolder() {
  const QString chosen = QSettings().value(QStringLiteral("autosave/folder")).toString();
  return chosen.isEmpty() ? Autosave::defaultFolder() : std::filesystem::path(chosen.toStdString());
}

void writeAutosaveFolder(const std::filesystem::path& folder) {
  QSettings().setValue(QStringLiteral("autosave/folder"), QString::fromStdString(folder.string()));
}

QString unwritableSettings() {
  const QSettings settings;
  return settings.isWritable() ? QString() : settings.fileName();
}

std::optional<std::filesystem::path> demoSession() {
  std::filesystem::path session = resourceFile("demo/session.json");
  std::error_code unknown;
  if (!std::filesystem::exists(session, unknown)) return std::nullopt;
  return session;
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/window_options.h"

#include "app/documents/provenance.h"
#include "app/options/exit_code.h"
#include "app/options/plain_numbers.h"
#include "app/options/ranges.h"
#include "app/session/edits.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace oodscope {
namespace {

QSize parseSize(const std::string& text) {
  constexpr std::int64_t kLeastWidth = 320, kLeastHeight = 240, kMost = 16'384;
  const auto cross = text.find('x');
  const auto width = wholeNumberFromText(text.substr(0, cross));
  const auto height = cross == std::string::npos ? std::nullopt : wholeNumberFromText(text.substr(cross + 1));
  if (!width || !height || *width < kLeastWidth || *height < kLeastHeight || std::max(*width, *height) > kMost)
    throw CLI::ValidationError("--size",
                               "'" + text + "' is not WIDTHxHEIGHT from 320x240 to 16384x16384, as 1680x1050");
  return {static_cast<int>(*width), static_cast<int>(*height)};
}

ThemeChoice parseTheme(const std::string& text) {
  if (text == "dark") return ThemeChoice::Dark;
  if (text == "light") return ThemeChoice::Light;
  if (text == "system") return ThemeChoice::System;
  throw CLI::ValidationError("--theme", "'" + text + "' is none of dark, light, system");
}

/// The options as they are written; numbers that may be absent with whether they were there.
struct Written {
  std::string session, method, protocol, frame, screenshot, size, theme, cache, compare, tab;
  std::vector<std::string> sets, models, scores;
  double temperature = 0.0, threshold = 0.0;
  CLI::Option* temperatureOption = nullptr;
  CLI::Option* thresholdOption = nullptr;
};

void addOptions(CLI::App& app, Written& written, WindowOptions& options) {
  auto* positional = app.add_option("session", written.session, "A session file to open")->type_name("SESSION");
  app.add_option("--session", written.session, "The same, as oodscope-cli names it")
      ->type_name("FILE")
      ->excludes(positional);
  app.add_option("--set", written.sets, "A data set's folder; may be given several times")->type_name("DIR");
  app.add_option("--model", written.models, "A network; may be given several times")->type_name("FILE");
  app.add_option("--scores", written.scores, "A folder of ready-made score maps or logits; may be given several times")
      ->type_name("DIR");
  app.add_option("--method", written.method, "Anomaly score, as oodscope-cli evaluate names it");
  written.temperatureOption =
      app.add_option("--temperature", written.temperature, "Temperature")->check(numberFrom(1e-6, 1e6));
  written.thresholdOption =
      app.add_option("--threshold", written.threshold, "Threshold in score units")->check(numberFrom(-1e30, 1e30));
  app.add_option("--protocol", written.protocol, "Protocol, as oodscope-cli evaluate names it");
  app.add_option("--frame", written.frame, "The frame to show first")->type_name("NAME");
  app.add_option("--compare", written.compare, "Compare with another method of the same model: run B");
  app.add_option("--tab", written.tab, "The analysis tab to open, by its title");
  app.add_option("--screenshot", written.screenshot,
                 "Write the window's picture once everything is settled and exact, and exit")
      ->type_name("FILE.png");
  app.add_option("--size", written.size, "Size of the window, as 1680x1050");
  app.add_option("--theme", written.theme, "dark, light or system");
  app.add_option("--cache-dir", written.cache, "Where logits are kept")->type_name("DIR");
  app.add_flag("--print-first-paint", options.firstPaint)->group("");
  app.add_flag("--no-cache", options.noCache, "Keep no logits after the run");
  app.add_option("--threads", options.threads, "Threads to use (default: all cores)")->check(threadCount());
}

/// Of "energy" or "energy+gaussian".
ScoreChoice scoreNamed(const char* option, const std::string& text) {
  try {
    FilteredName name = parseFilteredName(text);
    if (const auto method = Method::named(name.base)) return {.method = *method, .filters = std::move(name.filters)};
  } catch (const Error& error) {
    throw CLI::ValidationError(option, error.what());
  }
  throw CLI::ValidationError(option, "'" + text + "' is no method; see oodscope-cli evaluate --help");
}

/// The score that is asked for; none where neither its method nor its temperature is given.
std::optional<ScoreChoice> scoreOf(const Written& written) {
  const bool hasTemperature = written.temperatureOption->count() > 0;
  if (written.method.empty() && !hasTemperature) return std::nullopt;
  ScoreChoice score;
  if (!written.method.empty()) score = scoreNamed("--method", written.method);
  return hasTemperature ? atTemperature(score, written.temperature) : score;
}

void takeRequest(const Written& written, WindowRequest& request) {
  if (!written.session.empty()) request.session = written.session;
  for (const std::string& path : written.sets) request.sets.push_back({path, std::nullopt});
  for (const std::string& path : written.models)
    request.models.push_back({.path = path, .preprocessing = {}, .outputs = {}, .sha256 = {}});
  for (const std::string& path : written.scores) request.scores.emplace_back(path);
  if (const auto score = scoreOf(written)) request.score = *score;
  if (written.thresholdOption->count() > 0) request.threshold = static_cast<float>(written.threshold);
  if (!written.protocol.empty()) {
    request.protocol = Protocol::named(written.protocol);
    if (!request.protocol)
      throw CLI::ValidationError("--protocol",
                                 "'" + written.protocol + "' is no protocol; see oodscope-cli evaluate --help");
  }
  request.frame = written.frame;
  request.tab = QString::fromStdString(written.tab);
  if (!written.compare.empty()) request.compare = scoreNamed("--compare", written.compare);
}

}  // namespace

std::optional<int> parseWindowOptions(const std::vector<std::string>& arguments, WindowOptions& options) {
  CLI::App app("Oodscope: look at road-scene anomaly segmentation, score it, tune it.", "oodscope");
  app.set_version_flag("--version", "oodscope " + programVersion());
  Written written;
  addOptions(app, written, options);
  try {
    const PlainNumbers plain;
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    takeRequest(written, options.request);
    if (!written.screenshot.empty()) options.screenshot = QString::fromStdString(written.screenshot);
    if (!written.size.empty()) options.size = parseSize(written.size);
    if (!written.theme.empty()) options.theme = parseTheme(written.theme);
    if (!written.cache.empty()) options.cacheFolder = written.cache;
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kWrongUsage;
  }
  return std::nullopt;
}

CommandLine partedCommandLine(int argc, char** argv) {
  // Of QGuiApplication, QApplication and the xcb plug-in; those of the second list stand alone.
  static constexpr std::array<std::string_view, 18> kWithValue{"platform",        "platformpluginpath",
                                                               "platformtheme",   "plugin",
                                                               "qwindowgeometry", "qwindowicon",
                                                               "qwindowtitle",    "style",
                                                               "stylesheet",      "display",
                                                               "geometry",        "icon",
                                                               "title",           "name",
                                                               "fontengine",      "visual",
                                                               "ncols",           "qmljsdebugger"};
  static constexpr std::array<std::string_view, 5> kAlone{"reverse", "nograb", "dograb", "sync", "widgetcount"};
  const auto isOneOf = [](const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  CommandLine line;
  if (argc > 0) line.qt.push_back(argv[0]);
  for (int i = 1; i < argc; ++i) {
    const std::string_view text = argv[i];
    const std::string_view name = text.substr(std::min<std::size_t>(text.starts_with("--") ? 2 : 1, text.size()));
    const bool isDashed = text.starts_with('-');
    const bool hasValue = isDashed && (isOneOf(kWithValue, name) || text == "-session");
    const bool isWhole = isDashed && (isOneOf(kAlone, name) || isOneOf(kWithValue, name.substr(0, name.find('='))));
    if (!hasValue && !isWhole) {
      line.own.emplace_back(text);
      continue;
    }
    line.qt.push_back(argv[i]);
    if (hasValue && i + 1 < argc) line.qt.push_back(argv[++i]);
  }
  line.qt.push_back(nullptr);
  return line;
}

std::string whyNoDisplay(const CommandLine& line) {
  const auto isSet = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  const bool isChosen = std::any_of(line.qt.begin(), line.qt.end() - 1, [](const char* argument) {
    return std::string_view(argument).find("-platform") != std::string_view::npos;
  });
  if (isChosen || isSet("QT_QPA_PLATFORM") || isSet("DISPLAY") || isSet("WAYLAND_DISPLAY")) return {};
  return "there is no display to show a window on (neither DISPLAY nor WAYLAND_DISPLAY is set); oodscope-cli, and "
         "oodscope report and figure, need none";
}

void applyWorkOptions(const WindowOptions& options, WorkOptions& work) {
  if (options.cacheFolder) work.store.folder = *options.cacheFolder;
  if (options.noCache) work.store.temporary = true;
  if (options.threads > 0) work.threads = options.threads;
}

}  // namespace oodscope

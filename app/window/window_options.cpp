// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/window_options.h"

#include "app/evaluation/provenance.h"

#include <CLI/CLI.hpp>
#include <cstdio>

namespace oodscope {
namespace {

QSize parseSize(const std::string& text) {
  int width = 0, height = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &rest) != 2 || width < 320 || height < 240 ||
      width > 16384 || height > 16384)
    throw CLI::ValidationError("--size", "'" + text + "' is not WIDTHxHEIGHT, as 1680x1050");
  return {width, height};
}

ThemeChoice parseTheme(const std::string& text) {
  if (text == "dark") return ThemeChoice::Dark;
  if (text == "light") return ThemeChoice::Light;
  if (text == "system") return ThemeChoice::System;
  throw CLI::ValidationError("--theme", "'" + text + "' is none of dark, light, system");
}

}  // namespace

std::optional<int> parseWindowOptions(const QStringList& arguments, WindowOptions& options) {
  CLI::App app("Oodscope: look at road-scene anomaly segmentation, score it, tune it.", "oodscope");
  app.set_version_flag("--version", "oodscope " + programVersion());
  std::string session, method, protocol, frame, screenshot, size, theme, cache, compare, tab;
  std::vector<std::string> sets, models, scores;
  double temperature = 0.0, threshold = 0.0;
  app.add_option("session", session, "A session file to open")->type_name("SESSION");
  app.add_option("--set", sets, "A data set's folder; may be given several times")->type_name("DIR");
  app.add_option("--model", models, "A network; may be given several times")->type_name("FILE");
  app.add_option("--scores", scores, "A folder of ready-made score maps or logits; may be given several times")
      ->type_name("DIR");
  app.add_option("--method", method, "Anomaly score, as oodscope-cli evaluate names it");
  auto* temperatureOption = app.add_option("--temperature", temperature, "Temperature")->check(CLI::PositiveNumber);
  auto* thresholdOption = app.add_option("--threshold", threshold, "Threshold in score units");
  app.add_option("--protocol", protocol, "Protocol, as oodscope-cli evaluate names it");
  app.add_option("--frame", frame, "The frame to show first")->type_name("NAME");
  app.add_option("--compare", compare, "Compare with another method of the same model: run B");
  app.add_option("--tab", tab, "The analysis tab to open, by its title");
  app.add_option("--screenshot", screenshot,
                 "Write the window's picture once everything is settled and exact, and exit")
      ->type_name("FILE.png");
  app.add_option("--size", size, "Size of the window, as 1680x1050");
  app.add_option("--theme", theme, "dark, light or system");
  app.add_option("--cache-dir", cache, "Where logits are kept")->type_name("DIR");
  app.add_flag("--print-first-paint", options.firstPaint)->group("");
  app.add_flag("--no-cache", options.noCache, "Keep no logits after the run");
  app.add_option("--threads", options.threads, "Threads to use (default: all cores)")->check(CLI::NonNegativeNumber);
  try {
    std::vector<std::string> reversed;
    for (int i = static_cast<int>(arguments.size()) - 1; i > 0; --i) reversed.push_back(arguments[i].toStdString());
    app.parse(reversed);
    if (!session.empty()) options.request.session = session;
    for (const std::string& path : sets) options.request.sets.push_back({path, std::nullopt});
    for (const std::string& path : models)
      options.request.models.push_back({.path = path, .preprocessing = {}, .outputs = {}, .sha256 = {}});
    for (const std::string& path : scores) options.request.scores.emplace_back(path);
    if (!method.empty() || temperatureOption->count() > 0) {
      ScoreChoice score;
      if (!method.empty()) {
        const auto value = methodFromName(method);
        if (!value)
          throw CLI::ValidationError("--method", "'" + method + "' is no method; see oodscope-cli evaluate --help");
        score.method = *value;
      }
      if (temperatureOption->count() > 0) score.temperature = static_cast<float>(temperature);
      options.request.score = score;
    }
    if (thresholdOption->count() > 0) options.request.threshold = static_cast<float>(threshold);
    if (!protocol.empty()) {
      options.request.protocol = protocolFromName(protocol);
      if (!options.request.protocol)
        throw CLI::ValidationError("--protocol", "'" + protocol + "' is no protocol; see oodscope-cli evaluate --help");
    }
    options.request.frame = frame;
    options.request.tab = QString::fromStdString(tab);
    if (!compare.empty()) {
      const auto value = methodFromName(compare);
      if (!value)
        throw CLI::ValidationError("--compare", "'" + compare + "' is no method; see oodscope-cli evaluate --help");
      options.request.compare = ScoreChoice{.method = *value};
    }
    if (!screenshot.empty()) options.screenshot = QString::fromStdString(screenshot);
    if (!size.empty()) options.size = parseSize(size);
    if (!theme.empty()) options.theme = parseTheme(theme);
    if (!cache.empty()) options.cacheFolder = cache;
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return 2;
  }
  return std::nullopt;
}

void applyWorkOptions(const WindowOptions& options, WorkOptions& work) {
  if (options.cacheFolder) work.store.folder = *options.cacheFolder;
  if (options.noCache) work.store.temporary = true;
  if (options.threads > 0) work.threads = options.threads;
}

}  // namespace oodscope

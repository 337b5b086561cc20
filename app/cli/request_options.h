// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/cli/console.h"
#include "app/documents/request.h"

#include <CLI/CLI.hpp>

namespace oodscope {

/// The options by which every command that scores sets says what it works on: one meaning, one help text.
struct RequestOptions {
  std::vector<std::string> sets, models, scores, methods, protocols;
  std::vector<double> temperatures;
  std::vector<std::string> parameters, statistics;
  std::string normalise = "min-max:set";
  std::string session, scoreName, polarity = "auto", resolution, channels, device = "cpu", cacheDir, precision = "half";
  std::string genericImages, genericMasks, genericValues;
  int inputWidth = 0, inputHeight = 0, voidChannel = -2;
  double cacheGigabytes = 8.0;
  int threads = 0;
  std::uint64_t memoryMegabytes = 900;
  bool noCache = false, quiet = false, verbose = false, asSubmitted = false;
  bool needsSet = true;  ///< no option: of a command that may do without one, false

  void addTo(CLI::App& app);
  /// Of these those that say how networks are run and what is kept: device, threads, store, memory, words.
  void addRunTo(CLI::App& app);
  [[nodiscard]] Verbosity verbosity() const;
};

/// Turns options (and the session they name) into a request. Throws CLI::ValidationError for a value that means
/// nothing, Error for a session that cannot be read.
[[nodiscard]] EvaluationRequest requestFrom(const RequestOptions& options);

/// The request of addRunTo()'s options, without sets, sources and methods. Throws as requestFrom() does.
[[nodiscard]] EvaluationRequest runRequestFrom(const RequestOptions& options);

/// --format and --output of a command that writes a table: one list of formats, one help text.
void addFormatOptions(CLI::App& app, std::string& format, std::string& output);

/// A list of methods or ensembles, separated by commas outside quotes.
[[nodiscard]] std::vector<std::string> splitMethods(const std::vector<std::string>& values);

/// "19" (the first 19), "all", "0-10,13" -> channel list; empty text: empty list. Throws CLI::ValidationError.
[[nodiscard]] std::vector<int> parseChannels(const std::string& text);

}  // namespace oodscope

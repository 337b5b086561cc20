// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/session_results.h"
#include "app/options/ranges.h"

#include <string>
#include <vector>

namespace oodscope {

/// What `report` and `figure` of both programs take: the command line makes no figures and hands its arguments over.
struct DocumentOptions {
  std::string session, output, cacheFolder, device = "cpu", precision = "half";
  std::string runs;  ///< which kept runs are drawn: as chooseRuns() reads it; empty: as the session says
  int threads = 0;
  bool noCache = false, quiet = false;

  /// All but --output, which is another thing to each command.
  void addCommonTo(CLI::App& app);
  void addReportTo(CLI::App& app);
  /// How the sets are opened.
  [[nodiscard]] OpeningOptions opening() const;
  /// The arguments that say the same, without the command's name.
  [[nodiscard]] std::vector<std::string> arguments() const;
};

/// Has plots draw the kept runs that `text` names beside the session's own: "all", "none", or their places in the list
/// from 1, "1,3". Throws Error for anything else.
void chooseRuns(Session& session, const std::string& text);

struct FigureOptions : DocumentOptions {
  std::string name, preset = "ieee-1";
  double width = 0.0, height = 0.0, font = 0.0;  ///< inches and points; 0: as the preset has it
  int dpi = 300;
  bool list = false;
  std::string title, isoF1, operatingPoint;  ///< "on" or "off"; empty: as the session has it
  std::string legend;                        ///< kFigureLegends; empty: the same

  /// `presets`: what --preset takes; empty where that is not known. `files`: what --output takes.
  void addFigureTo(CLI::App& app, const std::vector<std::string>& presets, const std::string& files);
  [[nodiscard]] std::vector<std::string> arguments() const;
  /// The session's look with what the options say otherwise.
  [[nodiscard]] FigureLook lookOver(FigureLook look) const;
};

}  // namespace oodscope

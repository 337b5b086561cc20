// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/document_options.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "app/session/session_names.h"

#include <sstream>
#include <utility>

namespace oodscope {
namespace {

std::vector<std::string> legendNames() {
  std::vector<std::string> names;
  for (const auto& [place, name] : kFigureLegends) names.emplace_back(name);
  return names;
}

}  // namespace

void DocumentOptions::addCommonTo(CLI::App& app) {
  app.add_option("session", session, "The session file")->type_name("SESSION")->required();
  app.add_option("--cache-dir", cacheFolder, "Where logits are kept (default: below XDG_CACHE_HOME)")->type_name("DIR");
  app.add_flag("--no-cache", noCache, "Keep no logits after the run");
  app.add_option("--threads", threads, "Threads to use (default: all cores)")->check(threadCount());
  app.add_option("--precision", precision, "How logits are kept: half or single")
      ->check(CLI::IsMember({"half", "single"}));
  app.add_option("--runs", runs,
                 "Kept runs drawn beside the session's own: all, none, or their numbers from 1 (1,3); default: as the "
                 "session has them")
      ->type_name("RUNS");
  app.add_option("--device", device, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_flag("--quiet", quiet, "Say nothing but errors");
}

void chooseRuns(Session& session, const std::string& text) {
  std::vector<RunChoice>& hidden = session.view.hiddenRuns;
  hidden = session.runs;
  if (text == "none") return;
  if (text == "all") {
    hidden.clear();
    return;
  }
  std::istringstream words(text);
  for (std::string word; std::getline(words, word, ',');) {
    const auto number = wholeNumberFromText(word);
    if (!number || *number < 1 || *number > static_cast<std::int64_t>(session.runs.size()))
      throw Error(ErrorParts{.what = "the session has no such kept run",
                             .expected = "all, none, or numbers from 1 to " + std::to_string(session.runs.size()) +
                                         " with commas between them",
                             .found = word});
    std::erase(hidden, session.runs[static_cast<std::size_t>(*number - 1)]);
  }
}

void DocumentOptions::addReportTo(CLI::App& app) {
  addCommonTo(app);
  app.add_option("--output", output, "The folder to write into")->type_name("DIR")->required();
}

OpeningOptions DocumentOptions::opening() const {
  OpeningOptions out;
  if (!cacheFolder.empty()) out.store.folder = cacheFolder;
  out.store.temporary = noCache;
  out.store.precision = precision == "single" ? StorePrecision::Single : StorePrecision::Half;
  out.device = device == "cuda" ? Device::Cuda : Device::Cpu;
  out.threads = threads;
  return out;
}

std::vector<std::string> DocumentOptions::arguments() const {
  std::vector<std::string> out{session,       "--device", device, "--threads", std::to_string(threads),
                               "--precision", precision};
  if (!output.empty()) out.insert(out.end(), {"--output", output});
  if (!cacheFolder.empty()) out.insert(out.end(), {"--cache-dir", cacheFolder});
  if (noCache) out.emplace_back("--no-cache");
  if (!runs.empty()) out.insert(out.end(), {"--runs", runs});
  if (quiet) out.emplace_back("--quiet");
  return out;
}

void FigureOptions::addFigureTo(CLI::App& app, const std::vector<std::string>& presets, const std::string& files) {
  addCommonTo(app);
  auto* figure = app.add_option("name", name, "The figure: pr, roc, f1, histogram, sweep, grid, frame:NAME, …");
  auto* file = app.add_option("--output", output, files)->type_name("FILE");
  auto* listing = app.add_flag("--list", list, "List the figures that the session can give");
  auto* size = app.add_option("--preset", preset, "Width and font size");
  if (!presets.empty()) size->check(CLI::IsMember(presets));
  app.add_option("--width", width, "Width in inches")->check(numberFrom(0.1, 100.0));
  app.add_option("--height", height, "Height in inches")->check(numberFrom(0.1, 100.0));
  app.add_option("--font", font, "Font size in points, as printed")->check(numberFrom(1.0, 200.0));
  app.add_option("--dpi", dpi, "Of PNG, and of pictures in PDF and SVG")->check(wholeFrom(36, 2400));
  const CLI::IsMember onOrOff({"on", "off"});
  app.add_option("--title", title, "The title above the frame: on or off (default: as the session has it, as below)")
      ->check(onOrOff);
  app.add_option("--iso-f1", isoF1, "Lines of equal F1 in precision-recall: on or off")->check(onOrOff);
  app.add_option("--operating-point", operatingPoint, "The threshold in use: on or off")->check(onOrOff);
  app.add_option("--legend", legend, "Where the legend stands")->check(CLI::IsMember(legendNames()));
  app.callback([=] {
    if (listing->count() == 0 && (figure->count() == 0 || file->count() == 0))
      throw CLI::RequiredError("NAME and --output (or --list)");
  });
}

std::vector<std::string> FigureOptions::arguments() const {
  std::vector<std::string> out = DocumentOptions::arguments();
  if (!name.empty()) out.insert(out.begin() + 1, name);
  if (list) out.emplace_back("--list");
  out.insert(out.end(), {"--preset", preset, "--dpi", std::to_string(dpi)});
  const std::pair<const char*, double> sizes[] = {{"--width", width}, {"--height", height}, {"--font", font}};
  for (const auto& [option, value] : sizes)
    if (value > 0.0) out.insert(out.end(), {option, roundTripText(value)});
  const std::pair<const char*, const std::string*> looks[] = {
      {"--title", &title}, {"--iso-f1", &isoF1}, {"--operating-point", &operatingPoint}, {"--legend", &legend}};
  for (const auto& [option, value] : looks)
    if (!value->empty()) out.insert(out.end(), {option, *value});
  return out;
}

FigureLook FigureOptions::lookOver(FigureLook look) const {
  const auto flag = [](const std::string& said, bool& value) {
    if (!said.empty()) value = said == "on";
  };
  flag(title, look.title);
  flag(isoF1, look.isoF1);
  flag(operatingPoint, look.operatingPoint);
  if (const auto place = valueOf(kFigureLegends, legend)) look.legend = *place;
  return look;
}

}  // namespace oodscope

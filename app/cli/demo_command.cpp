// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/demo/scene.h"
#include "app/cli/command.h"
#include "app/options/ranges.h"

#include <cstdio>
#include <limits>
#include <memory>

namespace oodscope {
namespace {

struct DemoCommandOptions {
  std::uint64_t seed = 1;
  int frames = 24;
  std::vector<int> size{1024, 512};
  std::string clutterKind = "shapes";
  bool clutter = false, noAnomalies = false, quiet = false;
  std::string output;
};

int generate(const DemoCommandOptions& options) {
  const Size size{options.size.at(0), options.size.at(1)};
  if (size.width != 2 * size.height || size.width < 64)
    throw CLI::ValidationError("--size", "scenes are twice as wide as high, at least 64x32");
  writeDemoSet(options.output, options.seed, options.frames,
               {.size = size,
                .withAnomalies = !options.noAnomalies,
                .withVoidObjects = options.clutter,
                .clutter = options.clutterKind == "heaps" ? ClutterKind::Heaps : ClutterKind::Shapes});
  if (!options.quiet) std::fprintf(stderr, "%d frames: %s\n", options.frames, options.output.c_str());
  return kDone;
}

Command addDemoOptions(CLI::App& app) {
  auto options = std::make_shared<DemoCommandOptions>();
  app.require_subcommand(1);
  CLI::App* sub = app.add_subcommand(
      "generate", "Render road scenes with anomalies, class labels, disparity and cameras: the same bytes for a seed");
  sub->add_option("--seed", options->seed, "Series of scenes; 1 is the set that comes with the program")
      ->check(wholeFrom(0, std::numeric_limits<std::int64_t>::max()));
  sub->add_option("--frames", options->frames, "Number of scenes")->check(wholeFrom(1, 1'000'000));
  sub->add_option("--size", options->size, "Pixels, twice as wide as high")
      ->expected(2)
      ->type_name("W H")
      ->check(wholeFrom(32, 16'384));
  sub->add_flag("--clutter", options->clutter, "Add out-of-class objects that are void, as scenes for training have");
  sub->add_option(
         "--clutter-kind", options->clutterKind,
         "With --clutter: shapes (2 to 5 a scene), or heaps (4 to 9) of any material, as the demo's network saw")
      ->check(CLI::IsMember({"shapes", "heaps"}));
  sub->add_flag("--no-anomalies", options->noAnomalies, "Leave the anomalies out");
  sub->add_flag("--quiet", options->quiet, "Say nothing but errors");
  sub->add_option("--output", options->output, "Folder to write the set into")->required()->type_name("DIR");
  return [options] { return generate(*options); };
}

}  // namespace

extern const CommandKind kDemoCommand;
const CommandKind kDemoCommand{"demo", "Generate the demo set", addDemoOptions};

}  // namespace oodscope

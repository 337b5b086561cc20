// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"
#include "app/session/session.h"

#include <filesystem>

namespace oodscope::testing {

/// Each parameter of further passes, none as usual.
inline PassValues fullPasses() {
  return {{"odin-epsilon", 0.001}, {"passes", 4.0}, {"react-percentile", 95.5}, {"seed", 7.0}};
}

/// Every member that a session's file can have is there, first entries of lists included.
inline Session fullSession(const std::filesystem::path& folder) {
  Session session;
  GenericLayout generic;
  generic.images = "pictures/*";
  generic.masks = "masks/*";
  generic.encoding.meaning = {{0, kNormal}, {7, kAnomaly}};
  session.sets = {{folder / "sets/mine", generic, "Mine"}, {"/elsewhere/RoadAnomaly21", std::nullopt}};
  ModelEntry model{
      .path = folder / "net.pth", .preprocessing = Preprocessing{}, .outputs = OutputMeaning{}, .sha256 = "abc"};
  model.preprocessing->mean = {0.485, 0.456, 0.406};
  model.preprocessing->resize = ResizeRule::Bilinear;
  model.outputs->channelNames = {"road", "sky"};
  model.outputs->voidChannel = 19;
  model.statistics = folder / "net.statistics.json";
  session.models = {model};
  session.scores = {folder / "scores"};
  session.ensembles = {{.name = "both",
                        .text = "0.5*msp+0.5*score@scores",
                        .normalisation = "rank:frame",
                        .model = "net.pth",
                        .temperature = 2.0}};
  session.polarities = {{folder / "scores", Polarity::NormalHigh}};
  session.folderStatistics = {{folder / "scores", folder / "scores.statistics.json"}};
  session.methods = {"msp", "energy+gaussian"};
  session.temperatures = {1.0, 1.6};
  session.protocols = {protocols::kCourse, protocols::kSmiyc2023};
  const Filter gaussian = Filter::named("gaussian").value(), dilated = Filter::named("dilated").value();
  session.view.set = "mine";
  session.view.frame = "3";
  session.view.score = {methods::kMaxEntropy, "folder", 1.6F, true, {0.25, 0.75}, fullPasses(), {gaussian}};
  session.view.threshold = 0.219726562F;
  session.view.pin = PinRule::None;
  session.view.pinSet = "RoadAnomaly21";
  session.view.scale = ScaleMode::Manual;
  session.view.layout = ViewLayout::PerMethod;
  session.view.other =
      ComparedRun{.model = "b.pth",
                  .score = {methods::kEnergy, "folder", 2.0F, true, {1.0}, fullPasses(), {gaussian, dilated}},
                  .threshold = -3.5F,
                  .pin = PinRule::None,
                  .pinValue = 0.9};
  session.view.compareStyle = CompareStyle::SideBySide;
  session.view.compareRanks = false;
  session.notes = {{"mine", "3", {"night", "kerb"}, "shadow taken for an object", FrameRectangle{1, 2, 30, 40}},
                   {"mine", "4", {}, "", std::nullopt}};
  session.runs = {{"mine",
                   "net.pth",
                   {methods::kMaxLogit, "folder", 1.0F, true, {1.0}, fullPasses(), {dilated}},
                   protocols::kFishyscapes}};
  session.grid.rows = {{"mine", "3", "Kerb at night", FrameRectangle{5, 6, 70, 80}}, {"mine", "4"}};
  session.runs.push_back({"mine", "", {methods::kEnergy, std::nullopt, 0.5F}, protocols::kCourse});
  session.view.hiddenRuns = {session.runs.front()};
  session.grid.scores = {{methods::kMsp, "folder", 1.0F, true, {1.0}, fullPasses(), {dilated, dilated}},
                         {methods::kEnergy, std::nullopt, 2.0F}};
  session.grid.decision = false;
  session.grid.trueClasses = session.grid.predictedClasses = session.grid.openSet = true;
  session.grid.captions = {"", "", "Softmax", ""};
  session.figure = {.title = false, .isoF1 = false, .operatingPoint = false, .legend = FigureLegend::Below};
  session.results = {.metric = "fpr95", .bestOf = BestOf::Method};
  return session;
}

}  // namespace oodscope::testing

// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/guide/reference_pages.h"

#include "analysis/core/numbers.h"
#include "analysis/datasets/component_track.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/filters/filter.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"

#include <array>
#include <cmath>
#include <vector>

namespace oodscope {
namespace {

using Cells = std::vector<std::string>;

/// A cell's text: '|' would end the cell, '<' begin an element.
std::string cellText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_') out += '\\';
    out += c;
  }
  return out.empty() ? "–" : out;
}

void addLine(std::string& page, const Cells& cells) {
  page += '|';
  for (const std::string& cell : cells) page.append(" ").append(cell).append(" |");
  page += '\n';
}

void addHeading(std::string& page, const Cells& cells) {
  addLine(page, cells);
  addLine(page, Cells(cells.size(), "---"));
}

std::string code(std::string_view text) {
  std::string out = "`";
  for (const char c : text) out.append(c == '|' ? "\\|" : std::string(1, c));
  return out += '`';
}

std::string yesOrNo(bool value) { return value ? "yes" : "no"; }

std::string rangeText(const MethodRange& range) {
  if (std::isinf(range.low) && std::isinf(range.high)) return "unbounded";
  const auto end = [](double value) {
    if (std::isinf(value)) return std::string(value < 0.0 ? "-∞" : "∞");
    return generalText(value, 6);
  };
  return end(range.low).append(" to ").append(end(range.high));
}

template <class Entry, class TextOf>
std::string joined(std::span<const Entry* const> entries, const TextOf& textOf) {
  std::string out;
  for (const Entry* entry : entries) out.append(out.empty() ? "" : ", ").append(textOf(*entry));
  return cellText(out);
}

/// The method's own parameters, and those of the pass that it needs.
std::string parametersText(const MethodKind& kind) {
  std::string out = joined(kind.parameters, [](const MethodParameter& p) { return std::string(p.name); });
  if (kind.pass == nullptr || kind.pass->parameters.empty()) return out;
  return out.append(", ").append(
      joined(kind.pass->parameters, [](const PassParameter& p) { return std::string(p.name); }));
}

/// What a source must give, and how a network must be run besides.
std::string needsText(const MethodKind& kind) {
  std::string out = joined(kind.needs, [](const MethodNeed& need) { return std::string(need.title); });
  if (kind.pass != nullptr)
    out.append(kind.pass->adds                       ? "; a built-in network is run "
               : kind.passesRead == PassesRead::Mean ? "; where there is a network, it is run "
                                                     : "; the network run ")
        .append(kind.pass->title);
  return out;
}

void addPasses(std::string& page) {
  page +=
      "Some methods run the network further, which takes so many plain passes for each frame, once: what they give is "
      "kept beside the\nlogits. `--method all` leaves them out. What they are run with is said by `--parameter "
      "NAME=VALUE`, and by `passes` in a session's `score`:\n\n";
  addHeading(page, {"the network is run", "by", "plain passes", "parameters"});
  for (const PassKind* kind : passKinds())
    addLine(page, {cellText(kind->title), cellText(kind->needs),
                   std::to_string(kind->costs) + (kind->runs != nullptr ? " each" : ""),
                   joined(kind->parameters, [](const PassParameter& p) { return std::string(p.name); })});
  page += "\n";
  addHeading(page, {"parameter", "usually", "range", "what"});
  for (const PassParameter* parameter : passParameters())
    addLine(page, {code(parameter->name), generalText(parameter->usual, 6),
                   (parameter->isWhole ? "whole numbers, " : "") + generalText(parameter->low, 6) + " to " +
                       generalText(parameter->high, 10),
                   cellText(parameter->help)});
  page +=
      "\n`oodscope-cli bench --only overhead` times the network alone and with each method that a source can serve, on "
      "the same frames: medians,\nthe 5 % and 95 % ends, and the difference.\n\n";
}

/// How every page begins: what it is of, and that nobody edits it.
std::string opened(std::string_view title, std::string_view introduction) {
  return std::string("# ")
      .append(title)
      .append(
          "\n\n<!-- Made from the declarations in the code; tests/unit/guide/reference_pages_test.cpp says how. "
          "-->\n\n")
      .append(introduction)
      .append("\n\n");
}

std::string methodsPage() {
  std::string page =
      opened("Score methods",
             "How a network's outputs become one anomaly score per pixel; higher is more anomalous. `z` "
             "are the logits of the C "
             "chosen\nchannels (the known classes, where nothing else is asked for), `p = softmax(z / "
             "T)`. Entropy is divided by "
             "that of a uniform `p`, unless it is in bits.\nOf an outlier head, `P(out)` is the softmax of its second "
             "channel, or 1 minus the sigmoid of its only one. Of a mask network, `P_q` is "
             "softmax(c_q / T) of query\nq's class logits, `m_q` its mask logits, upsampled, and `S_k` "
             "= sum_q P_q(k) sigmoid(m_q) the membership of a pixel in class k; where a source gives "
             "memberships\nand no logits, `z` stands for them. `f` are a pixel's features.");
  addHeading(page, {"name", "in menus", "score", "range", "parameters", "needs", "published by"});
  for (const Method method : allMethods()) {
    const MethodKind& kind = method.kind();
    addLine(page, {code(kind.name), cellText(kind.title), code(kind.formula), rangeText(kind.range),
                   parametersText(kind), needsText(kind), cellText(kind.reference)});
  }
  page += "\n";
  for (const Method method : allMethods())
    page.append("- **").append(method.title()).append("**: ").append(cellText(method.kind().summary)).append("\n");
  page += "\n`--method` takes one name or several, separated by commas, and `--temperature` a list:\n\n```\n";
  page += "oodscope-cli evaluate --session resources/demo/session.json --method ";
  for (const Method method : allMethods())
    if (!method.whyNot({.channels = 20, .voidChannel = 19}))
      page.append(method == allMethods().front() ? "" : ",").append(method.name());
  page +=
      " --temperature 1,1.6\n```\n\n`--method all` is every method that a source can serve from what is stored; `info` "
      "names those of a file.\n\n";
  addPasses(page);
  page +=
      "The arrays of a frame that methods read, in one .npz or HDF5 file or a folder an array "
      "(`DIR/mask_logits/FRAME.npy`):\n\n";
  addHeading(page, {"array", "shape"});
  for (const Output output : kAllOutputs) addLine(page, {code(outputName(output)), code(outputShape(output))});
  return page;
}

std::string filtersPage() {
  std::string page =
      opened("Filters",
             "What a score map can go through after it was brought to the size where it is evaluated, whatever the "
             "method. Predicted classes are\nthe largest of the network's outputs at that size, or the class map that "
             "came with a score map. A pixel's value depends on the pixels within\nthe reach alone.");
  addHeading(page, {"name", "in menus", "reach, px", "reads predicted classes", "published by"});
  for (const Filter filter : allFilters()) {
    const FilterKind& kind = filter.kind();
    addLine(page, {code(kind.name), cellText(kind.title), std::to_string(kind.halo), yesOrNo(kind.needsClasses),
                   cellText(kind.reference)});
  }
  page += "\n";
  for (const Filter filter : allFilters())
    page.append("- **").append(filter.kind().title).append("**: ").append(cellText(filter.kind().summary)).append("\n");
  page +=
      "\nA plus appends one to a method, several follow each other from the left; `--method all` is without "
      "filters:\n\n```\noodscope-cli evaluate --session resources/demo/session.json --method ";
  for (const Filter filter : allFilters())
    page.append(filter == allFilters().front() ? "" : ",").append("energy+").append(filter.name());
  page +=
      "\n```\n\nIn the window they stand in the menu Method and beside the method, one after another in the order "
      "above. Numbers of a filtered score are not\nestimated from sampled pixels while a temperature moves: they wait "
      "for rest. The frame on screen follows at once.\n";
  return page;
}

std::string poolingText(const ProtocolRule& rule) {
  if (rule.pooling == Pooling::Set) return "pixels of the set";
  return rule.pooling == Pooling::FrameBins ? "quantile bins of each frame" : "each frame, then the mean";
}

std::string areaText(const ProtocolRule& rule) {
  if (rule.area == PrecisionArea::Exact) return "exact";
  return rule.area == PrecisionArea::StepSum ? "step sum over bins" : "trapezoids over bins";
}

std::string crossingText(const ProtocolRule& rule) {
  switch (rule.crossing) {
    case CrossingRule::Interpolated:
      return "interpolated at TPR 0.95";
    case CrossingRule::FirstReaching:
      return "first TPR ≥ 0.95";
    case CrossingRule::FirstExceeding:
      return "first TPR > 0.95";
    case CrossingRule::NearestRecall:
      break;
  }
  return "recall nearest to 0.95";
}

std::string protocolsPage() {
  std::string page = opened("Protocols",
                            "How scores and labels of a set become published numbers. The same maps give other numbers "
                            "under another protocol, by points:\nevery number of the program names its own.");
  addHeading(page, {"name", "in menus", "ranks", "AP", "FPR95", "frames without anomaly", "resolution", "reproduces"});
  for (const Protocol protocol : allProtocols()) {
    const ProtocolRule& rule = protocol.rule();
    addLine(page, {code(rule.name), cellText(rule.title), poolingText(rule), areaText(rule), crossingText(rule),
                   rule.skipsFramesWithoutAnomaly ? "left out" : "take part",
                   rule.isAtNetworkResolution ? "the network's" : "the labels'", cellText(rule.reference)});
  }
  page += "\n";
  for (const Protocol protocol : allProtocols())
    page.append("- **").append(protocol.title()).append("**: ").append(cellText(protocol.description())).append("\n");
  page +=
      "\n`--protocol` takes one name or several, separated by commas; `--resolution` overrules a protocol's "
      "own:\n\n```\n";
  page += "oodscope-cli evaluate --session resources/demo/session.json --protocol ";
  for (const Protocol protocol : allProtocols())
    page.append(protocol == allProtocols().front() ? "" : ",").append(protocol.name());
  page += "\n```\n";
  return page;
}

std::string trackText(const LayoutKind& kind) {
  switch (kind.track) {
    case TrackRule::Anomaly:
      return std::string(objectTrackName(ObjectTrack::Anomaly));
    case TrackRule::Obstacle:
      return std::string(objectTrackName(ObjectTrack::Obstacle));
    case TrackRule::Issu:
      return std::string(objectTrackName(ObjectTrack::Issu));
    case TrackRule::ByImages:
      return "by the images";
    case TrackRule::ByImagesAndNames:
      break;
  }
  return "by the images and frames' names";
}

std::string layoutsPage() {
  std::string page = opened("Layouts",
                            "How sets lie on disk. A folder is held against these from the top; what it holds decides, "
                            "and `oodscope-cli info FOLDER` says\nwhat was recognised. A layout that fits none is told "
                            "by `--images`, `--masks` and `--values`.");
  addHeading(page, {"layout", "told by", "component track", "disparity", "anomaly labels", "parts"});
  for (const Layout layout : allLayouts()) {
    const LayoutKind& kind = layout.kind();
    addLine(page, {cellText(kind.name), cellText(kind.hint), trackText(kind),
                   kind.disparity == DisparityConvention::Cityscapes ? "(png - 1) / 256" : "png / 256",
                   yesOrNo(kind.hasAnomalyLabels), cellText(kind.part)});
  }
  page += "\n```\noodscope-cli info resources/demo/set\n```\n";
  return page;
}

constexpr std::array kPages = {
    ReferencePage{"methods.md", methodsPage},
    ReferencePage{"filters.md", filtersPage},
    ReferencePage{"protocols.md", protocolsPage},
    ReferencePage{"layouts.md", layoutsPage},
};

}  // namespace

std::span<const ReferencePage> analysisPages() { return kPages; }

}  // namespace oodscope

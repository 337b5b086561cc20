// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/find_things.h"

#include "analysis/metrics/protocol_rules.h"
#include "app/desk/desk.h"
#include "app/figures/plot_data.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/knobs.h"
#include "widgets/lists/frame_list.h"

#include <QCoreApplication>
#include <QTabWidget>

#include <set>

namespace oodscope {
namespace {

using Entries = std::vector<PaletteEntry>;

QString foundText(const char* text) { return QCoreApplication::translate("FindThings", text); }

void addPins(Entries& entries, Desk& desk) {
  for (const Pin& pin :
       {Pin{Pin::Rule::BestF1, 0.0}, Pin{Pin::Rule::TruePositiveRate, 95.0}, Pin{Pin::Rule::FalsePositiveRate, 1.0},
        Pin{Pin::Rule::CostRatio, 10.0}, Pin{Pin::Rule::None, 0.0}})
    entries.push_back({.name = foundText("Threshold: %1").arg(pinText(pin)),
                       .run = [&desk, pin] { desk.session.edit(editOf(pin, desk.run.threshold())); },
                       .note = foundText("pin"),
                       .words = foundText("pin of the threshold δ follows operating point"),
                       .toolTip = foundText("What the threshold follows when scores change.")});
}

void addProtocols(Entries& entries, Desk& desk) {
  for (const Protocol protocol : allProtocols())
    entries.push_back({.name = foundText("Protocol: %1").arg(protocolTitle(protocol)),
                       .run = [&desk, protocol] { desk.session.edit(edits::setProtocol(protocol)); },
                       .note = foundText("protocol"),
                       .words = protocolKey(protocol) + QLatin1Char(' ') + protocolSummary(protocol),
                       .toolTip = protocolSummary(protocol)});
}

void addTabs(Entries& entries, QTabWidget& tabs) {
  for (int i = 0; i < tabs.count(); ++i) {
    if (!tabs.isTabVisible(i)) continue;
    QString words = foundText("tab analysis");
    if (tabs.tabText(i) == QLatin1String("3D")) words += foundText(" three-dimensional relief landscape point cloud");
    entries.push_back({.name = foundText("Tab: %1").arg(tabs.tabText(i)),
                       .run = [&tabs, i] { tabs.setCurrentIndex(i); },
                       .note = foundText("tab"),
                       .words = words});
  }
}

void addOpen(Entries& entries, Desk& desk) {
  for (const OpenSet& open : desk.workspace.sets()) {
    const std::string set = open.set->name;
    const std::string first = open.set->frames.empty() ? std::string() : open.set->frames.front().name;
    entries.push_back({.name = foundText("Set: %1").arg(QString::fromStdString(set)),
                       .run = [&desk, set, first] { desk.session.edit(edits::setSet(set, first)); },
                       .note = foundText("set"),
                       .toolTip = QString::fromStdString(open.entry.path.string())});
  }
  for (const OpenModel& open : desk.workspace.models()) {
    const std::string model = open.label;
    entries.push_back({.name = foundText("Model: %1").arg(desk.workspace.titleOf(open)),
                       .run = [&desk, model] { desk.session.edit(edits::setModel(model)); },
                       .note = foundText("model"),
                       .toolTip = QString::fromStdString(open.entry.path.string())});
  }
  for (const OpenScores& open : desk.workspace.scores()) {
    const std::string folder = open.label;
    entries.push_back({.name = foundText("Scores: %1").arg(open.name()),
                       .run =
                           [&desk, folder] {
                             const bool logits = desk.workspace.holdsLogits(desk.session.view(), folder);
                             desk.session.edit(edits::setImported(folder, logits));
                           },
                       .note = foundText("score maps"),
                       .toolTip = QString::fromStdString(open.path.string())});
  }
}

void addTags(Entries& entries, Desk& desk, FrameListView& frames) {
  std::set<std::string> tags;
  for (const Note& note : desk.session.session().notes)
    if (!note.region) tags.insert(note.tags.begin(), note.tags.end());
  for (const std::string& tag : tags) {
    const QString name = QString::fromStdString(tag);
    const QString filter =
        name.contains(QLatin1Char(' ')) ? QStringLiteral("tag:\"%1\"").arg(name) : QStringLiteral("tag:%1").arg(name);
    entries.push_back({.name = foundText("Tag: %1").arg(name),
                       .run = [&frames, filter] { frames.setFilter(filter); },
                       .note = foundText("frames of this tag"),
                       .words = foundText("tagged filter"),
                       .toolTip = foundText("Filters the list of frames.")});
  }
  entries.push_back({.name = foundText("Tag the frame…"),
                     .run = [&frames] { Q_EMIT frames.tagRequested(0, 0); },
                     .note = QStringLiteral("T"),
                     .words = foundText("tags note remark")});
}

void addFrames(Entries& entries, Desk& desk) {
  for (const OpenSet& open : desk.workspace.sets())
    for (const Frame& frame : open.set->frames)
      entries.push_back(
          {.name = foundText("Frame %1").arg(QString::fromStdString(frame.name)),
           .run = [&desk, set = open.set->name, name = frame.name] { desk.session.follow(edits::setFrame(set, name)); },
           .note = QString::fromStdString(open.set->name),
           .words = QString::fromStdString(open.set->name),
           .isOffered = false});
}

}  // namespace

std::vector<PaletteEntry> findThings(const FindParts& parts) {
  Entries entries;
  addTabs(entries, parts.tabs);
  addPins(entries, parts.desk);
  addProtocols(entries, parts.desk);
  addOpen(entries, parts.desk);
  addTags(entries, parts.desk, parts.frames);
  entries.push_back({.name = foundText("Export the failure lists…"),
                     .run = [&failures = parts.failures] { failures.exportLists(); },
                     .note = foundText("as CSV"),
                     .words = foundText("csv failures false positives missed regions")});
  addFrames(entries, parts.desk);
  return entries;
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/newcomers.h"

#include "analysis/datasets/layout_kinds.h"
#include "app/desk/desk.h"
#include "app/figures/plot_data.h"
#include "app/session/run_spec.h"
#include "app/window/notices.h"
#include "widgets/theme/number_text.h"

#include <algorithm>

namespace oodscope {
namespace {

QString viewOf(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

}  // namespace

QString openedText(const DataSet& set) {
  // Which frames take part in a number is said beside the number.
  const LayoutKind& layout = set.layout.kind();
  const QString left = set.skipped.empty() ? Newcomers::tr("no file left out")
                                           : Newcomers::tr("%1 left out")
                                                 .arg(countedText(static_cast<qint64>(set.skipped.size()),
                                                                  Newcomers::tr("file"), Newcomers::tr("files")));
  return Newcomers::tr("opened as %1 (%2): %3, %4")
      .arg(viewOf(layout.name), viewOf(layout.hint),
           countedText(static_cast<qint64>(set.frames.size()), Newcomers::tr("frame"), Newcomers::tr("frames")), left);
}

Newcomers::Newcomers(Desk& desk, Notices& notices, QObject* parent)
    : QObject(parent), m_desk(desk), m_notices(notices) {
  // What is open already is shown, too.
  connect(&desk.workspace, &Workspace::setKnown, this, &Newcomers::setArrived);
  connect(&desk.workspace, &Workspace::scoresKnown, this, &Newcomers::scoresArrived);
}

void Newcomers::expect(const std::filesystem::path& path) {
  std::filesystem::path whole = folderIdOf(path);
  if (std::ranges::find(m_expected, whole) == m_expected.end()) m_expected.push_back(std::move(whole));
}

bool Newcomers::isExpected(const std::filesystem::path& path) {
  const std::filesystem::path whole = folderIdOf(path);
  const auto holds = [&](const std::filesystem::path& asked) {
    const auto end = std::mismatch(asked.begin(), asked.end(), whole.begin(), whole.end());
    return end.first == asked.end();
  };
  const auto found = std::find_if(m_expected.begin(), m_expected.end(), holds);
  if (found == m_expected.end()) return false;
  m_expected.erase(found);  // of several sets in a folder the first is shown
  return true;
}

void Newcomers::setArrived(const QString& name) {
  const OpenSet* open = m_desk.workspace.findSet(name);
  if (open == nullptr) return;
  const bool isShown = isExpected(open->entry.path);
  if (isShown && m_desk.session.view().set != open->set->name && !open->set->frames.empty())
    m_desk.session.edit(edits::setSet(open->set->name, open->set->frames.front().name));
  const bool isCurrent = m_desk.session.view().set == open->set->name;
  m_notices.announce(name, isShown && isCurrent && m_desk.workspace.sets().size() > 1
                               ? tr("%1. It is the set that is shown now.").arg(openedText(*open->set))
                               : openedText(*open->set));
}

void Newcomers::modelArrived(const QString& name) {
  const OpenModel* open = m_desk.workspace.findModel(name);
  if (open == nullptr || !isExpected(open->entry.path)) return;
  m_desk.session.edit(edits::setModel(open->label));
  m_notices.announce(m_desk.workspace.titleOf(*open), m_desk.workspace.sets().empty()
                                                          ? tr("opened: open a set to see its scores.")
                                                          : tr("opened: the run is scored by this model now."));
}

void Newcomers::scoresArrived(const QString& name) {
  const OpenScores* open = m_desk.workspace.findScores(name);
  if (open == nullptr || !isExpected(open->path)) return;
  const QString set = QString::fromStdString(m_desk.session.view().set);
  if (m_desk.workspace.findSet(set) == nullptr) {
    m_notices.announce(name, tr("opened: open a set that these scores are of."));
    return;
  }
  const bool hasLogits = m_desk.workspace.holdsLogits(m_desk.session.view(), open->label);
  ViewState shown = m_desk.session.view();
  edits::setImported(open->label, hasLogits).change(shown);
  if (m_desk.workspace.liveSet(set, shown) == nullptr) return;  // it has been said why they do not fit
  m_desk.session.edit(edits::setImported(open->label, hasLogits));
  m_notices.announce(name, hasLogits ? tr("opened: the run is scored from these logits now.")
                                     : tr("opened: the run shows these scores now; they have no method and no "
                                          "temperature."));
}

}  // namespace oodscope

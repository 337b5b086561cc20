// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/docks/frame_selection.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "app/desk/desk.h"
#include "app/figures/figure_csv.h"
#include "app/figures/plot_data.h"
#include "app/studies/set_study.h"
#include "app/window/failures/region_notes.h"
#include "app/window/notices.h"
#include "app/window/settings.h"
#include "widgets/lists/frame_list.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QInputDialog>
#include <QMenu>

#include <algorithm>
#include <set>
#include <tuple>

namespace oodscope {
namespace {

QString framesSelected(std::size_t count) {
  return countedText(static_cast<qint64>(count), FrameSelection::tr("frame"), FrameSelection::tr("frames"));
}

QString percentOr(const std::optional<double>& fraction) {
  return fraction ? numberText(100.0 * *fraction, 2) : QString(kNotDefinedSign);
}

std::vector<std::string> tagsIn(const QString& text) {
  std::vector<std::string> out;
  for (const QString& part : text.split(QLatin1Char(','), Qt::SkipEmptyParts))
    if (const std::string tag = part.trimmed().toStdString(); !tag.empty() && std::ranges::find(out, tag) == out.end())
      out.push_back(tag);
  return out;
}

bool has(const std::vector<std::string>& tags, const std::string& tag) {
  return std::ranges::find(tags, tag) != tags.end();
}

QString labelName(FrameLabel label) {
  switch (label) {
    case FrameLabel::Anomaly:
      return QStringLiteral("anomaly");
    case FrameLabel::None:
      return QStringLiteral("none");
    case FrameLabel::Withheld:
      return QStringLiteral("withheld");
    case FrameLabel::Failed:
      return QStringLiteral("unreadable");
    case FrameLabel::Void:
      return QStringLiteral("void");
    case FrameLabel::Unread:
      break;
  }
  return QStringLiteral("unread");
}

/// What numbers of frames depend on.
auto measuredBy(const ViewState& view) {
  return std::tie(view.model, view.score, view.protocol, view.resolution, view.allChannels);
}

}  // namespace

QString selectionText(const SelectionNumbers& numbers) {
  const QString of = partText(static_cast<qint64>(numbers.taking), static_cast<qint64>(numbers.selected),
                              FrameSelection::tr("frame"), FrameSelection::tr("frames"));
  QString text = FrameSelection::tr("%1 of %2: AP %3 · FPR95 %4 · best F1 %5 · %6, %7 protocol")
                     .arg(of, numbers.set, percentOr(numbers.metrics.ap), percentOr(numbers.metrics.fpr95),
                          percentOr(numbers.metrics.bestF1), configurationTitle(numbers.configuration),
                          protocolTitle(numbers.metrics.protocol));
  if (numbers.taking < numbers.selected)
    text += FrameSelection::tr(" · the others are not scored, or have no ground truth");
  if (numbers.metrics.framesSkipped > 0)
    text += FrameSelection::tr(" · %1 without an anomaly left out by the protocol")
                .arg(framesSelected(numbers.metrics.framesSkipped));
  return text;
}

FrameSelection::FrameSelection(Desk& desk, FrameListView& list, Notices& notices, QWidget& window)
    : QObject(&window),
      m_desk(desk),
      m_list(list),
      m_notices(notices),
      m_window(window),
      m_askText([this](const QString& title, const QString& question,
                       const QString& proposal) -> std::optional<QString> {
        bool isTaken = false;
        const QString text = QInputDialog::getText(&m_window, title, question, QLineEdit::Normal, proposal, &isTaken);
        return isTaken ? std::optional(text) : std::nullopt;
      }),
      m_askFile([this](const QString& title, const QString& proposal, const QString& filter) {
        return QFileDialog::getSaveFileName(&m_window, title, proposal, filter);
      }),
      m_job(this, JobPriority::Exact, &FrameSelection::work,
            [this](const Request& request, const Outcome<Result>& outcome) { publish(request, outcome); }) {
  connect(&list, &FrameListView::selectionChanged, this, [this] {
    drop();
    show();
  });
  connect(&list, &FrameListView::tagSelectionRequested, this, &FrameSelection::tag);
  connect(&desk.session, &SessionModel::viewChanged, this, [this](const ViewState& before, const ViewState& after) {
    if (measuredBy(before) == measuredBy(after)) return;
    drop();
    show();
  });
}

void FrameSelection::drop() {
  ++m_revision;
  m_job.cancel();
  m_numbers.clear();
}

void FrameSelection::show(const QString& what) {
  const std::size_t count = m_list.selectedFrames().size();
  if (count < 2) {
    m_list.setSelectionNote(QString());
    return;
  }
  QStringList lines;
  for (const SelectionNumbers& numbers : m_numbers) lines << selectionText(numbers);
  if (lines.isEmpty())
    lines << tr("%1 selected").arg(framesSelected(count)) + (what.isEmpty() ? QString() : QStringLiteral(" · ") + what);
  m_list.setSelectionNote(lines.join(QLatin1Char('\n')));
}

void FrameSelection::fill(QMenu& menu) {
  const QString frames = framesSelected(m_list.selectedFrames().size());
  menu.setToolTipsVisible(true);
  menu.addAction(icon(QStringLiteral("tag")), tr("Tag %1…").arg(frames), this, &FrameSelection::tag);
  menu.addAction(icon(QStringLiteral("copy")), tr("Copy the numbers of %1").arg(frames), this,
                 &FrameSelection::copyTable);
  menu.addAction(icon(QStringLiteral("export")), tr("Save the list of %1…").arg(frames), this,
                 &FrameSelection::saveTable);
  QAction* measure = menu.addAction(icon(QStringLiteral("chart")), tr("Evaluate these %1").arg(frames), this,
                                    &FrameSelection::evaluate);
  if (!parts().empty()) return;
  measure->setEnabled(false);
  measure->setToolTip(tr("None of them is scored and has ground truth"));
}

void FrameSelection::tag() {
  std::vector<NotePlace> places;
  const auto& sets = m_list.model()->sets();
  for (const auto& place : m_list.selectedFrames()) {
    const FrameSet& set = sets[static_cast<std::size_t>(place.set)];
    places.push_back({set.name.toStdString(), set.frames[static_cast<std::size_t>(place.frame)].name.toStdString()});
  }
  if (places.empty()) return;
  std::vector<Note> notes = m_desk.session.session().notes;
  const auto tagsOf = [&](const NotePlace& place) {
    const Note* note = findNote(notes, place);
    return note == nullptr ? std::vector<std::string>() : note->tags;
  };
  std::vector<std::string> common = tagsOf(places.front());
  for (const NotePlace& place : places) {
    const std::vector<std::string> own = tagsOf(place);
    std::erase_if(common, [&](const std::string& tag) { return !has(own, tag); });
  }
  QStringList shown;
  for (const std::string& tag : common) shown << QString::fromStdString(tag);
  const auto answer = m_askText(tr("Tag %1").arg(framesSelected(places.size())),
                                tr("Tags of all of them, parted by commas:"), shown.join(QStringLiteral(", ")));
  if (!answer) return;
  const std::vector<std::string> wanted = tagsIn(*answer);
  for (const NotePlace& place : places) {
    std::vector<std::string> tags = tagsOf(place);
    std::erase_if(tags, [&](const std::string& tag) { return has(common, tag) && !has(wanted, tag); });
    for (const std::string& tag : wanted)
      if (!has(tags, tag)) tags.push_back(tag);
    notes = withTags(std::move(notes), place, tags);
  }
  m_desk.session.setNotes(std::move(notes));
}

QString FrameSelection::table(QChar separator) const {
  const auto cell = [&](const QString& text) {
    return separator == QLatin1Char(',') ? QString::fromUtf8(csvText(text.toStdString())) : text;
  };
  const auto number = [](const std::optional<double>& value) {
    return value ? QString::number(*value, 'g', 9) : QString();
  };
  QStringList lines{QStringList{QStringLiteral("set"), QStringLiteral("frame"), QStringLiteral("label"),
                                QStringLiteral("anomaly_percent"), QStringLiteral("objects"), QStringLiteral("ap"),
                                QStringLiteral("fpr95"), QStringLiteral("best_f1"), QStringLiteral("mean_score"),
                                QStringLiteral("tags")}
                        .join(separator)};
  const auto& sets = m_list.model()->sets();
  for (const auto& place : m_list.selectedFrames()) {
    const FrameSet& set = sets[static_cast<std::size_t>(place.set)];
    const FrameRow& row = set.frames[static_cast<std::size_t>(place.frame)];
    const bool isRead = row.label == FrameLabel::Anomaly || row.label == FrameLabel::None;
    const bool isExact = !row.estimated;
    lines << QStringList{cell(set.name),
                         cell(row.name),
                         labelName(row.label),
                         isRead ? number(row.anomalyShare) : QString(),
                         isRead ? QString::number(row.objects) : QString(),
                         isExact ? number(row.ap) : QString(),
                         isExact ? number(row.fpr95) : QString(),
                         isExact ? number(row.f1) : QString(),
                         isExact ? number(row.meanScore) : QString(),
                         cell(row.tags.join(QStringLiteral(" ")))}
                 .join(separator);
  }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void FrameSelection::copyTable() { QGuiApplication::clipboard()->setText(table(QLatin1Char('\t'))); }

void FrameSelection::saveTable() {
  QString file = m_askFile(tr("Save the list of frames"), lastFolder() + QStringLiteral("/frames.csv"),
                           tr("CSV with numbers (*.csv);;Names alone (*.txt)"));
  if (file.isEmpty()) return;
  if (!file.contains(QLatin1Char('.'))) file += QStringLiteral(".csv");
  QString text = table(QLatin1Char(','));
  if (file.endsWith(QStringLiteral(".txt"), Qt::CaseInsensitive)) {
    text.clear();
    const auto& sets = m_list.model()->sets();
    for (const auto& place : m_list.selectedFrames()) {
      const FrameSet& set = sets[static_cast<std::size_t>(place.set)];
      text += set.name + QLatin1Char('/') + set.frames[static_cast<std::size_t>(place.frame)].name + QLatin1Char('\n');
    }
  }
  try {
    writeFileAtomically(file.toStdString(), text.toStdString());
    m_notices.tell(Severity::Info, tr("The list of frames is saved."), file);
  } catch (const Error& error) {
    m_notices.tell(Severity::Error, QString::fromUtf8(error.what()), file);
  }
}

std::vector<FrameSelection::Part> FrameSelection::parts() const {
  std::vector<Part> out;
  const ViewState& view = m_desk.session.view();
  const auto& sets = m_list.model()->sets();
  for (std::size_t s = 0; s < sets.size(); ++s) {
    Part part;
    for (const auto& place : m_list.selectedFrames())
      if (place.set == static_cast<int>(s)) part.frames.push_back(static_cast<std::size_t>(place.frame));
    if (part.frames.empty()) continue;
    part.live = m_desk.workspace.liveSet(sets[s].name, view);
    if (!part.live) continue;
    const std::vector<std::size_t> labelled = part.live->labelledFrames();
    const auto takes = [&](std::size_t frame) { return std::ranges::find(labelled, frame) != labelled.end(); };
    if (std::ranges::any_of(part.frames, takes)) out.push_back(std::move(part));
  }
  return out;
}

void FrameSelection::evaluate() {
  drop();
  Request request{.parts = parts(),
                  .configuration = SingleRun::configurationOf(m_desk.session.view()),
                  .protocol = m_desk.session.view().protocol,
                  .revision = m_revision};
  if (request.parts.empty()) {
    show(tr("none is scored and has ground truth"));
    return;
  }
  show(tr("being evaluated…"));
  m_job.request(std::move(request));
}

FrameSelection::Result FrameSelection::work(const Request& request, const std::stop_token& stop) {
  Result out;
  for (const Part& part : request.parts) {
    const auto numbers = partOf(*part.live, request.configuration, request.protocol, part.frames, stop);
    if (!numbers) return {};
    out.push_back({QString::fromStdString(part.live->dataSet().name), part.frames.size(), numbers->frames.size(),
                   request.configuration, numbers->metrics});
  }
  return out;
}

void FrameSelection::publish(const Request& request, const Outcome<Result>& outcome) {
  if (request.revision != m_revision) return;
  if (outcome.isFailure()) {
    m_notices.error(QString::fromStdString(outcome.failure()));
    show();
  }
  if (!outcome.hasValue()) return;
  m_numbers = outcome.value();
  show();
}

}  // namespace oodscope

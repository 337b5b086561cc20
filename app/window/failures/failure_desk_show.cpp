// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layout_kinds.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/regions/failure_table.h"
#include "analysis/regions/region_facts.h"
#include "app/window/failures/classes_tab.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/failures/failure_presenter.h"
#include "app/window/failures/failures_tab.h"
#include "app/window/failures/size_distance_tab.h"
#include "app/window/presenters.h"
#include "app/window/settings.h"
#include "widgets/lists/failure_view.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/region_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/views/view_grid.h"

#include <QFileDialog>
#include <QToolButton>

#include <algorithm>
#include <limits>

namespace oodscope {
namespace {

constexpr std::size_t kBarsShown = 10;

}  // namespace

std::shared_ptr<const DataSet> FailureDesk::data() const {
  const OpenSet* open = m_workspace.findSet(QString::fromStdString(m_session.view().set));
  return open == nullptr ? nullptr : open->set;
}

std::vector<std::string> FailureDesk::classNames() const {
  const auto live = m_run.liveSet();
  return live ? live->source().classNames() : std::vector<std::string>();
}

std::optional<std::size_t> FailureDesk::currentFrame() const {
  const auto set = data();
  return set ? set->find(m_session.view().frame) : std::nullopt;
}

const std::vector<ListedFailure>& FailureDesk::list(FailureKind kind) const {
  return kind == FailureKind::Missed ? study()->failures.missed : study()->failures.falsePositives;
}

void FailureDesk::showLists() {
  const auto set = data();
  m_thumbnailRows.clear();
  if (!study() || !set || !m_results.contexts()) {
    m_failures->clear(m_waiting.isEmpty() ? tr("No set scored yet") : m_waiting);
    m_failures->setCount(std::nullopt, QString());
    showRegionPanel();
    return;
  }
  m_failures->setView(listsView(*set));
  showCount();
  followSelection();
}

FailuresTabView FailureDesk::listsView(const DataSet& set) const {
  ListContext context;
  context.data = &set;
  context.notes = &m_session.session().notes;
  context.brushed = m_results.brushed() ? &*m_results.brushed() : nullptr;
  context.classes = classNames();
  FailuresTabView view;
  view.falsePositives = failureRows(study()->failures.falsePositives, *study(), context);
  view.missed = failureRows(study()->failures.missed, *study(), context);
  ClassBarsView bars = falsePositiveBars(*study(), context.classes, kBarsShown);
  view.bars = std::move(bars.rows);
  view.barsNote = bars.note;
  const FrameAccount account = studiedFrames();
  view.exact = m_results.isExact() && account.isComplete();
  const QString place =
      configurationTitle(study()->configuration) + tr(", δ %1").arg(scoreText(study()->options.threshold));
  view.state = !m_results.isExact() ? tr("≈ frame %1 at %2").arg(QString::fromStdString(m_session.view().frame), place)
               : account.isComplete() ? tr("= exact at %1").arg(place)
                                      : tr("%1 at %2").arg(framesText(account), place);
  view.reconciliation = m_results.isExact() ? reconciliation() : tr("The other frames follow once input is idle.");
  return view;
}

void FailureDesk::showCount() {
  const SetFailures& failures = study()->failures;
  m_failures->setCount(static_cast<int>(failures.falsePositives.size() + failures.missed.size()),
                       tr("%1; %2 missed of %3 of %4 px or more (%5 smaller)")
                           .arg(countedText(static_cast<qint64>(failures.falsePositives.size()),
                                            tr("false-positive region"), tr("false-positive regions")))
                           .arg(failures.missed.size())
                           .arg(countedText(static_cast<qint64>(failures.objects), tr("object"), tr("objects")))
                           .arg(study()->options.minTruth)
                           .arg(failures.smallObjects));
}

void FailureDesk::followSelection() {
  if (!m_selected) {
    showRegionPanel();
    return;
  }
  // The selected failure is followed as it grows and shrinks; one that has gone is selected no more.
  const FailureKind kind = m_selected->region.kind;
  if (const auto now = sameRegion(list(kind), *m_selected)) {
    m_selected = list(kind)[*now];
    m_failures->setCurrent(kind, static_cast<int>(*now));
    showSelection(false);
  } else if (m_results.isExact()) {
    clearSelection();
  }
}

FrameAccount FailureDesk::studiedFrames() const {
  return study() && m_results.contexts() ? m_results.contexts()->set().account().with(study()->frames.size())
                                         : FrameAccount{};
}

QString FailureDesk::reconciliation() const {
  QString text = reconciliationText(*study());
  const auto counts = m_run.counts();
  const Protocol protocol = m_session.view().protocol;
  if (!counts || !protocol.skipsFramesWithoutAnomaly()) return text;
  // The lists hold every frame, the metrics only those that the protocol uses: say what is between the two.
  const auto threshold = static_cast<float>(study()->options.threshold);
  const std::uint64_t beside = counts->set(threshold, false).fp - counts->set(threshold, true).fp;
  if (beside > 0)
    text += tr(" · %1 of them in frames without an anomaly, which the metrics of the %2 protocol leave out")
                .arg(groupedText(static_cast<qint64>(beside)), protocolTitle(protocol));
  return text;
}

void FailureDesk::showAttribution() {
  if (!study() || !m_results.isExact()) {
    const QString waiting = study() || m_waiting.isEmpty() ? tr("Follows once all frames are studied") : m_waiting;
    m_classes->clear(waiting);
    m_sizes->clear(waiting);
    return;
  }
  const std::vector<std::string> names = classNames();
  ClassesView classes;
  // Beside the metrics: of the frames that the protocol counts.
  const Attribution& counted = study()->attributionOf(m_session.view().protocol);
  classes.predicted = classRows(counted.byPredictedClass, names);
  const auto set = data();
  const std::vector<std::string> trueNames = set ? set->layout.kind().classes->names() : names;
  classes.truth = study()->hasTrueClasses ? classRows(counted.byTrueClass, trueNames) : std::vector<ClassRow>();
  classes.truthReason = tr("The set has no class labels");
  const Protocol protocol = m_session.view().protocol;
  classes.framesNote =
      tr("Of %1, as the %2 protocol counts%3.")
          .arg(framesText(studiedFrames()), protocolTitle(protocol),
               protocol.skipsFramesWithoutAnomaly() ? tr(", without frames that hold no anomaly") : QString());
  if (const auto details = m_run.details(); details && !details->quantiles.empty())
    classes.offsetStep = niceStep(static_cast<double>(details->quantiles.back() - details->quantiles.front()) / 100.0);
  m_classes->setView(std::move(classes));
  if (m_classes->offsets().empty()) showPresentNumbers(std::nullopt);
  SizeDistanceView sizes;
  const bool byIssu = set && set->layout.kind().track == TrackRule::Issu;
  sizes.sizes = byIssu ? issuSizeRows(study()->attribution) : sizeRows(study()->attribution);
  sizes.sizesNote =
      tr("Connected pixels on the maps that are evaluated. An object counts as missed where less than %1 % of it is "
         "found. Objects and false-positive regions of every size are counted here, in all frames.")
          .arg(numberText(100.0 * study()->options.missedBelow, 0));
  if (byIssu) sizes.sizesNote += QLatin1Char(' ') + tr("Sizes are ISSU's groups.");
  sizes.distances = distanceRows(study()->attribution);
  if (!study()->hasDistances) sizes.distanceReason = tr("The set has no disparity maps, so that no distance is known.");
  m_sizes->setView(std::move(sizes));
}

void FailureDesk::showPresentNumbers(const std::optional<WhatIfView>& after) {
  WhatIfView present;
  if (const auto numbers = m_run.numbers()) {
    present.ap = numbers->metrics.ap;
    present.fpr95 = numbers->metrics.fpr95;
    present.bestF1 = numbers->metrics.bestF1;
  }
  if (study() && m_results.isExact()) {
    const ConfusionCounts counts = study()->countsOf(m_session.view().protocol);
    present.precision = counts.precision();
    present.recall = counts.recall();
    present.fpr = counts.fpr();
  }
  m_classes->setNumbers(present, after);
}

void FailureDesk::select(FailureKind kind, int row, bool jump) {
  if (!study() || row < 0 || row >= static_cast<int>(list(kind).size())) return;
  m_selected = list(kind)[static_cast<std::size_t>(row)];
  m_failures->setCurrent(kind, row);
  if (jump) {
    m_zoomPending = true;
    Q_EMIT regionRaised();
    const auto set = data();
    if (currentFrame() != m_selected->frame)  // the picture's arrival goes on with it
      m_session.follow(edits::setFrame(set->name, set->frames[m_selected->frame].name));
  }
  showSelection(m_zoomPending);
  requestPart();
}

void FailureDesk::showSelection(bool zoom) {
  showRegionPanel();
  const auto& picture = m_run.picture();
  const bool there = m_selected && picture && study() && picture->frame == m_selected->frame &&
                     picture->set == QString::fromStdString(m_session.view().set) &&
                     study()->sizeOf(m_selected->frame).area() > 0;
  if (!there) {
    m_views.setRegion(nullptr);
    return;
  }
  const PlacedRegion placed =
      placeOnPicture(m_selected->region, study()->sizeOf(m_selected->frame), study()->pictureOf(m_selected->frame));
  const auto rank = sameRegion(list(m_selected->region.kind), *m_selected);
  auto shape = std::make_shared<RegionShape>();
  shape->box = QRect(placed.box.x, placed.box.y, placed.box.width, placed.box.height);
  shape->mask = placed.mask;
  shape->caption = regionCaption(m_selected->region, rank ? static_cast<int>(*rank) + 1 : 0);
  const QRect box = shape->box;
  m_views.setRegion(std::move(shape));
  if (!zoom) return;
  m_zoomPending = false;
  const int marginX = std::max(24, box.width() / 2), marginY = std::max(24, box.height() / 2);
  const Size whole = study()->pictureOf(m_selected->frame);
  m_views.zoomToRegion(
      box.adjusted(-marginX, -marginY, marginX, marginY).intersected(QRect(0, 0, whole.width, whole.height)));
}

void FailureDesk::pictureArrived() {
  if (m_selected) showSelection(m_zoomPending);
  showMask();
}

void FailureDesk::selectAt(QPoint pixel) {
  const auto frame = currentFrame();
  if (!study() || !frame) return;
  for (const FailureKind kind : {FailureKind::Missed, FailureKind::FalsePositive}) {
    const auto& failures = list(kind);
    for (std::size_t i = 0; i < failures.size(); ++i) {
      if (failures[i].frame != *frame) continue;
      const PlacedRegion placed =
          placeOnPicture(failures[i].region, study()->sizeOf(*frame), study()->pictureOf(*frame));
      const int x = pixel.x() - placed.box.x, y = pixel.y() - placed.box.y;
      if (x < 0 || y < 0 || x >= placed.box.width || y >= placed.box.height || placed.mask.at(x, y) == 0) continue;
      select(kind, static_cast<int>(i), false);
      return;
    }
  }
}

void FailureDesk::clearSelection() {
  const bool had = m_selected.has_value();
  m_selected.reset();
  m_zoomPending = false;
  m_views.setRegion(nullptr);
  if (had) {
    m_failures->setCurrent(FailureKind::FalsePositive, -1);
    requestPart();
  }
  showRegionPanel();
}

std::optional<NotePlace> FailureDesk::notePlace() const {
  const auto set = data();
  if (!set || m_session.view().frame.empty()) return std::nullopt;
  if (!m_selected || !study()) return NotePlace{set->name, m_session.view().frame, std::nullopt};
  ListContext context;
  context.data = set.get();
  return placeOf(*m_selected, *study(), context);
}

void FailureDesk::editNote(const std::function<std::vector<Note>(std::vector<Note>, const NotePlace&)>& change) {
  if (const auto place = notePlace()) m_session.setNotes(change(m_session.session().notes, *place));
}

void FailureDesk::showRegionPanel() {
  armEscape();
  const auto place = notePlace();
  if (!place) {
    m_region->clear();
    Q_EMIT regionTitleChanged(QString());
    return;
  }
  RegionInput input;
  input.note = findNote(m_session.session().notes, *place);
  const auto counts = m_run.counts();
  std::shared_ptr<const LabelMap> labels;
  FrameMaps maps;
  QString title = tr("frame %1").arg(QString::fromStdString(place->frame));
  if (m_selected && study() && m_results.contexts()) {
    input.region = &m_selected->region;
    labels = m_results.contexts()->set().label(m_selected->frame);
    try {
      maps = m_results.contexts()->at(m_selected->frame, study()->configuration);
      input.maps = &maps;
    } catch (const Error& error) {
      Q_EMIT failed(QString::fromUtf8(error.what()));
    }
    input.labels = labels.get();
    input.counts = counts.get();
    input.total = study()->failures.counts;
    input.setHasDistances = study()->hasDistances;
    input.classes = classNames();
    const auto rank = sameRegion(list(m_selected->region.kind), *m_selected);
    title = tr("%1 %2 · %3")
                .arg(m_selected->region.kind == FailureKind::Missed ? tr("Missed") : QStringLiteral("FP"))
                .arg(rank ? *rank + 1 : 0)
                .arg(title);
  }
  m_region->setView(regionView(input));
  Q_EMIT regionTitleChanged(title);
}

void FailureDesk::giveThumbnail(FailureKind kind, int row) {
  const auto set = data();
  if (!study() || !set || row < 0 || row >= static_cast<int>(list(kind).size())) return;
  const ListedFailure& failure = list(kind)[static_cast<std::size_t>(row)];
  const ThumbnailTask task{
      set, failure.frame,
      placeOnPicture(failure.region.box, study()->sizeOf(failure.frame), study()->pictureOf(failure.frame)), kind};
  m_thumbnailRows[task.key()] = {kind, row};
  const QImage picture = m_thumbnails.find(task);
  if (!picture.isNull()) m_failures->setThumbnail(kind, row, picture);
}

void FailureDesk::showMask() {
  const auto& picture = m_run.picture();
  if (!m_results.stretch() || !picture || !picture->scores || !picture->label) {
    m_views.setBrushed(nullptr);
    return;
  }
  BrushedFrame marked = oodscope::brush(scoredImage(*picture->scores, *picture->label), *m_results.stretch());
  m_views.setBrushed(std::make_shared<const Grid<std::uint8_t>>(std::move(marked.mask)));
}

void FailureDesk::showBrush() {
  armEscape();
  showMask();
  const auto& stretch = m_results.stretch();
  m_brushChip->setVisible(stretch.has_value());
  m_curves.setBrush(
      stretch ? std::optional(std::pair(stretch->low, stretch->high.value_or(std::numeric_limits<double>::max())))
              : std::nullopt);
  const bool counted = m_results.brushed().has_value();
  if (counted) {
    const BrushCounts& total = m_results.brushed()->total;
    m_brushChip->setText(
        tr("%1 in %2")
            .arg(countedText(static_cast<qint64>(total.normal) + static_cast<qint64>(total.anomaly), tr("pixel"),
                             tr("pixels")),
                 countedText(static_cast<qint64>(m_results.brushed()->frames.size()), tr("frame"), tr("frames"))));
    m_brushChip->setToolTip(
        tr("%1 normal and %2 anomalous pixels with %3 ≤ s%4. Escape or a click clears.")
            .arg(groupedText(static_cast<qint64>(total.normal)), groupedText(static_cast<qint64>(total.anomaly)),
                 scoreText(m_results.brushed()->stretch.low),
                 m_results.brushed()->stretch.high ? tr(" < %1").arg(scoreText(*m_results.brushed()->stretch.high))
                                                   : QString()));
  } else {
    m_brushChip->setText(tr("brushing…"));
  }
  if (!counted && m_results.stretch()) return;  // the lists keep what they show until the counts are there
  showLists();
  Q_EMIT framesChanged();
  m_failures->setBrushed(counted);
  m_frames.setFilter(withCondition(m_frames.filter(), kBrushedCondition, counted));
}

void FailureDesk::exportLists() {
  const auto set = data();
  if (!study() || !set) return;
  const QString file = QFileDialog::getSaveFileName(
      m_failures, tr("Export the failure lists"),
      lastFolder() + QLatin1Char('/') + QString::fromStdString(set->name) + QStringLiteral("_failures.csv"),
      tr("CSV (*.csv)"));
  if (file.isEmpty()) return;
  rememberFolder(file);
  try {
    writeFileAtomically(file.toStdString(), listsAsCsv());
    Q_EMIT exported(file);
  } catch (const Error& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

std::string FailureDesk::listsAsCsv() const {
  const auto set = data();
  std::vector<FailureTableRow> rows;
  if (!study() || !set) return failuresAsCsv(rows);
  ListContext context;
  context.data = set.get();
  const std::vector<std::string> names = classNames();
  for (const FailureKind kind : {FailureKind::FalsePositive, FailureKind::Missed})
    for (const int shown : m_failures->view(kind)->shownRows()) {
      const ListedFailure& failure = list(kind)[static_cast<std::size_t>(shown)];
      FailureTableRow row;
      row.set = set->name;
      row.frame = set->frames[failure.frame].name;
      row.region = failure.region;
      row.size = study()->sizeOf(failure.frame);
      if (failure.region.majorityClass)
        row.predictedClass = className(names, *failure.region.majorityClass).toStdString();
      if (const Note* note = findNote(m_session.session().notes, placeOf(failure, *study(), context))) {
        row.tags = note->tags;
        row.note = note->text;
      }
      rows.push_back(std::move(row));
    }
  return failuresAsCsv(rows);
}

}  // namespace oodscope

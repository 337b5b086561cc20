// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/failure_presenter.h"

#include "analysis/regions/region_facts.h"
#include "app/window/presenters.h"
#include "widgets/theme/number_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

QString ofFailures(const char* text) { return QCoreApplication::translate("Failures", text); }

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

GridCell countCell(std::uint64_t count) {
  return {.text = groupedText(static_cast<qint64>(count)), .tone = count == 0 ? Tone::Tertiary : Tone::Normal};
}

GridCell rateCell(std::uint64_t part, std::uint64_t whole, const QString& reason, bool strong = false) {
  if (whole == 0) return {.text = kNotDefinedSign, .tone = Tone::Tertiary, .toolTip = reason};
  return {.text = numberText(percent(part, whole), 1), .strong = strong};
}

GridRow binRow(const QString& bin, const Attribution::Objects& objects, std::uint64_t regions, std::uint64_t fp,
               std::size_t index) {
  const QString none = ofFailures("no object in this bin");
  return {.cells = {{.text = bin},
                    countCell(objects.count),
                    countCell(objects.missed),
                    rateCell(objects.count - objects.missed, objects.count, none),
                    rateCell(objects.pixels - objects.missedPixels, objects.pixels, none, true),
                    countCell(regions),
                    countCell(fp)},
          .shaded = index % 2 == 1};
}

GridRow header(const QString& first, const QString& regions) {
  return {.cells = {{first},
                    {ofFailures("objects")},
                    {ofFailures("missed")},
                    {ofFailures("found, %")},
                    {ofFailures("recall, % of px")},
                    {regions},
                    {ofFailures("FP px")}},
          .header = true};
}

}  // namespace

QString className(const ClassNames& names, int classIndex) {
  const auto index = static_cast<std::size_t>(classIndex);
  if (classIndex >= 0 && index < names.size()) return QString::fromStdString(names[index]);
  return classIndex == 255 ? ofFailures("void") : ofFailures("class %1").arg(classIndex);
}

NotePlace placeOf(const ListedFailure& failure, const SetStudy& study, const ListContext& context) {
  NotePlace place;
  place.set = context.data->name;
  place.frame = context.data->frames[failure.frame].name;
  place.region = placeOnPicture(failure.region.box, study.sizeOf(failure.frame), study.pictureOf(failure.frame));
  return place;
}

std::vector<FailureRow> failureRows(const std::vector<ListedFailure>& list, const SetStudy& study,
                                    const ListContext& context) {
  std::vector<FailureRow> rows;
  rows.reserve(list.size());
  const bool missed = !list.empty() && list.front().region.kind == FailureKind::Missed;
  const std::vector<std::uint64_t>* brushed = nullptr;
  if (context.brushed != nullptr) {
    const auto& pixels = missed ? context.brushed->missed : context.brushed->falsePositives;
    if (pixels.size() == list.size()) brushed = &pixels;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    const FailureRegion& region = list[i].region;
    FailureRow row;
    row.id = static_cast<int>(i) + 1;
    row.frame = static_cast<int>(list[i].frame);
    row.frameName = QString::fromStdString(context.data->frames[list[i].frame].name);
    row.area = static_cast<qint64>(region.area);
    row.peak = region.peakScore;
    row.mean = region.meanScore;
    row.margin = region.margin;
    if (missed) row.recall = 100.0 * region.recall;
    row.distance = region.distance;
    if (region.majorityClass) {
      row.predictedClass = className(context.classes, *region.majorityClass);
      row.predictedColour = classColour(*region.majorityClass);
      row.classShare = 100.0 * region.classShare;
    }
    if (brushed != nullptr) row.brushed = static_cast<double>((*brushed)[i]);
    if (context.notes != nullptr && !context.notes->empty())
      if (const Note* note = findNote(*context.notes, placeOf(list[i], study, context)))
        for (const std::string& tag : note->tags) row.tags << QString::fromStdString(tag);
    rows.push_back(std::move(row));
  }
  return rows;
}

ClassBarsView falsePositiveBars(const SetStudy& study, const ClassNames& names, std::size_t limit) {
  ClassBarsView view;
  const std::vector<ClassRow> rows = classRows(study.attribution.byPredictedClass, names);
  for (const ClassRow& row : rows) {
    if (view.rows.size() == limit || row.counts.fp == 0) break;
    view.rows.push_back({row.name, row.colour, row.fpShare / 100.0, numberText(row.fpShare, 1) + QStringLiteral(" %")});
    view.classes.push_back(row.classIndex);
  }
  const QString pixels =
      ofFailures("%1 false-positive pixels.").arg(countText(static_cast<double>(study.failures.counts.fp)));
  view.note = study.hasClasses ? pixels + QLatin1Char('\n') + ofFailures("Click a bar to filter both lists.")
                               : pixels + QLatin1Char('\n') + ofFailures("Score maps alone tell no classes.");
  return view;
}

QString reconciliationText(const SetStudy& study) {
  const SetFailures& failures = study.failures;
  std::uint64_t listed = 0;
  for (const ListedFailure& failure : failures.falsePositives) listed += failure.region.area;
  return ofFailures("%1 FP px in %2 = %3 in %4 of %5 px or more + %6 in smaller ones%7")
      .arg(
          groupedText(static_cast<qint64>(failures.counts.fp)),
          countedText(static_cast<qint64>(study.frames.size()), ofFailures("frame"), ofFailures("frames")),
          groupedText(static_cast<qint64>(listed)),
          countedText(static_cast<qint64>(failures.falsePositives.size()), ofFailures("region"), ofFailures("regions")))
      .arg(study.options.minArea)
      .arg(groupedText(static_cast<qint64>(failures.smallPixels)))
      .arg(study.options.opening ? ofFailures(" + %1 cut off by the 5 × 5 opening")
                                       .arg(groupedText(static_cast<qint64>(failures.openedPixels)))
                                 : QString());
}

QString regionCaption(const FailureRegion& region, int rank) {
  return ofFailures("%1 %2 · %3 px · peak %4")
      .arg(region.kind == FailureKind::Missed ? ofFailures("Missed") : QStringLiteral("FP"))
      .arg(rank)
      .arg(groupedText(static_cast<qint64>(region.area)), scoreText(region.peakScore));
}

RegionView regionView(const RegionInput& input) {
  RegionView view;
  if (input.note != nullptr) {
    for (const std::string& tag : input.note->tags) view.tags << QString::fromStdString(tag);
    view.note = QString::fromStdString(input.note->text);
  }
  if (input.region == nullptr) return view;
  const FailureRegion& region = *input.region;
  view.isRegion = true;
  view.isMissed = region.kind == FailureKind::Missed;
  view.area = static_cast<qint64>(region.area);
  view.peak = region.peakScore;
  view.mean = region.meanScore;
  view.margin = region.margin;
  const std::uint64_t of = view.isMissed ? input.total.fn + input.total.tp : input.total.fp;
  if (of > 0) view.shareOfSet = percent(region.area, of);
  if (view.isMissed)
    view.recall = 100.0 * region.recall;
  else if (input.labels != nullptr)
    view.touchesTruth = touchesTruth(region, *input.labels);
  const float gone = goneAt(region);
  view.goneAt = static_cast<double>(gone);
  if (input.counts != nullptr) {
    const ConfusionCounts there = input.counts->set(gone, false);
    if (there.tp + there.fn > 0) view.rateThere = percent(there.tp, there.tp + there.fn);
  }
  view.distance = region.distance;
  if (!region.distance)
    view.distanceReason =
        input.setHasDistances ? ofFailures("no disparity there") : ofFailures("the set has no disparity maps");
  if (input.maps != nullptr && input.maps->predicted)
    for (const ClassPixels& pixels : classesOf(region, *input.maps->predicted))
      view.classes.push_back({className(input.classes, pixels.classIndex), classColour(pixels.classIndex),
                              static_cast<double>(pixels.pixels) / static_cast<double>(region.area)});
  return view;
}

std::optional<std::size_t> sameRegion(const std::vector<ListedFailure>& list, const ListedFailure& earlier) {
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].frame == earlier.frame && list[i].region.kind == earlier.region.kind &&
        holds(list[i].region, earlier.region.peakAt))
      return i;
  return std::nullopt;
}

std::vector<ClassRow> classRows(const std::map<std::uint8_t, ConfusionCounts>& counts, const ClassNames& names) {
  std::uint64_t fp = 0, fn = 0;
  for (const auto& [index, count] : counts) {
    fp += count.fp;
    fn += count.fn;
  }
  std::vector<ClassRow> rows;
  rows.reserve(counts.size());
  for (const auto& [index, count] : counts)
    rows.push_back(
        {index, className(names, index), classColour(index), count, percent(count.fp, fp), percent(count.fn, fn)});
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ClassRow& a, const ClassRow& b) { return a.counts.fp > b.counts.fp; });
  return rows;
}

double niceStep(double step) { return step > 0.0 ? std::pow(10.0, std::floor(std::log10(step))) : 0.001; }

QString sizeBinText(std::size_t bin) {
  const qint64 low = qint64{1} << bin;
  if (bin + 1 == Attribution::kSizeBins) return ofFailures("%1 px and more").arg(groupedText(low));
  return pixelRangeText(low, 2 * low - 1);
}

QString issuGroupText(std::size_t group) {
  const auto& least = Attribution::kIssuGroups;
  const auto at = [&](std::size_t i) { return static_cast<qint64>(least.at(i)); };
  if (group == 0) return ofFailures("below %1 px").arg(groupedText(at(0)));
  if (group == least.size()) return ofFailures("%1 px and more").arg(groupedText(at(group - 1)));
  return pixelRangeText(at(group - 1), at(group) - 1);
}

QString distanceBinText(std::size_t bin) {
  if (bin + 1 == Attribution::kDistanceBins) return ofFailures("unknown");
  if (bin == 0) return ofFailures("below 5 m");
  if (bin + 2 == Attribution::kDistanceBins) return ofFailures("50 m and more");
  return ofFailures("%1–%2 m").arg(5 * bin).arg(5 * (bin + 1));
}

std::vector<GridRow> sizeRows(const Attribution& attribution) {
  std::vector<GridRow> rows{header(ofFailures("size"), ofFailures("FP regions"))};
  for (std::size_t bin = 0; bin < Attribution::kSizeBins; ++bin) {
    const Attribution::Objects& objects = attribution.objectsBySize[bin];
    const Attribution::Objects& regions = attribution.falsePositivesBySize[bin];
    if (objects.count == 0 && regions.count == 0) continue;
    rows.push_back(binRow(sizeBinText(bin), objects, regions.count, regions.pixels, rows.size()));
  }
  return rows;
}

std::vector<GridRow> issuSizeRows(const Attribution& attribution) {
  std::vector<GridRow> rows{header(ofFailures("size"), ofFailures("FP regions"))};
  for (std::size_t group = 0; group < attribution.objectsByIssuGroup.size(); ++group) {
    const Attribution::Objects& objects = attribution.objectsByIssuGroup[group];
    const Attribution::Objects& regions = attribution.falsePositivesByIssuGroup[group];
    if (group == 0 && objects.count == 0 && regions.count == 0) continue;
    rows.push_back(binRow(issuGroupText(group), objects, regions.count, regions.pixels, rows.size()));
  }
  return rows;
}

std::vector<GridRow> distanceRows(const Attribution& attribution) {
  std::vector<GridRow> rows{header(ofFailures("distance"), ofFailures("normal px"))};
  for (std::size_t bin = 0; bin < Attribution::kDistanceBins; ++bin) {
    const Attribution::Objects& objects = attribution.objectsByDistance[bin];
    const ConfusionCounts& pixels = attribution.byDistance[bin];
    if (objects.count == 0 && pixels.tp + pixels.fp + pixels.fn + pixels.tn == 0) continue;
    rows.push_back(binRow(distanceBinText(bin), objects, pixels.fp + pixels.tn, pixels.fp, rows.size()));
  }
  return rows;
}

}  // namespace oodscope

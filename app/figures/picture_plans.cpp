// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/picture_plans.h"

#include "analysis/regions/components.h"
#include "analysis/tables/number_text.h"
#include "app/figures/class_pictures.h"
#include "app/figures/document_text.h"
#include "app/figures/figure_csv.h"
#include "app/figures/picture_sheet.h"
#include "app/figures/plot_data.h"
#include "widgets/theme/number_text.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

using figures::tr;

constexpr int kSmallestInset = 10;  // of a picture's side, one part of so many

PictureLook lookOf(const ViewState& view, ViewKind kind) {
  PictureLook look;
  look.kind = kind;
  look.table = tableOf(view);
  look.opacity = view.opacity;
  look.contour = view.contour;
  look.voidHatch = true;  // documents always say what was left out
  return look;
}

PictureLook heatLook(const ViewState& view, float low, float high) {
  PictureLook look = lookOf(view, ViewKind::Heatmap);
  look.scaleMin = low;
  look.scaleMax = high;
  return look;
}

SheetBar barOf(const ViewState& view, const QString& label, float low, float high, std::optional<float> threshold) {
  SheetBar bar;
  bar.table = tableOf(view);
  bar.label = label;
  bar.lowText = scaleText(static_cast<double>(low), static_cast<double>(high - low));
  bar.highText = scaleText(static_cast<double>(high), static_cast<double>(high - low));
  if (threshold && std::isfinite(*threshold) && high > low) {
    bar.mark = static_cast<double>((*threshold - low) / (high - low));
    bar.markText = tr("mark at δ %1").arg(scoreText(static_cast<double>(*threshold)));
  }
  return bar;
}

QByteArray csvHeader() {
  return "set,frame,model,score,temperature,threshold,scale_low,scale_high,tp,fp,fn,tn,ap,fpr95\n";
}

QByteArray csvRow(SessionResults& results, const RunSpec& run, std::size_t frame, float low, float high) {
  const auto made = results.results(run);
  const auto live = results.liveSet(run);
  const Configuration configuration = live->configurationOf(run);
  QByteArray row = csvText(live->dataSet().name) + ',' + csvText(live->dataSet().frames[frame].name) + ',' +
                   csvText(live->source().name()) + ',' + csvText(configuration.name) + ',';
  if (configuration.temperature) row += csvNumber(shortestDecimal(*configuration.temperature));
  row += ',' + (made->threshold ? csvNumber(static_cast<double>(*made->threshold)) : QByteArray());
  row += ',' + csvNumber(static_cast<double>(low)) + ',' + csvNumber(static_cast<double>(high));
  const auto found = std::find_if(made->frameDecisions.begin(), made->frameDecisions.end(),
                                  [&](const auto& pair) { return pair.first == frame; });
  if (found == made->frameDecisions.end()) {
    row += ",,,,";
  } else {
    const ConfusionCounts& c = found->second;
    for (const std::uint64_t count : {c.tp, c.fp, c.fn, c.tn}) row += ',' + QByteArray::number(qulonglong{count});
  }
  std::optional<double> ap, fpr95;
  for (const FrameMetrics& metrics : made->details->frames)
    if (metrics.frame == frame) {
      ap = metrics.ap;
      fpr95 = metrics.fpr95;
    }
  return row + ',' + csvNumber(ap) + ',' + csvNumber(fpr95) + '\n';
}

QString decisionText(const std::optional<float>& threshold) {
  if (!threshold) return tr("Decision: no threshold");
  if (!std::isfinite(*threshold)) return tr("Decision: nothing is predicted");
  return tr("Decision, ") + QStringLiteral("s ≥ %1").arg(scoreText(static_cast<double>(*threshold)));
}

/// Nothing is painted where there is no threshold.
SheetCell decisionCell(const FrameValues& values, const ViewState& view, const QString& caption = {}) {
  SheetCell cell{values.layers, lookOf(view, ViewKind::Decision), caption};
  if (!values.threshold) cell.layers.scores.reset();
  return cell;
}

/// A frame's class maps, with the view's scores where they decide.
SheetCell classCell(const FrameValues& values, const ClassPicture& classes, const ViewState& view, ViewKind kind,
                    const QString& caption = {}) {
  SheetCell cell{values.layers, lookOf(view, kind), caption};
  cell.look.overlay = false;
  cell.look.classColours = classes.colours;
  cell.layers.classes = classes.predicted;
  cell.layers.trueClasses = classes.truth;
  if (!values.threshold) cell.layers.scores.reset();
  return cell;
}

/// Adds what is not there yet.
void addClasses(std::vector<SheetClass>& all, const std::vector<SheetClass>& more) {
  for (const SheetClass& each : more)
    if (std::ranges::find(all, each.name, &SheetClass::name) == all.end()) all.push_back(each);
}

/// Class maps that a grid shows, in order: kind and caption.
struct ClassColumn {
  ViewKind kind;
  QString caption;
};

std::vector<ClassColumn> classColumnsOf(const GridRecipe& recipe) {
  std::vector<ClassColumn> out;
  if (recipe.trueClasses) out.push_back({ViewKind::TrueClasses, tr("True classes")});
  if (recipe.predictedClasses) out.push_back({ViewKind::PredictedClasses, tr("Predicted classes")});
  if (recipe.openSet) out.push_back({ViewKind::OpenSet, tr("Open-set map")});
  return out;
}

ClassPicture classesOf(SessionResults& results, const RunSpec& run, std::size_t frame) {
  const auto live = results.liveSet(run);
  return classPicture(*live, live->configurationOf(run), frame, live->evaluationSize(frame));
}

/// The maps that the columns are made of.
std::vector<std::shared_ptr<const ClassMap>> shownClasses(const ClassPicture& picture,
                                                          const std::vector<ClassColumn>& columns) {
  std::vector<std::shared_ptr<const ClassMap>> out;
  out.reserve(columns.size());
  for (const ClassColumn& column : columns)
    out.push_back(column.kind == ViewKind::TrueClasses ? picture.truth : picture.predicted);
  return out;
}

/// A column of a grid, whatever the set of a row.
struct GridColumn {
  std::string source;
  Configuration configuration;
};

GridColumn columnOf(const SessionResults& results, const ScoreChoice& score) {
  const std::string source = score.imported.value_or(results.viewSource());
  return {source, results.configuration(score, source)};
}

/// One scale for all of a column's kind of score: the union of what the view asks for in each set.
ScaleLimits sharedLimits(SessionResults& results, const GridColumn& column, const std::vector<GridRecipe::Row>& rows) {
  ScaleLimits out{INFINITY, -INFINITY};
  for (const GridRecipe::Row& row : rows) {
    const RunSpec run = results.run(row.set, column.source, column.configuration);
    const auto scores = results.liveSet(run)->scores(results.frameOf(row.set, row.frame), column.configuration);
    const ScaleLimits limits = limitsOf(results, run, *scores);
    out.low = std::min(out.low, limits.low);
    out.high = std::max(out.high, limits.high);
  }
  return out;
}

std::vector<GridRecipe::Row> usualRows(SessionResults& results) {
  const RunSpec run = results.viewRun();
  const auto live = results.liveSet(run);
  const auto& frames = live->dataSet().frames;
  std::vector<GridRecipe::Row> rows;
  const auto add = [&](std::size_t frame) {
    const GridRecipe::Row row{live->dataSet().name, frames[frame].name};
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
  };
  if (const auto shown = live->dataSet().find(results.session().view.frame); shown && live->isReady(*shown))
    add(*shown);
  std::vector<FrameMetrics> ranked;
  for (const FrameMetrics& frame : results.results(run)->details->frames)
    if (frame.ap) ranked.push_back(frame);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const FrameMetrics& a, const FrameMetrics& b) { return *a.ap > *b.ap; });
  if (!ranked.empty()) {
    add(ranked.front().frame);
    add(ranked[ranked.size() / 2].frame);
    add(ranked.back().frame);
  }
  if (rows.empty())
    for (const std::size_t frame : live->readyFrames())
      if (rows.size() < 3) add(frame);
  return rows;
}

}  // namespace

std::shared_ptr<const ColourTable> tableOf(const ViewState& view) {
  return std::make_shared<const ColourTable>(
      colourTable(colourMapFromName(QString::fromStdString(view.colourMap)), view.colourMapReversed));
}

QString runCaption(const SessionResults& results, const QString& set, const std::string& source,
                   const Configuration& configuration) {
  return QStringLiteral("%1 · %2 · %3 · %4")
      .arg(set, QString::fromStdString(source), configurationTitle(configuration),
           tr("%1 protocol").arg(protocolTitle(results.session().view.protocol)));
}

QString runCaption(const SessionResults& results, const RunSpec& run) {
  const auto live = results.liveSet(run);
  QString caption = runCaption(results, QString::fromStdString(live->dataSet().name), live->source().name(),
                               live->configurationOf(run));
  const FrameAccount account = live->account();
  if (!account.isComplete()) caption += tr(" · of %1").arg(framesText(account));
  return caption;
}

FrameValues frameValues(SessionResults& results, const RunSpec& run, std::size_t frame) {
  const auto live = results.liveSet(run);
  const Frame& source = live->dataSet().frames[frame];
  FrameValues out{live->dataSet().name, frame, QString::fromStdString(source.name), {}, {}};
  out.layers.image = std::make_shared<const RgbImage>(readImage(source));
  if (source.label) out.layers.label = std::make_shared<const LabelMap>(readLabel(live->dataSet(), source));
  out.layers.scores = live->scores(frame, live->configurationOf(run));
  const auto made = results.results(run);
  out.threshold = made->threshold;
  out.layers.threshold = made->threshold.value_or(INFINITY);
  return out;
}

ScaleLimits limitsOf(SessionResults& results, const RunSpec& run, const ScoreMap& scores) {
  const auto made = results.results(run);
  return scaleLimits(results.session().view, orderedSample(scores),
                     setScales(made->details.get(), nullptr, results.configuration(run)));
}

FigurePlan planFrame(SessionResults& results, const RunSpec& run, std::size_t frame) {
  const ViewState view = results.session().view;
  const FrameValues values = frameValues(results, run, frame);
  const ScaleLimits limits = limitsOf(results, run, *values.layers.scores);
  SheetData data;
  data.title = tr("Frame %1").arg(values.name);
  data.caption = runCaption(results, run);
  data.columns = 2;
  data.cells = {
      {values.layers, lookOf(view, ViewKind::Image), tr("Image %1").arg(values.name)},
      {values.layers, lookOf(view, ViewKind::GroundTruth),
       values.layers.label ? tr("Ground truth") : tr("Ground truth is withheld")},
      {values.layers, heatLook(view, limits.low, limits.high), configurationTitle(results.configuration(run))},
      decisionCell(values, view, decisionText(values.threshold))};
  data.cells[0].look.contour = false;
  data.showsTruth = data.showsDecision = true;
  data.bar = barOf(view, tr("score"), limits.low, limits.high, values.threshold);
  data.csv = csvHeader() + csvRow(results, run, frame, limits.low, limits.high);
  return [data] { return pictureSheet(data); };
}

FigurePlan planClasses(SessionResults& results, const RunSpec& run, std::size_t frame) {
  const ViewState view = results.session().view;
  const FrameValues values = frameValues(results, run, frame);
  const ClassPicture classes = classesOf(results, run, frame);
  if (!classes.predicted && !classes.truth)
    throw Error(ErrorParts{.what = "frame " + values.name.toStdString() + " has no classes, true or predicted",
                           .expected = "a set with class labels, or a source that gives classes",
                           .found = classes.noPrediction.toStdString()});
  SheetData data;
  data.title = tr("Class maps of frame %1").arg(values.name);
  data.caption = runCaption(results, run);
  data.columns = 2;
  data.cells = {
      {values.layers, lookOf(view, ViewKind::Image), tr("Image %1").arg(values.name)},
      classCell(values, classes, view, ViewKind::TrueClasses, classes.truth ? tr("True classes") : classes.noTruth),
      classCell(values, classes, view, ViewKind::PredictedClasses,
                classes.predicted ? tr("Predicted classes") : classes.noPrediction),
      classCell(values, classes, view, ViewKind::OpenSet,
                values.threshold ? tr("Open-set map, s ≥ %1").arg(scoreText(static_cast<double>(*values.threshold)))
                                 : tr("Open-set map: no threshold"))};
  data.cells[0].look.contour = false;
  data.showsTruth = true;
  data.classes = occurringClasses(classes, {classes.truth, classes.predicted});
  data.csv = "class,true_pixels,predicted_pixels\n";
  const auto pixels = [](const std::shared_ptr<const ClassMap>& map, std::size_t index) {
    return map ? QByteArray::number(
                     static_cast<qlonglong>(std::ranges::count(map->values(), static_cast<std::uint8_t>(index))))
               : QByteArray();
  };
  for (std::size_t i = 0; i < classes.classes.size(); ++i)
    data.csv +=
        csvText(classes.classes[i].name) + ',' + pixels(classes.truth, i) + ',' + pixels(classes.predicted, i) + '\n';
  return [data] { return pictureSheet(data); };
}

GridRecipe completeGrid(SessionResults& results, GridRecipe recipe) {
  if (recipe.rows.empty()) recipe.rows = usualRows(results);
  if (recipe.scores.empty()) recipe.scores.push_back(results.session().view.score);
  return recipe;
}

QStringList usualCaptions(const SessionResults& results, const GridRecipe& complete) {
  QStringList captions{tr("Image"), tr("Ground truth")};
  for (const ClassColumn& column : classColumnsOf(complete)) captions << column.caption;
  for (const ScoreChoice& score : complete.scores)
    captions << configurationTitle(columnOf(results, score).configuration);
  if (complete.decision) captions << tr("Decision");
  return captions;
}

std::optional<FrameRectangle> aroundLargestAnomaly(const DataSet& set, const Frame& frame) {
  if (!frame.label) return std::nullopt;
  const LabelMap label = readLabel(set, frame);
  std::vector<std::uint8_t> mask(label.values().size());
  std::transform(label.values().begin(), label.values().end(), mask.begin(),
                 [](std::uint8_t value) { return static_cast<std::uint8_t>(value == kAnomaly); });
  const Components found = labelComponents(mask, label.size());
  const auto largest = std::max_element(found.areas.begin(), found.areas.end());
  if (largest == found.areas.end()) return std::nullopt;
  const auto wanted = static_cast<std::uint32_t>(largest - found.areas.begin());
  int left = label.width(), top = label.height(), right = -1, bottom = -1;
  for (int y = 0; y < label.height(); ++y)
    for (std::uint32_t run = found.firstRun[static_cast<std::size_t>(y)];
         run < found.firstRun[static_cast<std::size_t>(y) + 1]; ++run) {
      if (found.component[run] != wanted) continue;
      left = std::min(left, found.runs[run].begin);
      right = std::max(right, found.runs[run].end - 1);
      top = std::min(top, y);
      bottom = y;
    }
  // Half its size around it, and not so small that single pixels fill the inset.
  const int width = std::min(label.width(), std::max(2 * (right - left + 1), label.width() / kSmallestInset));
  const int height = std::min(label.height(), std::max(2 * (bottom - top + 1), label.height() / kSmallestInset));
  return FrameRectangle{std::clamp((left + right + 1 - width) / 2, 0, label.width() - width),
                        std::clamp((top + bottom + 1 - height) / 2, 0, label.height() - height), width, height};
}

namespace {

/// Captions of the columns that somebody wrote, in place of the usual ones.
void takeCaptions(const GridRecipe& recipe, SheetData& data) {
  for (std::size_t c = 0; c < recipe.captions.size() && static_cast<int>(c) < data.columns; ++c)
    if (!recipe.captions[c].empty())
      data.columnCaptions[static_cast<int>(c)] = QString::fromStdString(recipe.captions[c]);
}

/// A row's class maps, where the grid has such columns.
void addClassCells(SessionResults& results, const GridRecipe& recipe, const GridRecipe::Row& row,
                   const FrameValues& values, SheetData& data) {
  const std::vector<ClassColumn> columns = classColumnsOf(recipe);
  if (columns.empty()) return;
  const std::size_t frame = results.frameOf(row.set, row.frame);
  const ClassPicture classes = classesOf(results, results.onSet(results.viewRun(), row.set), frame);
  for (const ClassColumn& column : columns)
    data.cells.push_back(classCell(values, classes, results.session().view, column.kind));
  addClasses(data.classes, occurringClasses(classes, shownClasses(classes, columns)));
}

/// Shows the rectangle enlarged in each picture of a row, whose first cell is named.
void enlarge(const std::optional<FrameRectangle>& inset, std::size_t firstOfRow, SheetData& data) {
  if (!inset) return;
  for (std::size_t i = firstOfRow; i < data.cells.size(); ++i)
    data.cells[i].inset = QRectF(inset->x, inset->y, inset->width, inset->height);
}

}  // namespace

FigurePlan planGrid(SessionResults& results, const GridRecipe& asked) {
  const ViewState view = results.session().view;
  const GridRecipe recipe = completeGrid(results, asked);
  const std::vector<GridRecipe::Row>& rows = recipe.rows;
  if (rows.empty()) throw Error(ErrorParts{.what = "the grid has no row", .expected = "a frame that is ready"});
  std::vector<GridColumn> columns;
  for (const ScoreChoice& score : recipe.scores) columns.push_back(columnOf(results, score));
  // Score functions of different units share the rank in their set instead of a score.
  const bool ranked = columns.size() > 1;
  SheetData data;
  data.title = tr("Qualitative grid");
  data.caption = runCaption(results, results.viewRun());
  data.columnCaptions = usualCaptions(results, recipe);
  data.columns = static_cast<int>(data.columnCaptions.size());
  takeCaptions(recipe, data);
  data.csv = csvHeader();
  const ScaleLimits limits = ranked ? ScaleLimits{0.0F, 1.0F} : sharedLimits(results, columns.front(), rows);
  bool severalSets = false;
  for (const GridRecipe::Row& row : rows) severalSets |= row.set != rows.front().set;
  for (const GridRecipe::Row& row : rows) {
    const std::size_t frame = results.frameOf(row.set, row.frame);
    const QString name = QString::fromStdString(row.frame);
    data.rowCaptions << (!row.caption.empty() ? QString::fromStdString(row.caption)
                         : severalSets        ? QString::fromStdString(row.set) + QLatin1Char('\n') + name
                                              : name);
    const FrameValues values = frameValues(results, results.onSet(results.viewRun(), row.set), frame);
    const std::size_t firstOfRow = data.cells.size();
    const auto add = [&](const PictureLayers& layers, const PictureLook& look) {
      data.cells.push_back(SheetCell{layers, look});
    };
    PictureLook image = lookOf(view, ViewKind::Image);
    image.contour = false;
    add(values.layers, image);
    add(values.layers, lookOf(view, ViewKind::GroundTruth));
    addClassCells(results, recipe, row, values, data);
    for (const GridColumn& column : columns) {
      const RunSpec run = results.run(row.set, column.source, column.configuration);
      PictureLayers layers = values.layers;
      layers.scores = results.liveSet(run)->scores(frame, column.configuration);
      if (ranked)
        layers.scores = std::make_shared<const ScoreMap>(rankMap(*layers.scores, *results.results(run)->ranks));
      add(layers, heatLook(view, limits.low, limits.high));
      data.csv += csvRow(results, run, frame, limits.low, limits.high);
    }
    if (recipe.decision) data.cells.push_back(decisionCell(values, view));
    enlarge(row.inset, firstOfRow, data);
  }
  data.showsTruth = true;
  data.showsDecision = recipe.decision;
  data.bar = ranked ? barOf(view, tr("rank in the set"), 0.0F, 1.0F, std::nullopt)
                    : barOf(view, tr("score"), limits.low, limits.high, std::nullopt);
  return [data] { return pictureSheet(data); };
}

FigurePlan planFailures(SessionResults& results, const RunSpec& run, std::size_t count) {
  const ViewState view = results.session().view;
  const std::string set = results.setName(run);
  const Configuration configuration = results.configuration(run);
  const WorstOfSet worst = worstOf(results, run, count);
  if (worst.frames.empty())
    throw Error(ErrorParts{.what = "no frame of " + set + " can be ranked", .expected = "frames with an anomaly"});
  SheetData data;
  data.title = tr("Frames with the lowest AP, %1").arg(QString::fromStdString(set));
  data.caption = runCaption(results, run);
  data.columns = 3;
  data.columnCaptions = QStringList{tr("Ground truth"), configurationTitle(configuration), tr("Decision")};
  data.csv = csvHeader();
  std::vector<GridRecipe::Row> rows;
  const auto live = results.liveSet(run);
  for (const FrameMetrics& frame : worst.frames) rows.push_back({set, live->dataSet().frames[frame.frame].name});
  const ScaleLimits limits = sharedLimits(results, {results.sourceName(run), configuration}, rows);
  for (const FrameMetrics& frame : worst.frames) {
    const FrameValues values = frameValues(results, run, frame.frame);
    data.rowCaptions << tr("%1\nAP %2 %").arg(values.name, QString::fromStdString(percentText(*frame.ap)));
    data.cells.push_back({values.layers, lookOf(view, ViewKind::GroundTruth)});
    data.cells.push_back({values.layers, heatLook(view, limits.low, limits.high)});
    data.cells.push_back(decisionCell(values, view));
    data.csv += csvRow(results, run, frame.frame, limits.low, limits.high);
  }
  data.showsTruth = data.showsDecision = true;
  const auto made = results.results(run);
  data.bar = barOf(view, tr("score"), limits.low, limits.high, made->threshold);
  return [data] { return pictureSheet(data); };
}

}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/presenters.h"

#include "analysis/datasets/cityscapes.h"
#include "analysis/metrics/operating_point.h"
#include "analysis/tables/number_text.h"
#include "widgets/theme/number_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("presenters", text); }

std::optional<double> halfWidth(const std::optional<Interval>& interval) {
  if (!interval) return std::nullopt;
  return 50.0 * (interval->high - interval->low);
}

ShownValue shown(const std::optional<double>& fraction, bool exact, const std::optional<Interval>& interval,
                 const QString& reason) {
  ShownValue value;
  value.value = inPercent(fraction);
  value.estimated = !exact;
  value.halfWidth = exact ? std::nullopt : halfWidth(interval);
  value.reason = reason;
  return value;
}

QString undefinedReason(std::uint64_t positives, std::uint64_t negatives) {
  if (positives == 0) return tr("no anomalous pixel takes part");
  if (negatives == 0) return tr("no normal pixel takes part");
  return tr("the protocol does not define it");
}

MetricRow row(const QString& name, const ShownValue& current, const std::optional<double>& reference,
              const QString& noDelta, bool higherIsBetter, const ShownValue& frame) {
  MetricRow out;
  out.name = name;
  out.current = current;
  out.reference = inPercent(reference);
  out.deltaReason = noDelta;
  if (out.reference && current.value && noDelta.isEmpty()) {
    out.delta = *current.value - *out.reference;
    out.undecided = current.estimated && current.halfWidth && std::abs(*out.delta) < *current.halfWidth;
  }
  out.higherIsBetter = higherIsBetter;
  out.frame = frame;
  return out;
}

ShownValue rate(const std::optional<double>& fraction, bool estimated, const QString& reason) {
  ShownValue value;
  value.value = inPercent(fraction);
  value.estimated = estimated;
  value.reason = reason;
  return value;
}

std::optional<double> ratio(double part, double whole) {
  if (whole <= 0.0) return std::nullopt;
  return part / whole;
}

OperatingRow operatingRow(const QString& name, std::vector<ShownValue> set, std::vector<ShownValue> frame) {
  OperatingRow out;
  out.name = name;
  out.set = std::move(set);
  out.frame = std::move(frame);
  return out;
}

ComponentsRow componentsRow(const std::optional<ShownComponents>& known) {
  ComponentsRow row;
  row.header = tr("components");
  const QString wait = tr("follows once the set is exact");
  const bool estimated = known && known->estimated;
  const ComponentMetrics metrics = known ? known->metrics : ComponentMetrics{};
  const auto value = [&](const std::optional<double>& fraction, const QString& reason) {
    return rate(fraction, estimated, known ? reason : wait);
  };
  row.name = known ? (estimated ? QStringLiteral("≈ ") : QString()) +
                         countedText(static_cast<qint64>(metrics.predicted), tr("region"), tr("regions")) +
                         QStringLiteral(", ") +
                         countedText(static_cast<qint64>(metrics.truths), tr("object"), tr("objects"))
                   : tr("regions and objects");
  row.siou = value(metrics.siou, tr("no object in the set"));
  row.ppv = value(metrics.ppv, tr("no region is predicted"));
  row.f1 = value(metrics.f1Star, tr("no object in the set"));
  return row;
}

std::size_t mapIndex(Size from, Size to, QPointF pixel) {
  const double sx = static_cast<double>(to.width) / std::max(1, from.width);
  const double sy = static_cast<double>(to.height) / std::max(1, from.height);
  const int x = std::clamp(static_cast<int>(pixel.x() * sx), 0, to.width - 1);
  const int y = std::clamp(static_cast<int>(pixel.y() * sy), 0, to.height - 1);
  return static_cast<std::size_t>(y) * static_cast<std::size_t>(to.width) + static_cast<std::size_t>(x);
}

PixelLabel labelOf(std::uint8_t value) {
  if (value == kAnomaly) return PixelLabel::Anomaly;
  return value == kNormal ? PixelLabel::Normal : PixelLabel::Void;
}

PixelDecision decisionOf(PixelLabel label, bool flagged) {
  switch (label) {
    case PixelLabel::Anomaly:
      return flagged ? PixelDecision::TruePositive : PixelDecision::FalseNegative;
    case PixelLabel::Normal:
      return flagged ? PixelDecision::FalsePositive : PixelDecision::TrueNegative;
    case PixelLabel::Void:
      return PixelDecision::Ignored;
    case PixelLabel::Unknown:
      break;
  }
  return PixelDecision::None;
}

QString nameOfChannel(const std::vector<std::string>& names, std::size_t channel) {
  return channel < names.size() ? QString::fromStdString(names[channel]) : tr("class %1").arg(channel);
}

void addOperatingPoint(MetricsView& view, const MetricsInput& input, const QString& reason) {
  view.operatingName = tr("at δ ") + scoreText(static_cast<double>(*input.threshold));
  view.components = componentsRow(input.components);
  view.counts = decisionCounts(*input.numbers, input.counts, *input.threshold);
  if (!view.counts) return;
  const DecisionCounts& c = *view.counts;
  std::vector<ShownValue> frameRates(2), frameFpr(1);
  if (input.counts != nullptr && input.frame)
    if (const auto counts = input.counts->frame(*input.frame, *input.threshold)) {
      frameRates = {rate(counts->precision(), false, tr("nothing is predicted")),
                    rate(counts->recall(), false, tr("the frame has no anomaly"))};
      frameFpr = {rate(counts->fpr(), false, tr("the frame has no normal pixel"))};
    }
  view.operating.push_back(operatingRow(tr("precision / recall"),
                                        {rate(ratio(c.tp, c.tp + c.fp), c.estimated, tr("nothing is predicted")),
                                         rate(ratio(c.tp, c.tp + c.fn), c.estimated, reason)},
                                        frameRates));
  view.operating.push_back(
      operatingRow(tr("false positive rate"), {rate(ratio(c.fp, c.fp + c.tn), c.estimated, reason)}, frameFpr));
}

void addProvenance(MetricsView& view, const MetricsInput& input) {
  const SetNumbers& numbers = *input.numbers;
  view.provenance << tr("%1 protocol · %2")
                         .arg(protocolTitle(numbers.protocol),
                              numbers.protocol.poolsPixels() ? tr("pooled pixels") : tr("mean over frames"));
  view.provenance << accountText(numbers.account, numbers.metrics);
  if (input.withoutMap.value_or(0) > 0)
    view.provenance << tr("%1 of the set without a score map")
                           .arg(countedText(static_cast<qint64>(*input.withoutMap), tr("frame"), tr("frames")));
  if (input.threshold && input.components)
    view.provenance << tr("components: regions of %1 px or more, objects of %2 px or more, all frames")
                           .arg(input.components->track.minPredicted)
                           .arg(input.components->track.minTruth);
  if (!input.scored.isEmpty()) view.provenance << tr("scored on %1").arg(input.scored);
  QStringList facts;
  if (!input.modelFingerprint.isEmpty()) facts << tr("model ") + input.modelFingerprint.left(8);
  if (!input.dataName.isEmpty()) facts << tr("data ") + input.dataName;
  if (input.threads > 0) facts << countedText(input.threads, tr("thread"), tr("threads"));
  if (!facts.isEmpty()) view.provenance << facts.join(QStringLiteral(" · "));
  if (numbers.hygiene.unusable() > 0)
    view.provenance << tr("%1 NaN or infinite: no part of the numbers")
                           .arg(countedText(static_cast<qint64>(numbers.hygiene.unusable()), tr("score is"),
                                            tr("scores are")));
}

}  // namespace

MetricsView metricsView(const MetricsInput& input) {
  MetricsView view;
  const SetNumbers& numbers = *input.numbers;
  const PixelMetrics& metrics = numbers.metrics;
  const FrameMetrics* frame = nullptr;
  const bool sameScores = input.details != nullptr && input.details->configuration == numbers.configuration;
  if (sameScores && input.frame)
    for (const FrameMetrics& candidate : input.details->frames)
      if (candidate.frame == *input.frame) frame = &candidate;
  const FrameAccount& account = numbers.account;
  view.unit = account.isComplete() ? tr("set, %") : tr("%1, %").arg(framesText(account));
  view.currentName = numbers.configuration.temperature
                         ? tr("T ") + numberText(static_cast<double>(*numbers.configuration.temperature), 2)
                         : configurationTitle(numbers.configuration);
  if (input.reference) {
    view.referenceName = input.reference->name;
    view.referenceSource = input.reference->source;
  }
  view.frameName = input.frame ? tr("frame ") + input.frameName : QString();
  const QString reason = undefinedReason(metrics.positives, metrics.negatives);
  const auto ofFrame = [&](std::optional<double> FrameMetrics::*member) {
    const QString why =
        frame == nullptr ? tr("follows once the set is exact") : undefinedReason(frame->positives, frame->negatives);
    return shown(frame == nullptr ? std::nullopt : frame->*member, true, std::nullopt, why);
  };
  QString noDelta;
  if (input.reference)
    noDelta = account.isComplete() ? input.reference->noDelta
                                   : tr("no difference before all frames are in: %1").arg(framesText(account));
  const auto reference = [&](std::optional<double> ReferenceNumbers::*member) {
    return input.reference ? (*input.reference).*member : std::optional<double>();
  };
  view.rows.push_back(row(tr("AP"), shown(metrics.ap, numbers.exact, numbers.ap, reason),
                          reference(&ReferenceNumbers::ap), noDelta, true, ofFrame(&FrameMetrics::ap)));
  view.rows.push_back(row(tr("FPR95"), shown(metrics.fpr95, numbers.exact, numbers.fpr95, reason),
                          reference(&ReferenceNumbers::fpr95), noDelta, false, ofFrame(&FrameMetrics::fpr95)));
  view.rows.push_back(row(tr("AUROC"), shown(metrics.auroc, numbers.exact, numbers.auroc, reason),
                          reference(&ReferenceNumbers::auroc), noDelta, true, ofFrame(&FrameMetrics::auroc)));
  view.rows.push_back(row(tr("best F1"), shown(metrics.bestF1, numbers.exact, std::nullopt, reason),
                          reference(&ReferenceNumbers::bestF1), noDelta, true, ofFrame(&FrameMetrics::bestF1)));
  if (input.reference)
    for (MetricRow& line : view.rows) line.referenceReason = input.reference->reason;
  if (input.threshold) addOperatingPoint(view, input, reason);
  addProvenance(view, input);
  return view;
}

QString precisionText(const ScoreSource& source) {
  const std::string precision = source.precision();
  if (precision.empty()) return {};
  return QString::fromStdString(precision) + (source.takesMethods() ? tr(" logits") : tr(" maps"));
}

QString exactnessText(const SetNumbers& numbers, const QString& scored, std::optional<std::size_t> withoutMap) {
  const FrameAccount& account = numbers.account;
  if (account.isComplete()) {
    if (!numbers.exact) return tr("≈ estimated");
    return scored.isEmpty() ? tr("= exact") : tr("= exact on %1").arg(scored);
  }
  QString part = framesText(account);
  // Nothing is to come any more: what is missing was never there.
  if (withoutMap.value_or(0) > 0 && account.unread == 0 && account.failed <= *withoutMap)
    part = tr("%1 have a map").arg(part);
  return numbers.exact ? part : QString(kAboutSign) + QLatin1Char(' ') + part;
}

CursorView cursorView(const FramePicture& picture, QPointF pixel, std::optional<float> threshold,
                      const ThresholdCounts* counts, const std::vector<std::string>& classNames) {
  CursorView view;
  const Size image = picture.decoded.image ? picture.decoded.image->size() : Size{};
  if (!picture.scores || image.area() == 0) {
    view.scoreReason = tr("not scored yet");
    return view;
  }
  const std::size_t index = mapIndex(image, picture.scores->size(), pixel);
  const float score = picture.scores->values()[index];
  if (std::isfinite(score)) {
    view.score = static_cast<double>(score);
    if (threshold) view.margin = static_cast<double>(score) - static_cast<double>(*threshold);
    if (counts != nullptr) view.rank = counts->rank(score);
  } else {
    view.scoreReason = std::isnan(score) ? tr("NaN") : tr("infinite");
  }
  if (picture.label) {
    view.label = labelOf(picture.label->values()[mapIndex(image, picture.label->size(), pixel)]);
    if (threshold) view.decision = decisionOf(view.label, score >= *threshold);
  }
  if (!picture.outputs || !picture.outputs->view.hasClasses()) return view;
  const OutputsView& outputs = picture.outputs->view;
  const Size own = outputs.size();
  const std::size_t at = mapIndex(image, own, pixel);
  const int x = static_cast<int>(at % static_cast<std::size_t>(own.width));
  const int y = static_cast<int>(at / static_cast<std::size_t>(own.width));
  const ScoreParameters& parameters = picture.parameters;
  const std::vector<double> probabilities = classProbabilities(outputs, parameters, x, y);
  std::vector<std::size_t> order(probabilities.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return probabilities[a] > probabilities[b]; });
  const auto channelOf = [&](std::size_t i) {
    return parameters.channels.empty() ? i : static_cast<std::size_t>(parameters.channels[i]);
  };
  constexpr std::size_t kShownClasses = 5;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t channel = channelOf(order[i]);
    if (i < kShownClasses) {
      view.classes.push_back(
          {nameOfChannel(classNames, channel), classColour(static_cast<int>(channel)), probabilities[order[i]]});
    } else {
      ++view.otherClasses;
      view.otherShare += probabilities[order[i]];
    }
  }
  if (!order.empty()) {
    const std::size_t best = channelOf(order.front());
    view.predictedClass = nameOfChannel(classNames, best);
    view.predictedColour = classColour(static_cast<int>(best));
  }
  view.probabilityName = outputs.has(Output::Logits) ? tr("Class probability at T ") +
                                                           numberText(static_cast<double>(parameters.temperature), 2)
                                                     : tr("Class membership");
  return view;
}

QColor classColour(int trainId) {
  if (trainId < 0 || trainId >= kCityscapesTrainClasses) return {0x8c, 0x91, 0x98};
  const auto& [red, green, blue] = kCityscapesClasses[static_cast<std::size_t>(trainId)].colour;
  return {red, green, blue};
}

}  // namespace oodscope

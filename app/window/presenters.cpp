// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/presenters.h"

#include "analysis/metrics/operating_point.h"
#include "widgets/theme/number_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

QString tr(const char* text) { return QCoreApplication::translate("presenters", text); }

std::optional<double> percent(const std::optional<double>& fraction) {
  if (!fraction) return std::nullopt;
  return 100.0 * *fraction;
}

std::optional<double> halfWidth(const std::optional<Interval>& interval) {
  if (!interval) return std::nullopt;
  return 50.0 * (interval->high - interval->low);
}

ShownValue shown(const std::optional<double>& fraction, bool exact, const std::optional<Interval>& interval,
                 const QString& reason) {
  ShownValue value;
  value.value = percent(fraction);
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
              bool higherIsBetter, const ShownValue& frame) {
  MetricRow out;
  out.name = name;
  out.current = current;
  out.reference = percent(reference);
  if (out.reference && current.value) {
    out.delta = *current.value - *out.reference;
    out.undecided = current.estimated && current.halfWidth && std::abs(*out.delta) < *current.halfWidth;
  }
  out.higherIsBetter = higherIsBetter;
  out.frame = frame;
  return out;
}

ShownValue rate(const std::optional<double>& fraction, bool estimated, const QString& reason) {
  ShownValue value;
  value.value = percent(fraction);
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

void fillCurveReadout(const SetNumbers& numbers, CurveData& curve) {
  for (const CurvePoint& point : numbers.curves.points) {
    curve.threshold.push_back(static_cast<double>(point.threshold));
    curve.precision.push_back(point.precision);
    curve.recall.push_back(point.recall);
    curve.falsePositiveRate.push_back(point.fpr);
  }
  curve.estimated = !numbers.exact;
}

QString shownPercent(const std::optional<double>& fraction, bool exact) {
  ShownValue value;
  value.value = percent(fraction);
  value.estimated = !exact;
  return valueText(value);
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

}  // namespace

QString methodTitle(Method method) {
  switch (method) {
    case Method::Msp:
      return tr("MSP");
    case Method::MaxLogit:
      return tr("Max-logit");
    case Method::MaxEntropy:
      return tr("Max-entropy");
    case Method::Energy:
      return tr("Energy");
    case Method::SoftmaxDistance:
      return tr("Softmax distance");
    case Method::Void:
      return tr("Void class");
  }
  return {};
}

QString scoreTitle(const ScoreChoice& score) {
  return score.imported ? QString::fromStdString(*score.imported) : methodTitle(score.method);
}

QString configurationTitle(const Configuration& configuration) {
  const QString name =
      configuration.method ? methodTitle(*configuration.method) : QString::fromStdString(configuration.name);
  if (!configuration.temperature) return name;
  return name + tr(" · T ") + numberText(static_cast<double>(*configuration.temperature), 2);
}

QString protocolTitle(Protocol protocol) {
  switch (protocol) {
    case Protocol::Course:
      return tr("Course");
    case Protocol::Fishyscapes:
      return tr("Fishyscapes");
    case Protocol::Smiyc2023:
      return tr("SMIYC 2023");
    case Protocol::Smiyc2021:
      return tr("SMIYC 2021");
    case Protocol::DenseHybrid:
      return tr("DenseHybrid");
    case Protocol::StreetHazards:
      return tr("StreetHazards");
  }
  return {};
}

QString noTemperatureReason(const ScoreChoice& score) {
  if (score.imported) return tr("no effect on imported score maps");
  return dependsOnTemperature(score.method) ? QString() : tr("no effect on max-logit ranking");
}

std::optional<DecisionCounts> decisionCounts(const SetNumbers& numbers, const ThresholdCounts* counts,
                                             float threshold) {
  DecisionCounts out;
  if (counts != nullptr) {
    const ConfusionCounts exact = counts->set(threshold, skipsFramesWithoutAnomaly(numbers.protocol));
    out = {static_cast<double>(exact.tp), static_cast<double>(exact.fn), static_cast<double>(exact.fp),
           static_cast<double>(exact.tn), false};
    return out;
  }
  const auto point = operatingPointAt(numbers.curves, threshold);
  if (!point) return std::nullopt;
  const auto positives = static_cast<double>(numbers.metrics.positives);
  const auto negatives = static_cast<double>(numbers.metrics.negatives);
  out.tp = point->recall * positives;
  out.fn = positives - out.tp;
  out.fp = point->fpr * negatives;
  out.tn = negatives - out.fp;
  out.estimated = true;
  return out;
}

MetricsView metricsView(const MetricsInput& input) {
  MetricsView view;
  const SetNumbers& numbers = *input.numbers;
  const PixelMetrics& metrics = numbers.metrics;
  const FrameMetrics* frame = nullptr;
  if (input.details != nullptr && input.frame)
    for (const FrameMetrics& candidate : input.details->frames)
      if (candidate.frame == *input.frame) frame = &candidate;
  view.unit = tr("set, %");
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
    const QString why = frame == nullptr ? tr("not known yet") : undefinedReason(frame->positives, frame->negatives);
    return shown(frame == nullptr ? std::nullopt : frame->*member, true, std::nullopt, why);
  };
  const auto reference = [&](std::optional<double> ReferenceNumbers::*member) {
    return input.reference ? (*input.reference).*member : std::optional<double>();
  };
  view.rows.push_back(row(tr("AP"), shown(metrics.ap, numbers.exact, numbers.ap, reason),
                          reference(&ReferenceNumbers::ap), true, ofFrame(&FrameMetrics::ap)));
  view.rows.push_back(row(tr("FPR95"), shown(metrics.fpr95, numbers.exact, numbers.fpr95, reason),
                          reference(&ReferenceNumbers::fpr95), false, ofFrame(&FrameMetrics::fpr95)));
  view.rows.push_back(row(tr("AUROC"), shown(metrics.auroc, numbers.exact, numbers.auroc, reason),
                          reference(&ReferenceNumbers::auroc), true, ofFrame(&FrameMetrics::auroc)));
  view.rows.push_back(row(tr("best F1"), shown(metrics.bestF1, numbers.exact, std::nullopt, reason),
                          reference(&ReferenceNumbers::bestF1), true, ofFrame(&FrameMetrics::bestF1)));
  if (input.reference)
    for (MetricRow& line : view.rows) line.referenceReason = input.reference->reason;
  if (input.threshold) {
    view.operatingName = tr("at δ ") + numberText(static_cast<double>(*input.threshold), 3);
    view.counts = decisionCounts(numbers, input.counts, *input.threshold);
    if (view.counts) {
      const DecisionCounts& c = *view.counts;
      const bool estimated = c.estimated;
      std::vector<ShownValue> frameRates(2), frameFpr(1);
      if (input.counts != nullptr && input.frame)
        if (const auto counts = input.counts->frame(*input.frame, *input.threshold)) {
          frameRates = {rate(counts->precision(), false, tr("nothing is predicted")),
                        rate(counts->recall(), false, tr("the frame has no anomaly"))};
          frameFpr = {rate(counts->fpr(), false, tr("the frame has no normal pixel"))};
        }
      view.operating.push_back(operatingRow(tr("precision / recall"),
                                            {rate(ratio(c.tp, c.tp + c.fp), estimated, tr("nothing is predicted")),
                                             rate(ratio(c.tp, c.tp + c.fn), estimated, reason)},
                                            frameRates));
      view.operating.push_back(
          operatingRow(tr("false positive rate"), {rate(ratio(c.fp, c.fp + c.tn), estimated, reason)}, frameFpr));
    }
  }
  if (input.components) {
    ComponentsRow components;
    components.header = tr("components");
    components.name = tr("%1 regions, %2 objects").arg(input.components->predicted).arg(input.components->truths);
    components.siou = rate(input.components->siou, false, tr("no object in the set"));
    components.ppv = rate(input.components->ppv, false, tr("no region is predicted"));
    components.f1 = rate(input.components->f1Star, false, tr("no object in the set"));
    view.components = components;
  }
  view.provenance << tr("%1 protocol · %2 · %3 frames skipped")
                         .arg(protocolTitle(numbers.protocol), numbers.protocol == Protocol::StreetHazards
                                                                   ? tr("mean over frames")
                                                                   : tr("pooled pixels"))
                         .arg(metrics.framesSkipped);
  QStringList facts;
  if (!input.modelFingerprint.isEmpty()) facts << tr("model ") + input.modelFingerprint.left(8);
  if (!input.dataName.isEmpty()) facts << tr("data ") + input.dataName;
  if (input.threads > 0) facts << tr("%1 threads").arg(input.threads);
  if (!facts.isEmpty()) view.provenance << facts.join(QStringLiteral(" · "));
  if (numbers.hygiene.unusable() > 0)
    view.provenance << tr("%1 scores are NaN or infinite and take no part").arg(numbers.hygiene.unusable());
  return view;
}

CurveData precisionRecallCurve(const SetNumbers& numbers, CurveRole role, const QString& name) {
  CurveData curve;
  curve.name = name;
  curve.role = role;
  for (const CurvePoint& point : numbers.curves.points) {
    curve.x.push_back(point.recall);
    curve.y.push_back(point.precision);
  }
  curve.lower = numbers.precisionLow;
  curve.upper = numbers.precisionHigh;
  fillCurveReadout(numbers, curve);
  curve.value = tr("AP ") + shownPercent(numbers.metrics.ap, numbers.exact);
  return curve;
}

CurveData rocCurve(const SetNumbers& numbers, CurveRole role, const QString& name) {
  CurveData curve;
  curve.name = name;
  curve.role = role;
  for (const CurvePoint& point : numbers.curves.points) {
    curve.x.push_back(point.fpr);
    curve.y.push_back(point.recall);
  }
  curve.lower = numbers.recallLow;
  curve.upper = numbers.recallHigh;
  fillCurveReadout(numbers, curve);
  curve.value = tr("AUROC ") + shownPercent(numbers.metrics.auroc, numbers.exact) + tr(" · FPR95 ") +
                shownPercent(numbers.metrics.fpr95, numbers.exact);
  curve.fpr95 = numbers.metrics.fpr95;
  curve.fpr95Text = shownPercent(numbers.metrics.fpr95, numbers.exact);
  return curve;
}

CurveData f1Curve(const SetNumbers& numbers, CurveRole role, const QString& name) {
  CurveData curve;
  curve.name = name;
  curve.role = role;
  for (const CurvePoint& point : numbers.curves.points) {
    if (!std::isfinite(point.threshold)) continue;
    curve.x.push_back(static_cast<double>(point.threshold));
    curve.y.push_back(point.f1);
    curve.threshold.push_back(static_cast<double>(point.threshold));
    curve.precision.push_back(point.precision);
    curve.recall.push_back(point.recall);
    curve.falsePositiveRate.push_back(point.fpr);
  }
  curve.estimated = !numbers.exact;
  curve.value = tr("best F1 ") + shownPercent(numbers.metrics.bestF1, numbers.exact);
  return curve;
}

HistogramData histogramData(const ScoreHistogram& histogram, const QString& axisLabel) {
  HistogramData data;
  data.axisLabel = axisLabel;
  const std::size_t bins = histogram.normal.size();
  if (bins == 0) return data;
  for (std::size_t i = 0; i <= bins; ++i)
    data.edges.push_back(static_cast<double>(histogram.low) +
                         (static_cast<double>(histogram.high) - static_cast<double>(histogram.low)) *
                             static_cast<double>(i) / static_cast<double>(bins));
  const auto shares = [](const std::vector<std::uint64_t>& counts) {
    double sum = 0.0;
    for (const std::uint64_t count : counts) sum += static_cast<double>(count);
    std::vector<double> out;
    for (const std::uint64_t count : counts) out.push_back(sum > 0.0 ? static_cast<double>(count) / sum : 0.0);
    return out;
  };
  data.normal = shares(histogram.normal);
  data.anomalous = shares(histogram.anomalous);
  return data;
}

DecisionShares decisionShares(const DecisionCounts& counts) {
  const auto text = [&](double part, double whole) {
    ShownValue value;
    value.value = percent(ratio(part, whole));
    value.estimated = counts.estimated;
    return valueText(value, 1);
  };
  const double positives = counts.tp + counts.fn, negatives = counts.fp + counts.tn;
  return {text(counts.tp, positives), text(counts.fn, positives), text(counts.fp, negatives),
          text(counts.tn, negatives)};
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
  if (!picture.logits) return view;
  const LogitsView logits = picture.logits->view();
  const std::size_t at = mapIndex(image, logits.size(), pixel);
  const int x = static_cast<int>(at % static_cast<std::size_t>(logits.width));
  const int y = static_cast<int>(at / static_cast<std::size_t>(logits.width));
  ScoreParameters parameters = picture.parameters;
  parameters.temperature = picture.parameters.temperature;
  const std::vector<double> probabilities = classProbabilities(logits, parameters, x, y);
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
  view.probabilityName = tr("Class probability at T ") + numberText(static_cast<double>(parameters.temperature), 2);
  return view;
}

QColor classColour(int trainId) {
  // Source: Cityscapes scripts, labels.py, colours by train id.
  static constexpr std::array<QRgb, 19> kColours{0xff804080, 0xfff423e8, 0xff464646, 0xff66669c, 0xffbe9999,
                                                 0xff999999, 0xfffaaa1e, 0xffdcdc00, 0xff6b8e23, 0xff98fb98,
                                                 0xff4682b4, 0xffdc143c, 0xffff0000, 0xff00008e, 0xff000046,
                                                 0xff003c64, 0xff005064, 0xff0000e6, 0xff770b20};
  return trainId >= 0 && trainId < static_cast<int>(kColours.size())
             ? QColor(kColours[static_cast<std::size_t>(trainId)])
             : QColor(0x8c, 0x91, 0x98);
}

std::vector<float> orderedSample(const ScoreMap& scores) {
  std::vector<float> sample;
  const auto values = scores.values();
  const std::size_t step = std::max<std::size_t>(1, values.size() / 65536);
  sample.reserve(values.size() / step + 1);
  for (std::size_t i = 0; i < values.size(); i += step)
    if (std::isfinite(values[i])) sample.push_back(values[i]);
  std::sort(sample.begin(), sample.end());
  return sample;
}

ScaleLimits scaleLimits(const ViewState& view, const ScoreMap& scores, std::span<const float> ordered,
                        const RunDetails* details) {
  ScaleLimits limits;
  const bool setWide = view.scaleLocked && details != nullptr && !details->quantiles.empty();
  const auto ofImage = [&](double low, double high) {
    if (ordered.empty()) return std::pair{0.0F, 1.0F};
    const auto at = [&](double share) {
      return ordered[static_cast<std::size_t>(share * static_cast<double>(ordered.size() - 1))];
    };
    return std::pair{at(low), at(high)};
  };
  const auto ofSet = [&](double low, double high) {
    const std::vector<float>& q = details->quantiles;
    const auto at = [&](double share) {
      return q[static_cast<std::size_t>(share * static_cast<double>(q.size() - 1) + 0.5)];
    };
    return std::pair{at(low), at(high)};
  };
  std::pair<float, float> ends;
  switch (view.scale) {
    case ScaleMode::Image:
      ends = ofImage(0.0, 1.0);
      break;
    case ScaleMode::Set:
      ends = setWide ? ofSet(0.0, 1.0) : ofImage(0.0, 1.0);
      break;
    case ScaleMode::SetTrimmed:
      ends = setWide ? std::pair{details->quantiles.front(), details->trimmedHigh} : ofImage(0.0, 0.999);
      break;
    case ScaleMode::Percentile:
      ends = setWide ? ofSet(view.scaleLow / 100.0, view.scaleHigh / 100.0)
                     : ofImage(view.scaleLow / 100.0, view.scaleHigh / 100.0);
      break;
    case ScaleMode::Manual:
      ends = {static_cast<float>(view.scaleLow), static_cast<float>(view.scaleHigh)};
      break;
  }
  limits.low = ends.first;
  limits.high = ends.second > ends.first ? ends.second : std::nextafter(ends.first, INFINITY);
  std::size_t clamped = 0;
  for (const float value : scores.values()) clamped += value > limits.high || value < limits.low ? 1 : 0;
  limits.clampedShare =
      scores.values().empty() ? 0.0 : static_cast<double>(clamped) / static_cast<double>(scores.values().size());
  return limits;
}

}  // namespace oodscope

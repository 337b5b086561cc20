// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/published_numbers.h"
#include "app/window/presenters.h"
#include "app/window/published_reference.h"
#include "app/window/stage/curve_sets.h"
#include "app/window/stage/stage.h"

#include <functional>
#include <memory>

namespace oodscope {

/// Numbers that the user pinned to compare others with, and whose they are.
struct PinnedNumbers {
  std::shared_ptr<const SetNumbers> numbers;
  RunSpec run;
  std::string set, source;  ///< what they were called when they were pinned
};

/// One run: picture, ground truth, heatmap and decision; its curves, metrics and what is under the cursor.
class SingleStage : public Stage {
  Q_OBJECT

public:
  explicit SingleStage(const StageParts& parts, QObject* parent);

  [[nodiscard]] std::vector<PaneSpec> panes() const override;
  [[nodiscard]] int firstCurrent() const override;
  void showPicture() override;
  void showScale() override;
  void showThreshold() override;
  void showDetails() override;
  void showNumbers() override;
  void showCursor(std::optional<QPointF> at) override;
  void setCurveThreshold(int curve, double threshold, bool released) override;

  void addMoreCurves(MoreCurves more) { m_more.push_back(std::move(more)); }
  /// Curves are drawn anew with the next numbers: others came or went.
  void redrawCurves() { m_shownNumbers.reset(); }
  /// Keeps the present numbers as those that others are held against.
  void pinReference();
  void clearReference() { m_reference.reset(); }

Q_SIGNALS:
  /// "= exact", "6 of 10 frames"; empty: no numbers.
  void stateChanged(const QString& state);
  /// Why there are no numbers: a sentence.
  void waitingChanged(const QString& sentence);

private:
  // single_stage.cpp
  void showFrame();
  /// What the ground truth holds, or why there is none.
  [[nodiscard]] QString truthText(const FramePicture& picture) const;
  void showDecision();
  /// Where the threshold is none, or flags everything or nothing: a sentence; else empty.
  [[nodiscard]] QString thresholdRemark() const;
  void showThresholdScale();
  /// Whether details, and with them the histogram, are of the present scores.
  [[nodiscard]] bool areDetailsPresent() const;
  void showHistogramThreshold();
  void showUnlabelledDetails();
  void showMarker(float threshold);
  // single_numbers.cpp
  void showWaiting();
  void showMetrics(const SetNumbers& numbers);
  void showCurves();
  void showNoCurves(const QString& reason);
  void showShares(const SetNumbers& numbers);
  /// What a panel without numbers says: what it needs, what it waits for, or why nothing is to come.
  [[nodiscard]] std::pair<QString, QString> waitingText() const;
  [[nodiscard]] std::optional<ReferenceNumbers> referenceNumbers();
  [[nodiscard]] std::optional<ReferenceNumbers> publishedNumbers();
  /// The pinned numbers where they are of the view's set, protocol and resolution, so that they can be drawn with it.
  [[nodiscard]] std::shared_ptr<const SetNumbers> comparableReference() const;

  StageParts m_parts;
  std::optional<PinnedNumbers> m_reference;
  PublishedReference m_published{publishedValuesFile()};
  std::shared_ptr<const SetNumbers> m_shownNumbers, m_shownReference;  ///< those that the curves show
  std::vector<MoreCurves> m_more;
};

}  // namespace oodscope

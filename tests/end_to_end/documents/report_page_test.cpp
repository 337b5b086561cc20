// SPDX-License-Identifier: GPL-3.0-or-later
// The HTML report as a file: what it may run, what it holds, how large it is. A browser opens it in
// report_in_browser.py.
#include "app/figures/report.h"
#include "app/figures/report_live.h"
#include "tests/end_to_end/documents/made_session.h"

#include <gtest/gtest.h>

#include <QCryptographicHash>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <limits>

namespace oodscope {
namespace {

using testing::MadeSession;

constexpr qsizetype kMostOfAFrame = 150 * 1000;  // characters of the file

QStringList matchesOf(const QString& text, const char* pattern) {
  QStringList out;
  const QRegularExpression wanted(QString::fromLatin1(pattern), QRegularExpression::DotMatchesEverythingOption);
  for (auto found = wanted.globalMatch(text); found.hasNext();) out << found.next().captured(1);
  return out;
}

QString sourceOf(const QString& content) {
  return "'sha256-" + QCryptographicHash::hash(content.toUtf8(), QCryptographicHash::Sha256).toBase64() + "'";
}

class ReportPage : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_made = std::make_unique<MadeSession>();
    OpeningOptions options;
    options.store.temporary = true;
    s_results = openSessionResults(s_made->session, options, [](const Progress&) {}, {});
    s_report = makeReport(*s_results, "made", 0, [](const Progress&) {});
    s_page = QString::fromUtf8(reportHtml(s_report.document));
  }
  static void TearDownTestSuite() {
    s_report = {};
    s_results.reset();
    s_made.reset();
  }
  static std::unique_ptr<MadeSession> s_made;
  static std::unique_ptr<SessionResults> s_results;
  static Report s_report;
  static QString s_page;
};
std::unique_ptr<MadeSession> ReportPage::s_made;
std::unique_ptr<SessionResults> ReportPage::s_results;
Report ReportPage::s_report;
QString ReportPage::s_page;

TEST_F(ReportPage, RunsItsOwnScriptAndStyleByTheirHashesAlone) {
  const QStringList scripts = matchesOf(s_page, "<script>(.*?)</script>");
  const QStringList styles = matchesOf(s_page, "<style>(.*?)</style>");
  ASSERT_EQ(scripts.size(), 1);
  ASSERT_EQ(styles.size(), 1);
  EXPECT_EQ(matchesOf(s_page, "Content-Security-Policy\" content=\"([^\"]*)\""),
            QStringList{"default-src 'none'; img-src data:; style-src " + sourceOf(styles[0]) + "; script-src " +
                        sourceOf(scripts[0]) + "; base-uri 'none'; form-action 'none'"});
  const QString marks = QString(s_page).remove(scripts[0]).remove(styles[0]);
  EXPECT_TRUE(matchesOf(marks, "(<[^>]* (?:style|on[a-z]+)=)").isEmpty()) << "what the policy would refuse";
  EXPECT_EQ(matchesOf(marks, "(<(?:link|iframe|object|embed|base|a)\\b)"), QStringList());
}

TEST_F(ReportPage, HoldsTheMetricsOwnCountsAtEachListedThreshold) {
  const auto data = matchesOf(s_page, "<script type=\"application/json\">(.*?)</script>");
  const QJsonObject set = QJsonDocument::fromJson(data.last().toUtf8()).object();
  const QJsonArray runs = set["runs"].toArray();
  ASSERT_EQ(runs.size(), 2) << "both methods";
  const RunSpec own = s_results->viewRun();
  for (const RunSpec& run : {own, s_results->run("street", "logits", {"max-logit", methods::kMaxLogit, {}})}) {
    const QJsonObject listed = runs[run == own ? 0 : 1].toObject();
    const auto counts = s_results->counts(run);
    const QJsonArray thresholds = listed["thresholds"].toArray();
    ASSERT_EQ(thresholds.size(), static_cast<qsizetype>(kListedThresholds));
    for (qsizetype i = 0; i < thresholds.size(); ++i) {
      const float threshold = thresholds[i].isNull() ? std::numeric_limits<float>::infinity()
                                                     : static_cast<float>(thresholds[i].toDouble());
      const ConfusionCounts exact = counts->set(threshold, run.protocol.skipsFramesWithoutAnomaly());
      ASSERT_EQ(static_cast<std::uint64_t>(listed["tp"][i].toInteger()), exact.tp) << i;
      ASSERT_EQ(static_cast<std::uint64_t>(listed["fp"][i].toInteger()), exact.fp) << i;
      ASSERT_EQ(static_cast<std::uint64_t>(listed["positives"].toInteger()), exact.tp + exact.fn);
      ASSERT_EQ(static_cast<std::uint64_t>(listed["negatives"].toInteger()), exact.fp + exact.tn);
    }
    const auto made = s_results->results(run);
    EXPECT_EQ(static_cast<float>(thresholds[listed["saved"].toInt()].toDouble()), made->threshold);
  }
}

TEST_F(ReportPage, ShowsFramesAndPlotsWithoutScript) {
  EXPECT_EQ(s_page.count("<figure class=\"frame\">"), MadeSession::kFrames);
  EXPECT_EQ(s_page.count("<svg class=\"chart\""), 3);
  EXPECT_EQ(s_page.count("class=\"curve "), 2 * 3) << "every method in every plot";
  EXPECT_EQ(s_page.count("<img class=\"saved\""), MadeSession::kFrames);
  EXPECT_GE(s_page.count(" hidden>"), s_page.count("type=\"range\"") * 2 + MadeSession::kFrames + 2)
      << "what needs script is hidden without: sliders, choices, canvases, theme, tools, readout, a note";
}

TEST_F(ReportPage, SaysThatThePaintingIsOf8Bits) {
  EXPECT_TRUE(s_page.contains("Painted in 8 bits, all 160 × 96 pixels."));
  EXPECT_TRUE(s_page.contains("The painting is of 8-bit maps"));
}

TEST_F(ReportPage, EveryFrameKeepsToItsSize) {
  for (const QString& frame : matchesOf(s_page, "(<figure class=\"frame\">.*?</figure>)"))
    EXPECT_LE(frame.size(), kMostOfAFrame);
}

/// A list of 255 thresholds over scores from 0 to 1.
ThresholdList evenList() {
  ThresholdList list;
  list.points.push_back({std::numeric_limits<float>::infinity(), {}});
  for (int i = 255; i > 0; --i) list.points.push_back({static_cast<float>(i) / 256.0F, {9'000'000, 80'000'000, 0, 0}});
  list.saved = 100;
  return list;
}

TEST(ReportFrames, OfNoiseAndFourRunsStayWithinTheBudget) {
  const Size size{1280, 720};
  std::mt19937 random(2);
  FrameSources sources;
  RgbImage image(size);
  LabelMap label(size);
  for (Rgb& pixel : image.values())
    pixel = {static_cast<std::uint8_t>(random()), static_cast<std::uint8_t>(random()), 9};
  for (std::uint8_t& value : label.values()) value = random() % 9 == 0 ? kAnomaly : kNormal;
  sources.image = std::make_shared<const RgbImage>(std::move(image));
  sources.label = std::make_shared<const LabelMap>(std::move(label));
  ReportLiveSet live;
  for (std::size_t r = 0; r < 4; ++r) {
    ScoreMap scores(size);
    for (float& score : scores.values()) score = static_cast<float>(random() % 10'000) / 10'000.0F;
    sources.scores.push_back(std::make_shared<const ScoreMap>(std::move(scores)));
    ReportRun run;
    run.painted = r;
    run.list = evenList();
    run.list.frames.push_back({0, 9'000'000, 80'000'000, std::vector<std::uint64_t>(256, 9'000'000),
                               std::vector<std::uint64_t>(256, 80'000'000)});
    live.runs.push_back(std::move(run));
  }
  for (const ReportRun& run : live.runs) sources.lists.push_back(&run.list);
  live.frames.push_back(reportFrame(sources));
  const auto found = matchesOf(liveSetHtml(live, 0), "(<figure class=\"frame\">.*?</figure>)");
  ASSERT_EQ(found.size(), 1);
  EXPECT_LE(found[0].size(), kMostOfAFrame);
  EXPECT_LT(live.frames[0].painted.width, 1280);
  EXPECT_GE(live.frames[0].painted.width, 64);
}

TEST(ReportFrames, PaintWhatWasSavedAsTheirLevelsDecide) {
  const Size size{64, 32};
  LabelMap label(size);
  ScoreMap scores(size);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      label.at(x, y) = y > 28 ? kVoid : x > 20 && x < 50 && y > 5 && y < 20 ? kAnomaly : kNormal;
      scores.at(x, y) = static_cast<float>(x) / 64.0F;
    }
  const ThresholdList list = evenList();
  FrameSources sources;
  sources.image = std::make_shared<const RgbImage>(size);
  sources.label = std::make_shared<const LabelMap>(label);
  sources.scores = {std::make_shared<const ScoreMap>(scores)};
  sources.lists = {&list};
  const ReportFrame frame = reportFrame(sources);
  EXPECT_EQ(frame.painted, size);
  QImage decision, levels;
  ASSERT_TRUE(decision.loadFromData(frame.decision));
  ASSERT_TRUE(levels.loadFromData(frame.levels[0]));
  levels = levels.convertToFormat(QImage::Format_Grayscale8);
  const std::size_t least = list.points.size() - *list.saved;
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      const bool flagged = scores.at(x, y) >= list.points[*list.saved].threshold;
      ASSERT_EQ(levels.constScanLine(y)[x] >= least, flagged);
      const QColor colour = decision.pixelColor(x, y);
      if (label.at(x, y) == kNormal) {
        ASSERT_EQ(colour.alpha() > 0, flagged);
        if (flagged) {
          ASSERT_EQ(colour, paintPalette().fp);
        }
      }
    }
  EXPECT_EQ(decision.pixelColor(49, 10), paintPalette().contour);
  EXPECT_EQ(decision.pixelColor(45, 10), paintPalette().tp);
}

TEST(ReportNames, ThatWouldBeMarkupStayNames) {
  const QString name = QStringLiteral("</script><script>alert(1)</script>%1%2\"'&");
  auto live = std::make_shared<ReportLiveSet>();
  live->set = live->caption = name;
  ReportRun run;
  run.name = name;
  run.hasCurves = true;
  run.list = evenList();
  run.list.marks = {{name.toStdString(), 100}};
  run.list.frames.push_back({0, 1, 1, std::vector<std::uint64_t>(256, 1), std::vector<std::uint64_t>(256, 1)});
  run.painted = 0;
  live->runs = {run};
  ReportFrame frame;
  frame.name = frame.note = name;
  frame.levels.emplace_back();
  live->frames = {frame};
  ReportDocument document;
  document.title = document.subtitle = name;
  document.blocks = {ReportHeading{name, 1}, ReportText{name, true}, ReportFacts{{{name, name}}},
                     ReportGrid{name, {{name, 1}}, {name}, {false}, {{{name, true, true}}}},
                     std::shared_ptr<const ReportLiveSet>(live)};
  const QString page = QString::fromUtf8(reportHtml(document));
  EXPECT_FALSE(page.contains("<script>alert")) << "nowhere, in attributes and data neither";
  EXPECT_EQ(page.count("</script>"), 3) << "a frame's data, the set's and the script";
  EXPECT_FALSE(page.contains("%1%2\"")) << "quotes are escaped, too";
  for (const QString& data : matchesOf(page, "<script type=\"application/json\">(.*?)</script>"))
    EXPECT_FALSE(QJsonDocument::fromJson(data.toUtf8()).isNull());
  const QString last = matchesOf(page, "<script type=\"application/json\">(.*?)</script>").last();
  EXPECT_EQ(QJsonDocument::fromJson(last.toUtf8())["runs"][0]["name"].toString(), name);
}

}  // namespace
}  // namespace oodscope

// SPDX-License-Identifier: GPL-3.0-or-later
// Figures and reports by the desktop program's commands, opened again by other people's tools.
#include "tests/end_to_end/documents/made_session.h"
#include "tests/end_to_end/documents/tools.h"

#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QXmlStreamReader>

#include <memory>

namespace oodscope {
namespace {

using testing::greyDifference;
using testing::hasTool;
using testing::inkOf;
using testing::MadeSession;
using testing::runTool;
using testing::ToolResult;

QByteArray contentOf(const QString& file) {
  QFile in(file);
  EXPECT_TRUE(in.open(QIODevice::ReadOnly)) << qPrintable(file);
  return in.readAll();
}

void expectFontsEmbedded(const QString& pdf) {
  const QList<QByteArray> fonts = runTool("pdffonts", {pdf}).out.split('\n');
  ASSERT_GT(fonts.size(), 3) << "text is text, not outlines";
  for (qsizetype i = 2; i < fonts.size(); ++i) {
    if (fonts[i].trimmed().isEmpty()) continue;
    const QByteArrayList columns = fonts[i].simplified().split(' ');  // … emb sub uni object generation
    EXPECT_EQ(columns[columns.size() - 5], "yes") << fonts[i].constData();
  }
}

class Documents : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_made = std::make_unique<MadeSession>();
    s_report = run({"report", session(), "--output", *s_made / "report"});
  }
  static void TearDownTestSuite() { s_made.reset(); }

  static QString session() { return QString::fromStdString(s_made->file().string()); }
  static ToolResult run(QStringList arguments) {
    arguments << QStringLiteral("--no-cache");
    return runTool(QStringLiteral(OODSCOPE_PROGRAM), arguments);
  }
  static QString figure(const QString& name, const char* file, const QStringList& more = {}) {
    const QString path = *s_made / file;
    const ToolResult made = run(QStringList{"figure", session(), name, "--output", path} + more);
    EXPECT_EQ(made.code, 0) << made.err.constData();
    return path;
  }
  /// The first page as the independent renderer draws it.
  static QImage drawn(const QString& pdf, int dpi) {
    const QString stem = pdf.chopped(4);
    runTool("pdftoppm", {"-r", QString::number(dpi), "-png", "-singlefile", pdf, stem + "_drawn"});
    return QImage(stem + "_drawn.png");
  }

  static std::unique_ptr<MadeSession> s_made;
  static ToolResult s_report;
};
std::unique_ptr<MadeSession> Documents::s_made;
ToolResult Documents::s_report;

TEST_F(Documents, PngHasTheAskedWidthAndResolution) {
  const QImage image(figure("pr", "pr.png", {"--preset", "ieee-1", "--dpi", "600"}));
  EXPECT_EQ(image.width(), 2100);  // 3.5 in at 600 dpi
  EXPECT_NEAR(image.dotsPerMeterX() * 0.0254, 600.0, 0.02);
  EXPECT_GT(inkOf(image), 0.01);
  const QImage wide(figure("pr", "pr2.png", {"--preset", "ieee-2", "--dpi", "300"}));
  EXPECT_EQ(wide.width(), 2148);  // 7.16 in at 300 dpi
}

TEST_F(Documents, DataStandBesideTheFigure) {
  figure("pr", "beside.svg");
  const QList<QByteArray> lines = contentOf(*s_made / "beside.csv").split('\n');
  ASSERT_GT(lines.size(), 10);
  EXPECT_EQ(lines[0], "curve,threshold,precision,recall,false_positive_rate,value");
  EXPECT_TRUE(lines[lines.size() - 2].contains(",1,")) << "the loosest point reaches recall 1";
}

TEST_F(Documents, PdfEmbedsItsFontsAndShowsThePngsPicture) {
  OODSCOPE_TOOL_OR_SKIP("pdffonts");
  OODSCOPE_TOOL_OR_SKIP("pdftoppm");
  for (const char* name : {"pr", "histogram", "sweep", "grid", "frame:1"}) {
    const QString pdf = figure(name, "check.pdf");
    expectFontsEmbedded(pdf);
    const QImage other = drawn(pdf, 300);
    const QImage own(figure(name, "check.png"));
    EXPECT_NEAR(other.width(), own.width(), 1) << name;
    EXPECT_NEAR(other.height(), own.height(), 1) << name;
    EXPECT_GT(inkOf(other), 0.01) << name;
    EXPECT_LT(greyDifference(other, own, {350, 250}), 4.0) << name;
  }
}

TEST_F(Documents, OnlyPicturesAreRasterInPdf) {
  OODSCOPE_TOOL_OR_SKIP("pdfimages");
  const auto images = [](const QString& pdf) { return runTool("pdfimages", {"-list", pdf}).out.trimmed().split('\n'); };
  EXPECT_LE(images(figure("pr", "vector.pdf")).size(), 2) << "a curve is drawn as vectors";
  EXPECT_GT(images(figure("frame:1", "raster.pdf")).size(), 4) << "the four views are pictures";
}

TEST_F(Documents, SvgIsWellFormedAndAnotherRendererDrawsIt) {
  const QString svg = figure("roc", "roc.svg");
  QXmlStreamReader xml(contentOf(svg));
  QString width;
  int texts = 0;
  while (!xml.atEnd()) {
    xml.readNext();
    if (xml.isStartElement() && xml.name() == QLatin1String("svg")) width = xml.attributes().value("width").toString();
    texts += xml.isStartElement() && xml.name() == QLatin1String("text") ? 1 : 0;
  }
  EXPECT_FALSE(xml.hasError()) << qPrintable(xml.errorString());
  EXPECT_TRUE(width.startsWith("88.9")) << qPrintable(width);  // mm of 3.5 in
  EXPECT_GT(texts, 5) << "labels are text";
  OODSCOPE_TOOL_OR_SKIP("rsvg-convert");
  const QString png = *s_made / "roc_drawn.png";
  ASSERT_EQ(runTool("rsvg-convert", {"-w", "1050", "-o", png, svg}).code, 0);
  const QImage other(png);
  EXPECT_GT(inkOf(other), 0.01);
  EXPECT_LT(greyDifference(other, QImage(figure("roc", "roc.png")), {350, 250}), 6.0);
}

TEST_F(Documents, FiguresOfOneSessionHaveIdenticalPixels) {
  for (const char* name : {"pr", "frame:1", "grid"})
    EXPECT_EQ(QImage(figure(name, "first.png")), QImage(figure(name, "second.png"))) << name;
}

/// Kept runs of the made session and a figure's curves by name, from its data.
class KeptRunDocuments : public Documents {
protected:
  void SetUp() override {
    Session& kept = s_made->session;
    const auto keep = [&](Method method, float temperature) {
      kept.runs.push_back({"street", "", {method, "logits", temperature, true}, kept.view.protocol});
    };
    keep(methods::kMaxLogit, 1.0F);
    keep(methods::kMsp, 2.0F);
    keep(methods::kMsp, 4.0F);
    kept.view.hiddenRuns = {kept.runs.back()};
    s_made->save();
  }
  void TearDown() override {
    s_made->session.runs.clear();
    s_made->session.view.hiddenRuns.clear();
    s_made->save();
  }
  static QStringList namesIn(const QString& figure, int column) {
    QStringList names;
    for (const QByteArray& row : contentOf(figure.chopped(4) + ".csv").trimmed().split('\n').mid(1))
      if (const QByteArrayList cells = row.split(','); cells.size() > column)
        if (const QString name = QString::fromUtf8(cells[column]); !names.contains(name)) names << name;
    return names;
  }
};

TEST_F(KeptRunDocuments, FiguresDrawThoseThatAreShownUnderNamesOfTheirOwn) {
  const QStringList shown{"MSP · T 1.00", "Max-logit", "MSP · T 2.00"};
  EXPECT_EQ(namesIn(figure("pr", "kept_pr.png"), 0), shown);
  EXPECT_EQ(namesIn(figure("roc", "kept_roc.png"), 0), shown);
  const QStringList f1 = namesIn(figure("f1", "kept_f1.png"), 0);
  ASSERT_EQ(f1.size(), 3);
  EXPECT_TRUE(f1[1].startsWith("Max-logit (own axis")) << f1[1].toStdString();
  const QStringList histogram = namesIn(figure("histogram", "kept_histogram.png"), 4);
  ASSERT_EQ(histogram.size(), 3);
  EXPECT_TRUE(histogram[1].startsWith("Max-logit (own axis")) << histogram[1].toStdString();
  EXPECT_EQ(histogram[2], "MSP · T 2.00");
}

TEST_F(KeptRunDocuments, TheCommandLineChoosesAmongThem) {
  EXPECT_EQ(namesIn(figure("pr", "kept_all.png", {"--runs", "all"}), 0).size(), 4);
  EXPECT_EQ(namesIn(figure("pr", "kept_none.png", {"--runs", "none"}), 0).size(), 1);
  EXPECT_EQ(namesIn(figure("pr", "kept_third.png", {"--runs", "3"}), 0), (QStringList{"MSP · T 1.00", "MSP · T 4.00"}));
  const ToolResult refused = run({"figure", session(), "pr", "--output", *s_made / "no.png", "--runs", "4"});
  EXPECT_NE(refused.code, 0);
  EXPECT_TRUE(refused.err.contains("numbers from 1 to 3")) << refused.err.constData();
}

TEST_F(KeptRunDocuments, ALegendTakesNothingFromTheCurves) {
  const QImage alone(figure("pr", "kept_alone.png", {"--runs", "none"}));
  const QImage all(figure("pr", "kept_tall.png", {"--runs", "all"}));
  EXPECT_EQ(all.width(), alone.width());
  EXPECT_GT(all.height(), alone.height());
}

TEST_F(Documents, UnknownFigureIsRefusedWithTheKnownOnes) {
  const ToolResult made = run({"figure", session(), "pie", "--output", *s_made / "pie.pdf"});
  EXPECT_EQ(made.code, 3);
  EXPECT_TRUE(made.err.contains("pr, roc, f1")) << made.err.constData();
  EXPECT_FALSE(QFile::exists(*s_made / "pie.pdf"));
  EXPECT_EQ(run({"figure", session(), "pr", "--output", *s_made / "pr.bmp"}).code, 3);
  EXPECT_EQ(run({"figure", session()}).code, 2);
}

TEST_F(Documents, ReportAsksForNothingOutside) {
  ASSERT_EQ(s_report.code, 0) << s_report.err.constData();
  const QString html = QString::fromUtf8(contentOf(*s_made / "report/report.html"));
  EXPECT_GT(html.size(), 20000);
  EXPECT_FALSE(html.contains("http://"));
  EXPECT_FALSE(html.contains("https://"));
  int sources = 0;
  auto found = QRegularExpression("(?:src|href)=\"([^\"]{0,40})").globalMatch(html);
  for (; found.hasNext(); ++sources) EXPECT_TRUE(found.next().captured(1).startsWith("data:image/"));
  EXPECT_GE(sources, 6) << "curves, histogram, sweep, grid, failures";
  EXPECT_EQ(html.count("<script>"), 1) << "its own, which the policy knows by its hash (report_page_test.cpp)";
  EXPECT_TRUE(html.contains("street"));
}

/// Addresses that the page itself asked for: the browser asks its maker's servers of its own accord, and marks such
/// requests as of no origin; a local page's carry the origin "null".
QStringList pageRequests(const QString& log) {
  QStringList out;
  const QString text = QString::fromUtf8(contentOf(log));
  for (const QString& line : text.split('\n')) {
    if (!line.contains("\"initiator\":\"") || line.contains("\"initiator\":\"not an origin\"")) continue;
    const auto url = QRegularExpression("\"url\":\"(https?://[^\"]*)").match(line);
    if (url.hasMatch()) out << url.captured(1);
  }
  return out;
}

TEST_F(Documents, ABrowserShowsTheReportAndFetchesNothing) {
  OODSCOPE_TOOL_OR_SKIP("chromium");
  ASSERT_EQ(s_report.code, 0) << s_report.err.constData();
  const QString picture = *s_made / "browser.png";
  const auto show = [&](const QString& page, const QString& log) {
    return runTool("chromium",
                   {"--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                    "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=" + *s_made / "browser",
                    "--log-net-log=" + log, "--window-size=1000,2400", "--screenshot=" + picture, "file://" + page});
  };
  // What the log would show if a page did fetch something.
  const QString curious = *s_made / "curious.html";
  QFile file(curious);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write("<html><body><img src='http://example.invalid/picture.png'></body></html>");
  file.close();
  const ToolResult control = show(curious, *s_made / "curious.json");
  if (control.code != 0) GTEST_SKIP() << "chromium does not start here: " << control.err.constData();
  ASSERT_FALSE(pageRequests(*s_made / "curious.json").isEmpty()) << "the log does not tell a page's requests";
  ASSERT_EQ(show(*s_made / "report/report.html", *s_made / "net.json").code, 0);
  EXPECT_GT(inkOf(QImage(picture)), 0.03) << "text, tables and pictures are there";
  EXPECT_EQ(pageRequests(*s_made / "net.json").join(' '), QString());
}

TEST_F(Documents, SecondReportShowsIdenticalPixels) {
  OODSCOPE_TOOL_OR_SKIP("pdftoppm");
  ASSERT_EQ(run({"report", session(), "--output", *s_made / "twin"}).code, 0);
  for (const char* which : {"report", "twin"})
    runTool("pdftoppm", {"-r", "50", "-png", *s_made / which + "/report.pdf", *s_made / which + "/page"});
  const QStringList pages = QDir(*s_made / "report").entryList({"page-*.png"});
  ASSERT_GE(pages.size(), 2);
  EXPECT_EQ(QDir(*s_made / "twin").entryList({"page-*.png"}), pages);
  for (const QString& page : pages)
    EXPECT_EQ(QImage(*s_made / "report" + "/" + page), QImage(*s_made / "twin" + "/" + page)) << page.toStdString();
  for (const QString& page : pages) QFile::remove(*s_made / "report" + "/" + page);
}

TEST_F(Documents, AFrameIsNamedWithItsSetWhateverSlashesTheNamesHold) {
  EXPECT_EQ(QImage(figure("frame:street/1", "with.png")), QImage(figure("frame:1", "without.png")));
  const ToolResult missing = run({"figure", session(), "frame:street/none", "--output", *s_made / "no.png"});
  EXPECT_EQ(missing.code, 3);
  EXPECT_TRUE(missing.err.contains("street/none")) << missing.err.constData();
}

TEST_F(Documents, TwoSetsOfOneNameAreToldApart) {
  MadeSession twice;
  QDir().mkpath(twice / "other");
  ASSERT_TRUE(QFile::link(twice / "street", twice / "other/street"));
  twice.session.sets.push_back({(twice / "other/street").toStdString(), twice.session.sets.front().generic});
  twice.save();
  const ToolResult made = run({"figure", QString::fromStdString(twice.file().string()), "--list"});
  EXPECT_EQ(made.code, 0) << made.err.constData();
  const QByteArray own = QFileInfo(twice / "street").dir().dirName().toUtf8();
  for (const QByteArray& label : {QByteArray("other/street"), own + "/street"})
    EXPECT_TRUE(made.out.contains("failures:" + label)) << label.constData() << " in\n" << made.out.constData();
}

TEST_F(Documents, ReliefIsDrawnWithoutADisplayOrSaysWhyNot) {
  const QString file = *s_made / "relief.png";
  const ToolResult made = run({"figure", session(), "relief:1", "--output", file, "--preset", "ieee-1"});
  if (made.code == 3) {
    EXPECT_TRUE(made.err.contains("cannot draw in 3D")) << made.err.constData();
    GTEST_SKIP() << "nothing can be drawn in 3D on this machine";
  }
  ASSERT_EQ(made.code, 0) << made.err.constData();
  EXPECT_EQ(QImage(file).width(), 1050);
  EXPECT_GT(inkOf(QImage(file)), 0.1);
  EXPECT_EQ(QImage(figure("relief:1", "again.png")), QImage(file)) << "the same session, the same pixels";
}

TEST_F(Documents, ReportPdfHasEveryFontInsideAndNoEmptyPage) {
  OODSCOPE_TOOL_OR_SKIP("pdffonts");
  OODSCOPE_TOOL_OR_SKIP("pdftoppm");
  const QString pdf = *s_made / "report/report.pdf";
  expectFontsEmbedded(pdf);
  runTool("pdftoppm", {"-r", "50", "-png", pdf, *s_made / "page"});
  const QStringList pages = QDir(*s_made / "").entryList({"page-*.png"});
  ASSERT_GE(pages.size(), 3);
  for (const QString& page : pages)
    EXPECT_GT(inkOf(QImage(*s_made / page.toUtf8().constData())), 0.004) << qPrintable(page);
}

TEST_F(Documents, SecondReportHasTheSameTablesToTheByte) {
  const ToolResult again = run({"report", session(), "--output", *s_made / "again"});
  ASSERT_EQ(again.code, 0) << again.err.constData();
  const QStringList files = QDir(*s_made / "report").entryList(QDir::Files);
  EXPECT_EQ(files.size(), 2 + 4 * 5) << "two documents, four tables in five formats";
  for (const QString& name : files) {
    if (name.endsWith(".pdf")) continue;  // it carries the time of its making
    EXPECT_EQ(contentOf(*s_made / "report" + "/" + name), contentOf(*s_made / "again" + "/" + name))
        << qPrintable(name);
  }
}

TEST_F(Documents, AReportThatEndsBetweenItsFilesSaysSo) {
  EXPECT_FALSE(QFile::exists(*s_made / "report/INCOMPLETE.txt"));
  const QString half = *s_made / "half";
  ASSERT_TRUE(QDir().mkpath(half + "/report.pdf"));  // a folder, where the second file is due
  const ToolResult result = run({"report", session(), "--output", half});
  EXPECT_EQ(result.code, 3);
  EXPECT_TRUE(QFile::exists(half + "/report.html"));
  EXPECT_TRUE(QFile::exists(half + "/INCOMPLETE.txt"));
}

TEST_F(Documents, LatexTablesAreWholeDocuments) {
  for (const char* name : {"results", "ablation", "sweep", "thresholds"}) {
    const QString file = *s_made / "report" + "/" + name + ".tex";
    const QString text = QString::fromUtf8(contentOf(file));
    for (const char* part : {"\\documentclass", "\\usepackage{booktabs}", "\\toprule", "\\midrule", "\\bottomrule",
                             "\\end{tabular}", "\\end{document}"})
      EXPECT_EQ(text.count(QLatin1String(part)), 1) << name << ' ' << part;
    // Every row has as many cells as its tabular has columns.
    const auto columns = QRegularExpression("\\\\begin\\{tabular\\}\\{([lrc]+)\\}").match(text).captured(1).size();
    const QString body = text.section("\\midrule", 1).section("\\bottomrule", 0, 0).trimmed();
    for (const QString& row : body.split("\\\\\n"))
      if (!row.trimmed().isEmpty()) {
        EXPECT_EQ(row.count(" & ") + 1, columns) << name << ": " << qPrintable(row);
      }
    // What LatexTablesCompile asks for is all that they need.
    QStringList packages;
    for (auto found = QRegularExpression("\\\\usepackage(?:\\[[^]]*\\])?\\{([^}]+)\\}").globalMatch(text);
         found.hasNext();)
      packages << found.next().captured(1);
    EXPECT_EQ(packages, QStringList({"fontenc", "inputenc", "booktabs", "graphicx"})) << name;
  }
}

TEST_F(Documents, FragmentsAreTheTablesAloneWithMethodsAndNumbersAsPrinted) {
  for (const char* name : {"results", "ablation", "sweep", "thresholds"}) {
    const QString text = QString::fromUtf8(contentOf(*s_made / "report" + "/" + name + "_fragment.tex"));
    for (const char* absent : {"\\documentclass", "\\begin{document}", "\\resizebox"})
      EXPECT_FALSE(text.contains(QLatin1String(absent))) << name << ' ' << absent;
    EXPECT_EQ(text.count(QLatin1String("\\end{table}")), 1) << name;
    const QString body = text.section("\\midrule", 1).section("\\bottomrule", 0, 0);
    EXPECT_TRUE(body.contains("MSP")) << name << qPrintable(body);
    EXPECT_FALSE(body.contains("msp")) << name << ": a method is called as in the window";
    EXPECT_FALSE(body.contains(QRegularExpression("(^|[&\\s])-[0-9]"))) << name << ": a hyphen is no minus";
  }
  const QString markdown = QString::fromUtf8(contentOf(*s_made / "report/results.md"));
  EXPECT_TRUE(markdown.contains("| Max-logit |")) << qPrintable(markdown);
  EXPECT_TRUE(contentOf(*s_made / "report/results.csv").contains("max-logit")) << "programs read the name";
}

TEST_F(Documents, APaperTakesEveryFragmentByInput) {
  OODSCOPE_TOOL_OR_SKIP("pdflatex");
  OODSCOPE_TOOL_OR_SKIP("kpsewhich");
  for (const char* part : {"article.cls", "booktabs.sty"})
    if (runTool("kpsewhich", {part}).code != 0) GTEST_SKIP() << "pdflatex is here without " << part;
  const QString paper = *s_made / "paper.tex";
  QFile file(paper);
  ASSERT_TRUE(file.open(QIODevice::WriteOnly));
  file.write(
      "\\documentclass[twocolumn]{article}\n\\usepackage[utf8]{inputenc}\n\\usepackage{booktabs}\n\\begin{document}\n");
  for (const char* name : {"results", "ablation", "sweep", "thresholds"})
    file.write(("\\input{" + *s_made / "report" + "/" + name + "_fragment.tex}\n").toUtf8());
  file.write("\\end{document}\n");
  file.close();
  const ToolResult made =
      runTool("pdflatex", {"-interaction=nonstopmode", "-halt-on-error", "-output-directory", *s_made / "", paper});
  EXPECT_EQ(made.code, 0) << made.out.right(1500).constData();
}

TEST_F(Documents, TheLookIsOfTheSessionOrOfTheOptions) {
  const QImage usual(figure("pr", "usual.png"));
  const QImage bare(
      figure("pr", "bare.png", {"--title", "off", "--iso-f1", "off", "--operating-point", "off", "--legend", "none"}));
  EXPECT_NE(usual, bare);
  EXPECT_LT(inkOf(bare), inkOf(usual));
  MadeSession kept;
  kept.session.figure = {.title = false, .isoF1 = false, .operatingPoint = false, .legend = FigureLegend::None};
  kept.save();
  const QString file = kept / "kept.png";
  ASSERT_EQ(run({"figure", QString::fromStdString(kept.file().string()), "pr", "--output", file}).code, 0);
  EXPECT_EQ(QImage(file), bare) << "the session's look is the default";
  EXPECT_EQ(run({"figure", session(), "pr", "--output", *s_made / "x.png", "--legend", "middle"}).code, 2);
}

TEST_F(Documents, EveryOpenMethodHasItsCurve) {
  const QString file = figure("pr-methods", "methods.svg");
  const QString svg = QString::fromUtf8(contentOf(file));
  for (const char* name : {"MSP", "Max-logit"}) EXPECT_TRUE(svg.contains(QString::fromUtf8(name))) << name;
  const QByteArray data = contentOf(*s_made / "methods.csv");
  EXPECT_TRUE(data.contains("MSP · T 1.00,")) << data.left(400).constData();
  EXPECT_TRUE(data.contains("Max-logit,")) << data.left(400).constData();
}

TEST_F(Documents, LatexTablesCompile) {
  OODSCOPE_TOOL_OR_SKIP("pdflatex");
  OODSCOPE_TOOL_OR_SKIP("kpsewhich");
  // Classes, packages and the T1 font; of Debian's texlive-latex-base, -latex-recommended and -fonts-recommended.
  for (const char* part :
       {"article.cls", "fontenc.sty", "inputenc.sty", "booktabs.sty", "graphicx.sty", "ecrm1000.tfm"})
    if (runTool("kpsewhich", {part}).code != 0) GTEST_SKIP() << "pdflatex is here without " << part;
  for (const char* name : {"results", "ablation", "sweep", "thresholds"}) {
    const QString file = *s_made / "report" + "/" + name + ".tex";
    const ToolResult made =
        runTool("pdflatex", {"-interaction=nonstopmode", "-halt-on-error", "-output-directory", *s_made / "", file});
    EXPECT_EQ(made.code, 0) << name << ": " << made.out.right(1500).constData();
  }
}

TEST(UnlabelledDocuments, SayThatThereIsNoThresholdAndShowPredictedAnomaly) {
  MadeSession made;
  made.session.sets[0].generic->masks.clear();
  const auto textOf = [&](const char* name) {
    made.save();
    const QString pdf = made / name;
    const ToolResult drawn = runTool(
        QStringLiteral(OODSCOPE_PROGRAM),
        {"figure", QString::fromStdString(made.file().string()), "frame:street/1", "--output", pdf, "--no-cache"});
    EXPECT_EQ(drawn.code, 0) << drawn.err.constData();
    return QString::fromUtf8(runTool("pdftotext", {pdf, "-"}).out).simplified();
  };
  if (!hasTool("pdftotext")) GTEST_SKIP() << "without pdftotext";
  const QString without = textOf("without.pdf");
  EXPECT_TRUE(without.contains(QStringLiteral("no threshold"))) << without.toStdString();
  EXPECT_FALSE(without.contains(QStringLiteral("inf"))) << without.toStdString();
  made.session.view.pin = PinRule::FlaggedShare;
  made.session.view.pinValue = 0.05;
  const QString with = textOf("with.pdf");
  EXPECT_TRUE(with.contains(QStringLiteral("s ≥"))) << with.toStdString();
  EXPECT_TRUE(with.contains(QStringLiteral("predicted anomaly"))) << with.toStdString();
  EXPECT_FALSE(with.contains(QStringLiteral("TP"))) << with.toStdString();
}

TEST_F(Documents, HeadlessProgramHandsOverAndGivesTheSameTables) {
  const ToolResult cli =
      runTool(QStringLiteral(OODSCOPE_CLI), {"report", session(), "--output", *s_made / "handed", "--no-cache"});
  ASSERT_EQ(cli.code, 0) << cli.err.constData();
  EXPECT_TRUE(QFile::exists(*s_made / "handed/report.html"));
  EXPECT_EQ(contentOf(*s_made / "handed/results.csv"), contentOf(*s_made / "report/results.csv"));
}

TEST_F(Documents, AloneTheHeadlessProgramMakesTheTablesAndSaysSo) {
  QDir(*s_made / "").mkpath("alone");
  const QString copy = *s_made / "alone/oodscope-cli";
  for (const char* part : {"", "-program"})  // the launcher and what it launches
    ASSERT_TRUE(QFile::copy(QStringLiteral(OODSCOPE_CLI) + part, copy + part));
  const ToolResult cli = runTool(copy, {"report", session(), "--output", *s_made / "tables", "--no-cache"});
  ASSERT_EQ(cli.code, 0) << cli.err.constData();
  EXPECT_TRUE(cli.err.contains("tables only")) << cli.err.constData();
  EXPECT_EQ(contentOf(*s_made / "tables/results.json"), contentOf(*s_made / "report/results.json"));
  EXPECT_FALSE(QFile::exists(*s_made / "tables/report.html"));
  EXPECT_EQ(runTool(copy, {"figure", session(), "pr", "--output", *s_made / "x.pdf"}).code, 3);
}

}  // namespace
}  // namespace oodscope

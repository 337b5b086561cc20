// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/window_actions.h"

#include "app/window/presenters.h"
#include "widgets/theme/icon.h"

#include <QActionGroup>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>
#include <QUndoStack>

namespace oodscope {

namespace {

QKeySequence key(const char* text) { return QKeySequence(QString::fromLatin1(text)); }

}  // namespace

WindowActions::WindowActions(QMainWindow& window, QUndoStack& stack) : QObject(&window), m_window(window) {
  addFileMenu(*window.menuBar());
  addEditMenu(*window.menuBar(), stack);
  addViewMenu(*window.menuBar());
  addMethodMenu(*window.menuBar());
  addCompareMenu(*window.menuBar());
  addExportMenu(*window.menuBar());
  addHelpMenu(*window.menuBar());
  nameOtherwise();
  explainShortcuts();
}

void WindowActions::addFileMenu(QMenuBar& bar) {
  QMenu* file = bar.addMenu(tr("&File"));
  openFolder = add(file, tr("Open &folder…"), "open-folder", QKeySequence::Open, "folder");
  openModel = add(file, tr("Open &model…"), "open-model", key("Ctrl+M"), "cube");
  openScores = add(file, tr("Open s&core maps…"), "open-scores", key("Ctrl+Shift+M"), "import");
  openSession = add(file, tr("Open &session…"), "open-session", key("Ctrl+Shift+O"), "file");
  m_recent = file->addMenu(tr("Open &recent"));
  openDemo = add(file, tr("Open the &demo"), "open-demo", key("Ctrl+D"), "play");
  file->addSeparator();
  save = add(file, tr("&Save session"), "save", QKeySequence::Save, "save");
  saveAs = add(file, tr("Save session &as…"), "save-as", QKeySequence::SaveAs);
  file->addSeparator();
  closeSet = add(file, tr("&Close the set"), "close-set", key("Ctrl+W"), "close");
  closeModel = add(file, tr("Close the model"), "close-model", key("Ctrl+Shift+W"));
  file->addSeparator();
  preferences = add(file, tr("&Preferences…"), "preferences", key("Ctrl+,"), "gear");
  quit = add(file, tr("&Quit"), "quit", QKeySequence::Quit);
}

void WindowActions::addEditMenu(QMenuBar& bar, QUndoStack& stack) {
  QMenu* editMenu = bar.addMenu(tr("&Edit"));
  undo = stack.createUndoAction(this, tr("&Undo"));
  undo->setShortcut(QKeySequence::Undo);
  redo = stack.createRedoAction(this, tr("&Redo"));
  redo->setShortcut(QKeySequence::Redo);
  for (QAction* action : {undo, redo}) {
    editMenu->addAction(action);
    m_all.push_back(action);
  }
}

void WindowActions::addViewMenu(QMenuBar& bar) {
  QMenu* view = bar.addMenu(tr("&View"));
  fit = add(view, tr("&Fit"), "fit", key("F"), "fit");
  oneToOne = add(view, tr("&1:1"), "one-to-one", key("Z"));
  zoomIn = add(view, tr("Zoom &in"), "zoom-in", QKeySequence::ZoomIn, "plus");
  zoomOut = add(view, tr("Zoom &out"), "zoom-out", QKeySequence::ZoomOut, "minus");
  view->addSeparator();
  link = add(view, tr("&Link views"), "link", key("L"), "link", true);
  crosshair = add(view, tr("C&rosshair"), "crosshair", key("X"), "crosshair", true);
  contour = add(view, tr("Ground-truth &contour"), "contour", key("G"), "contour", true);
  voidHatch = add(view, tr("&Void hatching"), "void-hatch", key("H"), {}, true);
  overlay = add(view, tr("&Overlay heatmap on image"), "overlay", key("O"), "image", true);
  view->addSeparator();
  layoutOne = add(view, tr("One view"), "layout-1", key("Ctrl+1"), "grid_1", true);
  layoutOneByTwo = add(view, tr("Two views"), "layout-1x2", key("Ctrl+2"), "grid_1x2", true);
  layoutTwoByTwo = add(view, tr("Four views"), "layout-2x2", key("Ctrl+4"), "grid_2x2", true);
  layoutMethods = add(view, tr("One view for each method"), "layout-methods", key("Ctrl+5"), "grid_methods", true);
  layoutClasses = add(view, tr("Class maps"), "layout-classes", key("Ctrl+6"), {}, true);
  auto* layouts = new QActionGroup(this);
  for (QAction* action : {layoutOne, layoutOneByTwo, layoutTwoByTwo, layoutMethods, layoutClasses})
    layouts->addAction(action);
  maximiseAnalysis = add(view, tr("Maximise the analysis"), "maximise-analysis", key("F11"), "float", true);
  view->addSeparator();
  nextFrame = add(view, tr("&Next frame"), "next-frame", key("Ctrl+Down"), "next");
  previousFrame = add(view, tr("&Previous frame"), "previous-frame", key("Ctrl+Up"), "previous");
  firstFrame = add(view, tr("First frame"), "first-frame", key("Ctrl+Home"));
  lastFrame = add(view, tr("Last frame"), "last-frame", key("Ctrl+End"));
  addPlayMenu(*view);
  nextFailure = add(view, tr("Next failure"), "next-failure", key("J"));
  previousFailure = add(view, tr("Previous failure"), "previous-failure", key("K"));
  view->addSeparator();
  m_panels = view->addMenu(tr("&Panels"));
  addThemeMenu(*view);
  latency = add(view, tr("Latency overlay"), "latency", key("Ctrl+Shift+L"), {}, true);
}

void WindowActions::addPlayMenu(QMenu& view) {
  play = add(&view, tr("Play the frames"), "play", key("Space"), "play", true);
  QMenu* rates = view.addMenu(tr("Play &at"));
  playInLoop = add(rates, tr("Play in a loop"), "play-loop", {}, {}, true);
  rates->addSeparator();
  auto* group = new QActionGroup(this);
  for (const int rate : {1, 2, 5, 10, 25}) {
    QAction* action = add(rates, rate == 1 ? tr("Play 1 frame a second") : tr("Play %1 frames a second").arg(rate),
                          QStringLiteral("play-%1").arg(rate), {}, {}, true);
    action->setData(rate);
    group->addAction(action);
    playRates.push_back(action);
  }
}

void WindowActions::addThemeMenu(QMenu& view) {
  QMenu* themes = view.addMenu(tr("&Theme"));
  themeLight = add(themes, tr("Light"), "theme-light", {}, {}, true);
  themeDark = add(themes, tr("Dark"), "theme-dark", {}, {}, true);
  themeSystem = add(themes, tr("As the system"), "theme-system", {}, {}, true);
  auto* themeGroup = new QActionGroup(this);
  for (QAction* action : {themeLight, themeDark, themeSystem}) themeGroup->addAction(action);
  themeToggle = add(themes, tr("Dark or light"), "theme-toggle", key("Ctrl+Shift+T"), "theme");
}

void WindowActions::addMethodMenu(QMenuBar& bar) {
  QMenu* method = bar.addMenu(tr("&Method"));
  method->setToolTipsVisible(true);
  int number = 0;
  auto* methodGroup = new QActionGroup(this);
  for (const Method value : allMethods()) {
    ++number;
    QAction* action = add(method, methodTitle(value), QStringLiteral("method-%1").arg(number),
                          number < 10 ? QKeySequence(QString::number(number)) : QKeySequence(), {}, true);
    methodGroup->addAction(action);
    methods.push_back(action);
  }
  method->addSeparator();
  filters = addFilters(*method, tr("&Filters"), tr("No filter"), QStringLiteral("filter"), tr("%1"));
  method->addSeparator();
  temperatureUp = add(method, tr("Temperature up"), "temperature-up", key("Shift+]"));
  temperatureDown = add(method, tr("Temperature down"), "temperature-down", key("Shift+["));
  temperatureReset = add(method, tr("Temperature 1"), "temperature-reset", key("Ctrl+T"), "reset");
  thresholdUp = add(method, tr("Threshold up"), "threshold-up", key("]"));
  thresholdDown = add(method, tr("Threshold down"), "threshold-down", key("["));
  method->addSeparator();
  sweep = add(method, tr("&Sweep temperatures"), "sweep", key("Ctrl+Shift+S"), "chart");
  pauseInference = add(method, tr("&Pause inference"), "pause-inference", key("Ctrl+P"), "pause", true);
  cancelInference = add(method, tr("&Cancel inference"), "cancel-inference", {}, "cancel");
}

WindowActions::FilterActions WindowActions::addFilters(QMenu& menu, const QString& title, const QString& none,
                                                       const QString& name, const QString& words) {
  FilterActions out;
  out.menu = menu.addMenu(title);
  out.menu->setToolTipsVisible(true);
  out.none = add(out.menu, none, name + QStringLiteral("-none"), {}, {}, true);
  out.menu->addSeparator();
  for (const Filter filter : allFilters()) {
    QAction* action = add(out.menu, words.arg(filterTitle(filter)),
                          name + QLatin1Char('-') + QString::fromStdString(std::string(filter.name())), {}, {}, true);
    out.each.push_back(action);
  }
  return out;
}

void WindowActions::addCompareMenu(QMenuBar& bar) {
  QMenu* compare = bar.addMenu(tr("&Compare"));
  pinReference = add(compare, tr("&Pin these numbers as reference"), "pin-reference", key("Ctrl+R"), "pin");
  clearReference = add(compare, tr("Clear the reference"), "clear-reference", key("Ctrl+Shift+R"));
  keepCurve = add(compare, tr("&Keep this run"), "keep-curve", key("Ctrl+Shift+K"), "compare");
  compare->addSeparator();
  wipe = add(compare, tr("Compare &two runs"), "wipe", key("W"), "wipe", true);
  swapRuns = add(compare, tr("&Swap A and B"), "swap-runs", key("Shift+W"), "swap");
  filtersOfB =
      addFilters(*compare, tr("&Filters of B"), tr("No filter of B"), QStringLiteral("filter-b"), tr("%1 of B"));
  bootstrap = add(compare, tr("&Bootstrap intervals"), "bootstrap", key("Ctrl+B"), "chart", true);
}

void WindowActions::addExportMenu(QMenuBar& bar) {
  QMenu* exportMenu = bar.addMenu(tr("E&xport"));
  copyMetrics = add(exportMenu, tr("&Copy the numbers"), "copy-metrics", key("Ctrl+Shift+C"), "copy");
  exportFigure = add(exportMenu, tr("Export &figure…"), "export-figure", key("Ctrl+Shift+X"), "image");
  exportTable = add(exportMenu, tr("Export &table…"), "export-table", key("Ctrl+E"), "export");
  makeReport = add(exportMenu, tr("Make a &report…"), "make-report", {}, "file");
  savePicture = add(exportMenu, tr("Save the window's &picture…"), "save-picture", {}, "image");
}

void WindowActions::addHelpMenu(QMenuBar& bar) {
  QMenu* help = bar.addMenu(tr("&Help"));
  palette = add(help, tr("&Find action…"), "find-action", key("Ctrl+K"), "search");
  cheatSheet = add(help, tr("&Shortcuts"), "cheat-sheet", QKeySequence::HelpContents, "keyboard");
  cheatSheet->setShortcuts({QKeySequence(Qt::Key_F1), QKeySequence(QStringLiteral("?"))});
  messages = add(help, tr("&Messages"), "messages", key("Ctrl+Shift+E"), "messages", true);
  about = add(help, tr("&About Oodscope"), "about");
}

void WindowActions::nameOtherwise() {
  const auto also = [](QAction* action, const QString& words) { action->setProperty("words", words); };
  also(exportTable, tr("csv latex tex markdown json results numbers save"));
  also(exportFigure, tr("csv pdf svg png plot curve grid picture save"));
  also(makeReport, tr("html pdf document"));
  also(copyMetrics, tr("metrics clipboard"));
  also(nextFailure, tr("failures false positive missed"));
  also(previousFailure, tr("failures false positive missed"));
  also(wipe, tr("A B wipe blink difference disagreement"));
  also(openScores, tr("import npy logits"));
  also(contour, tr("ground truth outline"));
  also(keepCurve, tr("curve runs"));
  for (QAction* method : methods) also(method, tr("method score"));
  for (const FilterActions* of : {&filters, &filtersOfB})
    for (QAction* filter : of->each) also(filter, tr("filter post-processing blur smooth"));
}

void WindowActions::explainShortcuts() {
  for (QAction* action : m_all) {
    QString name = action->text();
    name.remove(QLatin1Char('&'));
    const QString keys = action->shortcut().toString(QKeySequence::NativeText);
    action->setToolTip(keys.isEmpty() ? name : tr("%1 (%2)").arg(name, keys));
  }
}

QAction* WindowActions::add(QMenu* menu, const QString& text, const QString& name, const QKeySequence& shortcut,
                            const QString& iconName, bool checkable) {
  auto* action = new QAction(text, this);
  action->setObjectName(name);
  if (!shortcut.isEmpty()) action->setShortcut(shortcut);
  if (!iconName.isEmpty()) action->setIcon(icon(iconName));
  action->setCheckable(checkable);
  menu->addAction(action);
  m_window.addAction(action);
  m_all.push_back(action);
  return action;
}

}  // namespace oodscope

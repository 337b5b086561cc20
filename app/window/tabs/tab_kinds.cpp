// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/tab_kinds.h"

#include "app/desk/desk.h"
#include "app/window/compare/calibration_tab.h"
#include "app/window/compare/results_tab.h"
#include "app/window/compare/runs_tab.h"
#include "app/window/compare/transfer_tab.h"
#include "app/window/failures/classes_tab.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/failures/failures_tab.h"
#include "app/window/failures/size_distance_tab.h"
#include "app/window/scene3d/scene_tab.h"
#include "app/window/sweep_tab.h"
#include "app/window/tabs/ensemble_tab.h"
#include "app/window/tabs/open_set_tab.h"
#include "app/window/tabs/result_file_tab.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/scatter_plot.h"

#include <array>

namespace oodscope {
namespace {

constexpr std::array kTabs{
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Curves"), false,
            [](const TabParts& parts) -> QWidget* { return &parts.curves; }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "T sweep"), false,
            [](const TabParts& parts) -> QWidget* { return new SweepTab(parts.desk.workspace); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Ensemble"), false,
            [](const TabParts& parts) -> QWidget* { return new EnsembleTab(parts.desk.workspace); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Failures"), false,
            [](const TabParts& parts) -> QWidget* { return parts.failures.failuresTab(); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Classes"), false,
            [](const TabParts& parts) -> QWidget* { return parts.failures.classesTab(); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Open set"), false,
            [](const TabParts& parts) -> QWidget* { return new OpenSetTab(parts.desk); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Size and distance"), false,
            [](const TabParts& parts) -> QWidget* { return parts.failures.sizesTab(); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "3D"), false,
            [](const TabParts& parts) -> QWidget* { return new SceneTab(parts.desk); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "A against B"), true,
            [](const TabParts& parts) -> QWidget* { return &parts.scatter; }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Runs"), false,
            [](const TabParts& parts) -> QWidget* { return new RunsTab(parts.desk); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Results"), false,
            [](const TabParts& parts) -> QWidget* { return new ResultsTab(parts.desk); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Files of results"), false,
            [](const TabParts&) -> QWidget* { return new ResultFileTab; }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Transfer"), false,
            [](const TabParts& parts) -> QWidget* { return new TransferTab(parts.desk.workspace); }},
    TabKind{QT_TRANSLATE_NOOP("TabStack", "Calibration"), false,
            [](const TabParts& parts) -> QWidget* { return new CalibrationTab(parts.desk.workspace); }},
};

}  // namespace

std::span<const TabKind> tabKinds() { return kTabs; }

}  // namespace oodscope

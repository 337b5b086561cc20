// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// QCustomPlot 2.1 needs Qt's keywords as macros, the project builds without: they exist for this one include. Its
// header is a system header, so its own warnings stay silent.
#include <QtGlobal>
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit
#define foreach Q_FOREACH
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wshadow"
#include <qcustomplot.h>
#pragma GCC diagnostic pop
#undef signals
#undef slots
#undef emit
#undef foreach

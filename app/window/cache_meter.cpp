// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/cache_meter.h"

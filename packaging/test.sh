#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# test.sh [PRESET]: installs packages, builds and runs every test. Tests that need ../shared/data skip where it is absent.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
preset=${1:-release}
"$root/packaging/build.sh" "$preset"
cd "$root"
exec ctest --preset "$preset" -j "$(nproc)"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build.sh [PRESET [CMAKE_ARGUMENT…]]: installs packages, configures and builds PRESET (release), quietly where it succeeds.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
preset=${1:-release}
[ $# -gt 0 ] && shift
"$root/packaging/install_dependencies.sh"
# Paths relative to the checkout make the compiler cache useful to every checkout on the machine.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1
cd "$root"
log="$root/build/$preset.log"
mkdir -p "$root/build"
{ cmake --preset "$preset" "$@" && cmake --build --preset "$preset"; } > "$log" 2>&1 || {
  grep -nE 'error|Error|FAILED' "$log" | head -40 >&2 || true
  tail -30 "$log" >&2
  echo "the build failed; the whole log is build/$preset.log" >&2
  exit 1
}

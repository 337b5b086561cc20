#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build.sh [PRESET [--programs] [CMAKE_ARGUMENT…]]: installs packages, configures and builds PRESET (release), all of it or
# only the two programs, quietly where it succeeds.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
preset=${1:-release}
[ $# -gt 0 ] && shift
targets=()
if [ "${1:-}" = --programs ]; then
  targets=(--target oodscope oodscope-cli)
  shift
fi
"$root/packaging/install_dependencies.sh"
# Paths relative to the checkout make the compiler cache useful to every checkout on the machine.
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1
cd "$root"
log="$root/build/$preset.log"
mkdir -p "$root/build"
# The whole of it goes to the log; of ninja's "[12/345] …" every tenth part is shown, and on a terminal every step.
progress() {
  tee "$log" | awk -v terminal="$([ -t 2 ] && echo 1 || echo 0)" '
    match($0, /^\[[0-9]+\/[0-9]+\]/) {
      split(substr($0, 2, RLENGTH - 2), step, "/")
      if (step[2] < 20) next
      tenth = int(10 * step[1] / step[2])
      if (terminal) printf "\rbuilding: %d of %d", step[1], step[2]
      else if (tenth > shown) print "building: " step[1] " of " step[2]
      shown = tenth > shown ? tenth : shown
      fflush()
    }
    END { if (terminal && shown > 0) print "" }' >&2
}
{ cmake --preset "$preset" "$@" && cmake --build --preset "$preset" "${targets[@]}"; } 2>&1 | progress || {
  grep -nE 'error|Error|FAILED' "$log" | head -40 >&2 || true
  tail -30 "$log" >&2
  echo "the build failed; the whole log is build/$preset.log" >&2
  exit 1
}

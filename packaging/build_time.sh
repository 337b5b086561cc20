#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# build_time.sh [COMMIT [TARGET…]]: processor seconds of a build from nothing, without the compiler cache, of COMMIT (5edff9b) and of
# this checkout as it is committed, side by side, one job each, so that whatever else the machine does falls on both. First the two
# programs, then everything with tests and benches; then what an edit of one method costs, with its tests. With TARGETs only those
# are built, which tells whether the script works; the whole takes hours on two busy cores. OODSCOPE_BUILD_TIME_DIR: where (a
# temporary folder), removed afterwards unless OODSCOPE_BUILD_TIME_KEEP is set, which leaves two trees to compare by other benches.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
before=${1:-5edff9b}
[ $# -gt 0 ] && shift
targets=("$@")
work=$(mktemp -d "${OODSCOPE_BUILD_TIME_DIR:-${TMPDIR:-/tmp}}/build_time.XXXXXX")
trap 'kill $(jobs -p) 2>/dev/null || true; [ -n "${OODSCOPE_BUILD_TIME_KEEP:-}" ] || rm -rf "$work"' EXIT
export CCACHE_DISABLE=1

# source_of SIDE COMMIT, configure SIDE [ARGUMENT…]
source_of() {
  mkdir -p "$work/$1/source"
  git archive "$2" | tar -x -C "$work/$1/source"
}
configure() {
  local side=$1
  shift
  cmake -S "$work/$side/source" -B "$work/$side/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DOODSCOPE_CCACHE=OFF \
    -DOODSCOPE_SHARED_DIR="$root/../shared" "$@" >"$work/$side/configure.log" 2>&1 ||
    { tail -20 "$work/$side/configure.log" >&2; return 1; }
}
# build SIDE STEP [TARGET…]: user and system seconds, of ninja and all that it waited for, to SIDE/STEP.
build() {
  local side=$1 step=$2
  shift 2
  /usr/bin/time -f '%U %S' -o "$work/$side/$step" ninja -C "$work/$side/build" -j1 "$@" >"$work/$side/$step.log" 2>&1 ||
    { tail -20 "$work/$side/$step.log" >&2; return 1; }
}
both() {
  build before "$@" &
  local other=$!
  build after "$@"
  wait "$other"
}
seconds() { awk '{ sum += $1 + $2 } END { printf "%.0f", sum }' "$@"; }
line() { # line WHAT STEP…
  local what=$1 step old=() new=()
  shift
  for step in "$@"; do old+=("$work/before/$step") new+=("$work/after/$step"); done
  local b a
  b=$(seconds "${old[@]}") a=$(seconds "${new[@]}")
  printf '| %s | %s | %s | %s %% |\n' "$what" "$b" "$a" "$(awk -v a="$a" -v b="$b" 'BEGIN { printf "%.0f", (b > 0) ? 100 * a / b : 0 }')"
}

source_of before "$before"
source_of after HEAD
configure before # with its own options
configure after -DOODSCOPE_UNITY_BUILD=ON # as is quickest from nothing
printf '| processor seconds | %s | %s | share |\n|---|---|---|---|\n' "$(git rev-parse --short "$before")" "$(git rev-parse --short HEAD)"
if [ ${#targets[@]} -gt 0 ]; then
  both chosen "${targets[@]}"
  line "${targets[*]}" chosen
  exit
fi
both programs oodscope oodscope-cli
line "both programs" programs
both everything
line "everything with tests" programs everything

touch "$work/after/source/analysis/scores/methods/energy.cpp"
build after edit unit_scores
QT_QPA_PLATFORM=offscreen /usr/bin/time -f '%U %S' -o "$work/after/tests" "$work/after/build/bin/unit_scores" --gtest_brief=1 >/dev/null 2>"$work/after/tests.log" ||
  { tail -20 "$work/after/tests.log" >&2; exit 1; }
printf '| one method edited: its build, its tests | | %s, %s | |\n' "$(seconds "$work/after/edit")" "$(seconds "$work/after/tests")"

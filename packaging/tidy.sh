#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tidy.sh [--changed [BASE]] [--format-only] [FILE…]: clang-format on every source (or those given, or those changed since BASE,
# main), then clang-tidy on its .cpp files, two at a time; on all of them as a unity build compiles them (folder build/tidy), so
# that the headers of LibTorch, Qt and VTK are read once a batch. Says what is wrong and changes nothing; exit code 1 where
# something is.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
format_only=0
files=()
while [ $# -gt 0 ]; do
  case "$1" in
    --format-only) format_only=1 ;;
    --changed)
      base=main
      if [ $# -gt 1 ] && git rev-parse -q --verify "$2^{commit}" >/dev/null; then base=$2; shift; fi
      mapfile -t files < <({ git diff --name-only --diff-filter=d "$base"...; git diff --name-only --diff-filter=d HEAD; } | sort -u)
      ;;
    *) files+=("$(realpath --relative-to="$root" "$1")") ;;
  esac
  shift
done
whole=0
if [ ${#files[@]} -eq 0 ]; then
  whole=1
  mapfile -t files < <(git ls-files --cached --others --exclude-standard)
fi
mapfile -t files < <(printf '%s\n' "${files[@]}" | grep -E '^(analysis|inference|widgets|app|tests)/.*\.(cpp|h)$' || true)
[ ${#files[@]} -gt 0 ] || { echo "no sources"; exit 0; }
status=0
clang-format --dry-run -Werror "${files[@]}" || status=1
[ $format_only = 0 ] || exit $status

if [ $whole = 1 ]; then
  build=build/tidy
  cmake --preset release -B $build >/dev/null
  mapfile -t tidied < <(sed -nE 's/^ *"file": "(.*)",?$/\1/p' $build/compile_commands.json | grep -v _autogen/ | sort -u)
else
  build=build/tidy-single
  cmake --preset release -B $build -DOODSCOPE_UNITY_BUILD=OFF >/dev/null
  mapfile -t tidied < <(printf '%s\n' "${files[@]}" | grep '\.cpp$' || true)
fi
echo "clang-tidy: ${#tidied[@]} files"
[ ${#tidied[@]} -gt 0 ] || exit $status
# A batch of a unity build includes its sources, which are what is looked at; what one defines another may declare.
tidy() {
  local extra=(--extra-arg=-Wno-unknown-warning-option) sources=("$2")
  case "$2" in
    */unity_*_cxx.cxx)
      mapfile -t sources < <(sed -nE 's/^#include "(.*)"$/\1/p' "$2")
      extra+=(--checks=-bugprone-suspicious-include,-readability-redundant-declaration --header-filter="^$PWD/(analysis|inference|widgets|app|tests)/")
      ;;
  esac
  case "$2" in # what is run once and thrown away need not be quick, and its pictures are small
    */tests/*) extra+=(--checks=-performance-*,-bugprone-misplaced-widening-cast,-clang-analyzer-deadcode.DeadStores) ;;
  esac
  if grep -qE '#include (<(torch|ATen|c10)/|"inference/.*\.inl\.h")' "${sources[@]}"; then
    extra+=(--extra-arg-before=-include"$PWD/packaging/clang_tidy/vector_without_constexpr.h")
  fi
  clang-tidy -p "$1" --quiet "${extra[@]}" "$2" 2> >(grep -vE '^[0-9]+ warnings? generated|^Suppressed|^Use -header' >&2)
}
export -f tidy
printf '%s\n' "${tidied[@]}" | xargs -P "${OODSCOPE_TIDY_JOBS:-2}" -I {} bash -c 'tidy "$@"' tidy "$build" {} || status=1
exit $status

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How much must one touch to add a method, a protocol, a layout, …? Each NAME.patch in a folder (this one, where none is
# given) adds a made-up one. In a work tree of its own, at HEAD, each is applied, built and tested as NAME.targets says;
# the files that it touches are counted.
#   tests/extension/try_patches.sh [--folder DIR] [--keep] [NAME …]
# NAME.targets: lines "build TARGET …" (Ninja's) and "test COMMAND …" (bash, in the build folder, QT_QPA_PLATFORM=offscreen).
# Exit code: 0 where every patch applies, builds, passes and touches at most 4 files; 1 otherwise; 2 for wrong usage.
# OODSCOPE_JOBS: processes of the build, all cores where unset. The compiler cache is used where there is one.
set -euo pipefail
readonly most_files=4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(git -C "$here" rev-parse --show-toplevel)
folder=$here
keep=no
names=()
while [ $# -gt 0 ]; do
  case $1 in
    --folder) folder=$(cd "${2:?--folder needs a folder}" && pwd); shift 2 ;;
    --keep) keep=yes; shift ;;
    -*) sed -n '3,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
    *) names+=("$1"); shift ;;
  esac
done
if [ ${#names[@]} -eq 0 ]; then
  for patch in "$folder"/*.patch; do names+=("$(basename "$patch" .patch)"); done
fi
for name in "${names[@]}"; do
  for file in "$folder/$name.patch" "$folder/$name.targets"; do
    [ -f "$file" ] || { echo "try_patches: $file is missing" >&2; exit 2; }
  done
done

# Always the same place, so that the compiler cache knows tests, whose objects name it, from the last run.
scratch=$root/build/extension
tree=$scratch/tree
mkdir -p "$root/build"
mkdir "$scratch" 2>/dev/null || { echo "try_patches: $scratch is in use or left over: remove it first" >&2; exit 2; }
git -C "$root" worktree prune
cleanUp() {
  if [ "$keep" = yes ]; then
    echo "kept: $scratch"
  else
    git -C "$root" worktree remove --force "$tree" >/dev/null 2>&1 || true
    rm -rf "$scratch"
  fi
}
trap cleanUp EXIT
git -C "$root" worktree add --quiet --detach "$tree" HEAD

# Objects of the plain tree come from the compiler cache whatever folder they were built in.
export CCACHE_BASEDIR=$tree CCACHE_NOHASHDIR=1 QT_QPA_PLATFORM=offscreen
shared=$(sed -n 's/^OODSCOPE_SHARED_DIR:[A-Z]*=//p' "$root/build/release/CMakeCache.txt" 2>/dev/null || true)
build=$tree/build/release
cmake -S "$tree" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DOODSCOPE_BUILD_BENCH=OFF \
      ${shared:+-DOODSCOPE_SHARED_DIR="$shared"} >"$scratch/configure.log" 2>&1 ||
  { tail -n 20 "$scratch/configure.log" >&2; exit 1; }

# Applies, builds and tests one patch; prints its row. Returns 1 where anything of it fails.
tryPatch() {
  local name=$1 log=$scratch/$1.log files result=ok targets
  : >"$log"
  if ! git -C "$tree" apply --recount -C1 "$folder/$name.patch" >>"$log" 2>&1; then
    echo "| $name | – | does not apply |"
    cat "$log" >&2
    return 1
  fi
  targets=$(sed -n 's/^build //p' "$folder/$name.targets" | tr '\n' ' ')
  # shellcheck disable=SC2086  # a list of targets
  if ! ninja -C "$build" ${OODSCOPE_JOBS:+-j "$OODSCOPE_JOBS"} $targets >>"$log" 2>&1; then
    result="does not build"
  else
    while IFS= read -r command; do
      echo "+ $command" >>"$log"
      (cd "$build" && bash -euo pipefail -c "$command") >>"$log" 2>&1 || { result="fails: $command"; break; }
    done < <(sed -n 's/^test //p' "$folder/$name.targets")
  fi
  files=$(git -C "$tree" status --porcelain --untracked-files=all | wc -l) # with what the tests' programs wrote: the guide
  [ "$result" = ok ] && [ "$files" -gt "$most_files" ] && result="more than $most_files files"
  echo "| $name | $files | $result |"
  git -C "$tree" status --porcelain --untracked-files=all | sed 's/^/    /' >"$scratch/$name.files"
  git -C "$tree" reset --quiet --hard && git -C "$tree" clean --quiet -fd
  [ "$result" = ok ] && return 0
  tail -n 40 "$log" >&2
  return 1
}

echo "| patch | files | result |"
echo "| --- | ---: | --- |"
failed=0
for name in "${names[@]}"; do tryPatch "$name" || failed=1; done
for name in "${names[@]}"; do
  [ -f "$scratch/$name.files" ] || continue
  echo
  echo "$name:"
  cat "$scratch/$name.files"
done
exit $failed

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh [ARGUMENT…]: installs packages, builds, and starts Oodscope with the arguments; without any it opens the demo.
# Without a display it evaluates on the command line instead.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
caller=$PWD
"$root/packaging/build.sh" release --programs
bin="$root/build/release/bin"
cd "$caller"
demo="$root/resources/demo/session.json"
has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ -n "${QT_QPA_PLATFORM:-}" ]; }
if has_display && [ -x "$bin/oodscope" ]; then
  if [ $# -gt 0 ]; then exec "$bin/oodscope" "$@"; fi
  exec "$bin/oodscope" "$demo"
fi
if [ $# -gt 0 ]; then exec "$bin/oodscope-cli" "$@"; fi
if [ ! -f "$demo" ]; then exec "$bin/oodscope-cli" --help; fi
results="${OODSCOPE_RESULTS:-$root/build/demo-results}"
mkdir -p "$results"
"$bin/oodscope-cli" evaluate --session "$demo" --format markdown --output "$results/table.md"
"$bin/oodscope-cli" evaluate --session "$demo" --format json --output "$results/table.json" --quiet
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-$(mktemp -d)}"
"$bin/oodscope-cli" report "$demo" --output "$results/report" --quiet
for figure in pr grid; do
  "$bin/oodscope-cli" figure "$demo" "$figure" --output "$results/$figure.pdf" --quiet
done
echo
cat "$results/table.md"
echo
echo "no display: evaluated the demo set; tables, figures and the report are in $results"

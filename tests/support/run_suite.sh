#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run_suite.sh PROGRAM FILTER: runs the tests that the filter names. Exit code 77 (CTest's "Skipped", the log says which and why) where
# none failed and some could not run here, else the program's.
set -uo pipefail
log=$("$1" --gtest_filter="$2" 2>&1)
code=$?
printf '%s\n' "$log"
[ $code -ne 0 ] || ! grep -qF '[  SKIPPED ]' <<<"$log" || code=77
exit $code

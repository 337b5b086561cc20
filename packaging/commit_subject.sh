#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# commit_subject.sh FILE: whether the commit message in FILE begins as this project's do: `area: Imperative subject` within 72
# characters and a blank line after it. Says what is wrong; exit code 1 then.
set -euo pipefail
mapfile -t lines < <(grep -v '^#' "$1")
subject=${lines[0]:-}
case "$subject" in Merge\ *|Revert\ *|fixup!\ *|squash!\ *) exit 0 ;; esac
if ! [[ $subject =~ ^[a-z0-9_/]+:\ [A-Z] ]]; then
  echo "expected a subject like 'metrics: Rank float64 scores in double', found '$subject'" >&2
  exit 1
fi
if [ ${#subject} -gt 72 ]; then
  echo "the subject has ${#subject} characters, at most 72 are expected" >&2
  exit 1
fi
if [ -n "${lines[1]:-}" ]; then
  echo "the second line must be blank, found '${lines[1]}'" >&2
  exit 1
fi

#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# under_locale.sh FOLDER PROGRAM [ARGUMENT...]: runs a test program on a German desktop, where 1.6 is written 1,6. The
# locale is compiled into FOLDER, so that none need be installed; 77 (skipped) where localedef cannot.
set -u
folder=$1
shift
if [ ! -e "$folder/de_DE.UTF-8/LC_NUMERIC" ]; then
  made="$folder/made.$$"
  mkdir -p "$made"
  if ! localedef --no-archive -i de_DE -f UTF-8 "$made/de_DE.UTF-8" >"$made/log" 2>&1 && [ ! -e "$made/de_DE.UTF-8/LC_NUMERIC" ]; then
    echo "skipped: localedef makes no de_DE.UTF-8 here (package locales): $(cat "$made/log")"
    rm -rf "$made"
    exit 77
  fi
  mv -T "$made/de_DE.UTF-8" "$folder/de_DE.UTF-8" 2>/dev/null # another test may have been first
  rm -rf "$made"
fi
export LOCPATH="$folder" LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8 LANGUAGE=de OODSCOPE_TEST_POINT=,
exec "$@"

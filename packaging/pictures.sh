#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# pictures.sh: makes every picture of the documentation from the demo set, into resources/pictures. Needs a build
# (packaging/build.sh), pdftoppm and pdftotext, and xvfb-run for the 3D tab. Run it again when the demo network, the
# window or the report changes, and look at the pictures before they are committed.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
bin="$root/build/release/bin/oodscope"
demo="$root/resources/demo/session.json"
to="$root/resources/pictures"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_CONFIG_HOME="$scratch/config" XDG_DATA_HOME="$scratch/data" XDG_RUNTIME_DIR="$scratch"
mkdir -p "$to"

window() { # NAME ARGUMENT…: the settled window
  local name=$1
  shift
  echo "$name.jpg"
  "${display[@]}" "$bin" "$demo" --size 1440x900 "$@" --screenshot "$to/$name.jpg"
}
display=(env QT_QPA_PLATFORM=offscreen)
window window-dark --theme dark
window failures-light --theme light --tab Failures
window classes-dark --theme dark --tab Classes
window size-distance-light --theme light --tab "Size and distance"
window compare-dark --theme dark --method void --compare max-entropy
if command -v xvfb-run > /dev/null; then
  display=(xvfb-run -a -s "-screen 0 1920x1200x24" env QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1)
  window scene3d-dark --theme dark --tab 3D
else
  echo "xvfb-run is not installed: scene3d-dark.jpg was not made" >&2
fi

"$bin" report "$demo" --output "$scratch/report" --quiet
page_with() { # TEXT: the first page that holds it
  local pages page
  pages=$(pdfinfo "$scratch/report/report.pdf" | awk '/^Pages:/ { print $2 }')
  for ((page = 1; page <= pages; ++page)); do
    if pdftotext -f "$page" -l "$page" "$scratch/report/report.pdf" - | grep -q "$1"; then
      echo "$page"
      return
    fi
  done
  echo "no page of the report holds '$1'" >&2
  return 1
}
page() { # TEXT NAME
  local number
  number=$(page_with "$1")
  echo "$2.jpg: page $number"
  pdftoppm -r 100 -f "$number" -l "$number" -jpeg -jpegopt quality=88 -singlefile "$scratch/report/report.pdf" "$to/$2"
}
page "Qualitative results" report-grid
page "Worst frames" report-set

for picture in "$to"/*.jpg; do
  if [ "$(stat -c %s "$picture")" -gt 358400 ]; then
    echo "$picture is larger than 350 KB" >&2
    exit 1
  fi
done

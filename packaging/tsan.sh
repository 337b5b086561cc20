#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# tsan.sh [CTEST_ARGUMENT…]: builds the thread sanitizer's preset and runs its tests. Debian's oneTBB is not instrumented, so
# that the sanitizer does not see how a parallel loop hands its results back; the same version is built from Debian's source
# with the sanitizer, once, in build/onetbb, and the preset's tests load that one.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/packaging/install_dependencies.sh"
work="$root/build/onetbb"
instrumented="$work/instrumented"
if [ ! -f "$instrumented/lib/libtbb.so" ]; then
  if ! dpkg -s dpkg-dev > /dev/null 2>&1; then  # unpacks the source
    as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends dpkg-dev > /dev/null
  fi
  rm -rf "$work" && mkdir -p "$work/lists/partial"
  cd "$work"
  apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    sort -u > source.list
  source_of=(-o Dir::Etc::SourceList="$work/source.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$work/lists"
             -o APT::Sandbox::User=root)
  apt-get "${source_of[@]}" -qq update
  apt-get "${source_of[@]}" -qq source "onetbb=$(dpkg-query -W -f='${source:Version}' libtbb-dev)" > source.log 2>&1
  folders=(onetbb-*/)
  cmake -S "${folders[0]}" -B build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DTBB_SANITIZE=thread -DTBB_TEST=OFF \
    -DTBB4PY_BUILD=OFF -DTBBMALLOC_BUILD=OFF -DTBB_STRICT=OFF -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_INSTALL_PREFIX="$instrumented" > configure.log 2>&1
  cmake --build build > build.log
  cmake --install build > install.log
fi
"$root/packaging/build.sh" tsan
cd "$root"
exec ctest --preset tsan -j "$(nproc)" "$@"

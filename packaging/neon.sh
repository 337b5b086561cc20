#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# neon.sh [FOLDER]: builds the vector kernels for AArch64 (NEON) with Debian's cross compiler and runs their unit tests under
# QEMU. It installs the compiler and the emulator; Highway's and oneTBB's arm64 packages are only unpacked in FOLDER.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mkdir -p "${1:-$root/build/neon}" && cd "${1:-$root/build/neon}" && pwd)
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
missing=()
for package in g++-aarch64-linux-gnu qemu-user-static googletest; do
  dpkg -s "$package" > /dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" > /dev/null
fi
cd "$work"
foreign=(-o APT::Architectures::=amd64 -o APT::Architectures::=arm64 -o Dir::State::lists="$work/lists" -o APT::Sandbox::User=root)
if [ ! -d arm64/usr ]; then
  mkdir -p lists/partial
  apt-get "${foreign[@]}" update > /dev/null
  apt-get "${foreign[@]}" download libhwy-dev:arm64 libhwy1:arm64 libtbb-dev:arm64 libtbb12:arm64 > /dev/null
  for package in *.deb; do dpkg -x "$package" arm64; done
fi
libraries="$work/arm64/usr/lib/aarch64-linux-gnu"
tests=/usr/src/googletest/googletest
compile() {
  aarch64-linux-gnu-g++ -std=c++20 -O2 -isystem "$work/arm64/usr/include" -isystem "$tests/include" \
    -isystem /usr/src/googletest/googlemock/include -I"$root" -I"$tests" \
    -DOODSCOPE_SOURCE_DIR="\"$root\"" -DOODSCOPE_SHARED_DIR="\"$root/../shared\"" "$@"
}
objects=()
for source in "$root"/analysis/core/error.cpp "$root"/analysis/scores/*.cpp "$root"/analysis/imaging/{resize_kernels,bilinear_taps}.cpp \
  "$root"/analysis/metrics/score_cells.cpp "$root"/analysis/live/floor_kernels.cpp "$root"/tests/unit/scores/*.cpp; do
  object="$(echo "${source#"$root"/}" | tr / _).o"
  compile -Wall -Wextra -Wpedantic -Wshadow -Wold-style-cast -Wdouble-promotion -Werror -c "$source" -o "$object"
  objects+=("$object")
done
for source in gtest-all gtest_main; do
  [ -f "$source.o" ] || compile -c "$tests/src/$source.cc" -o "$source.o"
  objects+=("$source.o")
done
aarch64-linux-gnu-g++ "${objects[@]}" -L"$libraries" -lhwy -ltbb -Wl,-rpath-link,"$libraries" -o unit_scores
QEMU_LD_PREFIX=/usr/aarch64-linux-gnu qemu-aarch64-static -E LD_LIBRARY_PATH="$libraries:/usr/aarch64-linux-gnu/lib" ./unit_scores

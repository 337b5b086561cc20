#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# odr.sh [PROGRAM…]: links oodscope-cli-program and oodscope-program (or those given) with link-time optimisation, whose only use
# here is -Wodr: types of one name that differ between sources are an error. Within a batch of sources the compiler itself refuses
# them. Nothing is optimised, and build/odr/bin is not for running.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
programs=("$@")
[ ${#programs[@]} -gt 0 ] || programs=(oodscope-cli-program oodscope-program)
export CCACHE_BASEDIR="$root" CCACHE_NOHASHDIR=1
# NDEBUG: LibTorch's own types have other members without it. What GCC says about optimised code is the other presets' matter.
cmake -S "$root" -B "$root/build/odr" -G Ninja -DCMAKE_BUILD_TYPE=None -DOODSCOPE_UNITY_BUILD=ON -DOODSCOPE_BUILD_TESTS=OFF \
  -DOODSCOPE_BUILD_BENCH=OFF -DCMAKE_AR="$(command -v gcc-ar)" -DCMAKE_RANLIB="$(command -v gcc-ranlib)" \
  -DCMAKE_CXX_FLAGS="-O0 -DNDEBUG -flto -fno-fat-lto-objects" \
  -DCMAKE_EXE_LINKER_FLAGS="-flto=auto -Wodr -Wlto-type-mismatch -Werror" >/dev/null
ninja -C "$root/build/odr" "${programs[@]}"
echo "clean: no type of two definitions in ${programs[*]}"

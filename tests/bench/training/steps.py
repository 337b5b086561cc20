#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time of a training step, one program against another, in turns on one machine.

steps.py PROGRAM [OTHER] [--rounds N] [--pictures N] [--threads N] [--network NAME] [--size W H] [--batch N]

PROGRAM and OTHER are two builds of oodscope-cli, OTHER the older one. Every round each trains one epoch anew on the same
rendered scenes, kept in memory; what is compared is seconds_per_step of log.csv, the median over the rounds. A build that
knows --autocast is timed with it, too. An older build is made in a folder of its own:
  git worktree add /tmp/old COMMIT && cmake -S /tmp/old -B /tmp/old/build -DCMAKE_BUILD_TYPE=Release \\
    -DOODSCOPE_BUILD_WINDOW=OFF && cmake --build /tmp/old/build --target oodscope-cli
"""
import argparse
import csv
import pathlib
import statistics
import subprocess
import tempfile


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("other", nargs="?")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--network", default="ERFNet")
    parser.add_argument("--widths", default="16,32,64")
    parser.add_argument("--size", type=int, nargs=2, default=[512, 256])
    parser.add_argument("--batch", type=int, default=2)
    return parser.parse_args()


def knows_autocast(program):
    help_text = subprocess.run([program, "train", "--help"], capture_output=True, text=True, check=True).stdout
    return "--autocast" in help_text


def seconds_per_step(program, args, cache, extra):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "train", "--quiet", "--network", args.network, "--widths", args.widths,
                   "--generated", "1", str(args.pictures), "--cache", str(cache), "--keep-in-memory",
                   "--input", *map(str, args.size), "--batch", str(args.batch), "--epochs", "2", "--no-flip",
                   "--class-weights", "equal", "--threads", str(args.threads), "--output", folder, *extra]
        subprocess.run(command, check=True)
        with open(pathlib.Path(folder) / "log.csv", newline="") as log:
            rows = list(csv.DictReader(log))
    # The first epoch decodes and keeps the pictures.
    return float(rows[-1]["seconds_per_step"])


def main():
    args = parsed()
    sides = [("float32", args.program, [])]
    if knows_autocast(args.program):
        sides.append(("bfloat16", args.program, ["--autocast", "bf16"]))
    if args.other:
        sides.append(("other", args.other, []))
    times = {name: [] for name, _, _ in sides}
    with tempfile.TemporaryDirectory() as caches:
        for _ in range(args.rounds):
            for name, program, extra in sides:
                # Caches are told apart by what the renderer makes, which two builds need not agree on.
                cache = pathlib.Path(caches) / str(abs(hash(program)))
                cache.mkdir(exist_ok=True)
                times[name].append(seconds_per_step(program, args, cache, extra))
    medians = {name: statistics.median(values) for name, values in times.items()}
    base = medians.get("other")
    for name, median in medians.items():
        ratio = f", {base / median:.2f} times as fast as the other" if base and name != "other" else ""
        spread = f"{min(times[name]) * 1000:.0f} to {max(times[name]) * 1000:.0f}"
        print(f"{name}: {median * 1000:.0f} ms a step ({spread}){ratio}")


if __name__ == "__main__":
    main()

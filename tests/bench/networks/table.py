#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every built-in network costs at 512x1024, as a Markdown table: parameters, multiply-adds, time of a frame, memory.

table.py OODSCOPE_CLI [--runs N] [--threads N] [--only TEXT]

The weights are those of the formula: the plans that tests/reference/inference recorded, ENet's from ../../reference/python. Each is
written as a .pth file, opened once untimed (which finds its arrangement), and then by `OODSCOPE_CLI info --latency` N times in a
process of its own: the median of its medians of five frames, and the largest resident memory of any of them, the plain network
beside its fast arrangement included. A matrix product of the size of EoMT-B's widest layer, by oneDNN from Python on as many threads,
is timed before and after each network; the floor is the network's multiply-adds at the median of that rate. Needs python3-torch.
Run it alone: libgomp waits for every thread.
"""
import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile
import time

import torch

REFERENCE = pathlib.Path(__file__).resolve().parents[2] / "reference"
sys.path[:0] = [str(REFERENCE / "inference"), str(REFERENCE / "python")]
from formula_state import calibrate, expand, plan, tensor  # noqa: E402
from networks import ENet  # noqa: E402

# The row's name: the recorded plan, or what makes the network. Those of one architecture that differ in a head's keys are one row.
NETWORKS = {
    "ERFNet": "erfnet",
    "ENet": lambda: ENet(20, (16, 64, 128)),
    "ENet-zh320": "enet-zh320",
    "ESPNetv2, scale 2.0": "espnetv2-edgenets",
    "BiSeNetV1": "bisenetv1-norm",
    "BiSeNetV2": "bisenetv2",
    "DeepLabV3+ R50": "deeplabv3plus-vainf-r50",
    "DeepLabV3+ R101": "deeplabv3plus-vainf-r101",
    "DeepLabV3+ R50 (jfzhang95)": "deeplabv3plus-jfzhang95-r50",
    "DeepLabV3+ R101 (jfzhang95)": "deeplabv3plus-jfzhang95",
    "ICNet R18 (zh320)": "icnet-zh320",
    "ICNet R50 (liminn)": "icnet-liminn",
    "DINOv2 ViT-S/14, linear": "dinov2-linear",
    "EoMT-B 640": "eomt-b640",
}
PRODUCT = (1705, 768, 3072)  # tokens of a window of EoMT-B, width, width of the hidden layer


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--only", default="", help="networks whose name holds this")
    return parser.parse_args()


def recorded_plan(name):
    """Lines as formula_state.plan() gives them, from the file that holds their text."""
    lines = {}
    for line in json.loads((REFERENCE / f"inference/data/further/{name}.json").read_text())["state"]:
        key, first, *rest = line.split()
        lines[key] = (None, None, int(rest[0])) if first == "norm" else (float(first), float(rest[0]), tuple(map(int, rest[1:])))
    return lines


def state_of(source):
    if isinstance(source, str):
        return expand(recorded_plan(source))
    network = source().eval()
    lines = plan(network)
    network.load_state_dict(expand(lines))
    image = tensor("image", 0.5, 0.5, (1, 3, 64, 128))
    calibrate(network, lines, lambda: network(image), {})
    return expand(lines)


def products(seconds=1.0):
    """Multiply-adds a second of one matrix product, over and over."""
    rows, inner, columns = PRODUCT
    left = tensor("left", 0.0, 1.0, (rows, inner)).to_mkldnn()
    right, bias = tensor("right", 0.0, 1.0, (columns, inner)), torch.zeros(columns)
    packed = right.to_mkldnn(), bias.to_mkldnn()
    with torch.no_grad():
        torch.nn.functional.linear(left, *packed)
        count, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < seconds:
            torch.nn.functional.linear(left, *packed)
            count += 1
    return rows * inner * columns * count / spent


def info(program, file, environment, *more):
    """What `info` prints, by name, and the child's largest resident memory in bytes."""
    read, write = os.pipe()
    child = os.posix_spawn(program, [program, "info", str(file), *more], environment,
                           file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)])
    os.close(write)
    with os.fdopen(read) as out:
        text = out.read()
    _, status, usage = os.wait4(child, 0)
    if status != 0:
        raise SystemExit(f"{program} info {file}: exit status {os.waitstatus_to_exitcode(status)}")
    # The fields that are read here have names of one word.
    return dict(line.split(maxsplit=1) for line in text.splitlines() if " " in line), 1024 * usage.ru_maxrss


def measured(program, source, runs, environment, folder):
    file = folder / "network.pth"
    torch.save(state_of(source), file)
    info(program, file, environment)
    times, memory, rates = [], [], [products()]
    for _ in range(runs):
        facts, peak = info(program, file, environment, "--latency")
        times.append(float(facts["latency"].split()[0]) / 1e3)
        memory.append(peak)
    rates.append(products())
    file.unlink()
    return facts, statistics.median(times), max(memory), rates


def main():
    args = parsed()
    program = str(pathlib.Path(args.program).resolve())
    torch.set_num_threads(args.threads)
    rows, all_rates = [], []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # Arrangements are remembered in a cache of this run's own, found for these threads and this machine.
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "OMP_NUM_THREADS": str(args.threads)}
        for title, source in NETWORKS.items():
            if args.only.lower() not in title.lower():
                continue
            facts, seconds, peak, rates = measured(program, source, args.runs, environment, folder)
            all_rates += rates
            rows.append((title, int(facts["parameters"]), float(facts["multiply-adds"].split()[0]) * 1e9, seconds, peak))
            print(f"{title}: {facts['architecture']}, {facts['arrangement']}, {facts['input']}", file=sys.stderr)
    if not rows:
        raise SystemExit(f"no network's name holds '{args.only}'")
    rate = statistics.median(all_rates)
    print(f"{args.threads} threads, {args.runs} runs of five frames, matrix product {rate / 1e9:.0f} G multiply-adds/s "
          f"({min(all_rates) / 1e9:.0f} to {max(all_rates) / 1e9:.0f})\n")
    print("| network | parameters | multiply-adds | ms a frame | floor, ms | time / floor | peak memory |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for title, parameters, multiply_adds, seconds, peak in rows:
        floor = multiply_adds / rate
        print(f"| {title} | {parameters:,} | {multiply_adds / 1e9:.1f} G | {1e3 * seconds:.0f} | {1e3 * floor:.0f} | "
              f"{seconds / floor:.2f} | {peak / 2**20:.0f} MiB |")


if __name__ == "__main__":
    main()

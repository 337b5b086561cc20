#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The eight configurations of the course's two tables, from logits that are already stored: this program against Python.

usage: against_python.py OODSCOPE_CLI WEIGHTS SET… [--cache DIR] [--configurations N]
The network runs first, untimed, once a frame, into one cache folder a set. Then the command line makes table 1 (MSP, max-logit,
max-entropy) and table 2 (MSP at five temperatures), and Python does the same from the same .npy files as the course's code does:
PIL, PyTorch's softmax, scikit-learn's average_precision_score and roc_curve, frames without an anomaly skipped. Both print the same
numbers, which is checked. Times include starting the programs and reading labels and logits.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

import numpy as np
import torch
from PIL import Image
from sklearn.metrics import average_precision_score, roc_curve

TABLES = [["--method", "msp,max-logit,max-entropy", "--temperature", "1"], ["--method", "msp", "--temperature", "0.5,0.75,1,1.1,1.6"]]
CONFIGURATIONS = [("msp", 1.0), ("max-logit", 1.0), ("max-entropy", 1.0), ("msp", 0.5), ("msp", 0.75), ("msp", 1.0), ("msp", 1.1),
                  ("msp", 1.6)]


def entries(folder):
    """The stored logits in the order of the frames: the command line takes one frame after the other."""
    return sorted(folder.rglob("*.npy"), key=lambda file: file.stat().st_mtime_ns)


def natural(file):
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", file.stem)]


def score(logits, method, temperature):
    known = torch.from_numpy(logits[:19].astype(np.float32))
    if method == "max-logit":
        return -known.max(0).values.numpy()
    p = torch.softmax(known / temperature, 0)
    if method == "msp":
        return 1.0 - p.max(0).values.numpy()
    return -(p * torch.log(p.clamp_min(1e-38))).sum(0).numpy() / np.log(19)


def in_python(sets, caches, configurations):
    rows = []
    for folder in sets:
        labels = [Image.open(f) for f in sorted((folder / "labels_masks").iterdir(), key=natural)]
        files = entries(caches[folder])
        assert len(files) == len(labels), folder
        masks = []
        for label, file in zip(labels, files):
            _, height, width = np.load(file, mmap_mode="r").shape
            mask = np.array(label.resize((width, height), Image.NEAREST))
            if folder.name in ("RoadAnomaly", "RoadAnomaly21"):
                mask[mask == 2] = 1
            masks.append(mask)
        for method, temperature in configurations:
            scores, truth = [], []
            for mask, file in zip(masks, files):
                if 1 not in mask:
                    continue
                values = score(np.load(file, mmap_mode="r"), method, temperature)
                scores.append(values[mask <= 1])
                truth.append(mask[mask <= 1])
            scores, truth = np.concatenate(scores), np.concatenate(truth)
            ap = average_precision_score(truth, scores)
            fpr, tpr, _ = roc_curve(truth, scores)
            rows.append((folder.name, method, temperature, ap, float(np.interp(0.95, tpr, fpr))))
    return rows


def in_program(cli, model, sets, cache, tables):
    found = {}
    named = [part for folder in sets for part in ("--set", folder)]
    for table in tables:
        text = subprocess.run([cli, "evaluate", *named, "--model", model, "--cache-dir", cache, "--protocol", "course",
                               "--format", "json", *table], check=True, capture_output=True, text=True).stdout
        for row in json.loads(text)["rows"]:
            found[row["set"], row["method"], row["temperature"] or 1.0] = (row["ap"], row["fpr95"])
    return found


def joined(caches, folder):
    """One cache of all: the program's store is addressed by content, Python must know which entry is which set's."""
    for cache in caches.values():
        shutil.copytree(cache, folder, copy_function=os.link, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.lock", ".*"))
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cli")
    parser.add_argument("model")
    parser.add_argument("sets", nargs="+", type=pathlib.Path)
    parser.add_argument("--cache", type=pathlib.Path, help="keep the logits here for further runs")
    parser.add_argument("--configurations", type=int, default=8, help="Python does the first so many")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.cache) as scratch:
        root = options.cache or pathlib.Path(scratch)
        caches = {folder: root / folder.name for folder in options.sets}
        for folder in options.sets:
            if not caches[folder].exists():
                in_program(options.cli, options.model, [folder], caches[folder], TABLES[:1])
        cache = joined(caches, pathlib.Path(scratch) / "all")
        start = time.perf_counter()
        ours = in_program(options.cli, options.model, options.sets, cache, TABLES)
        program = time.perf_counter() - start
        start = time.perf_counter()
        theirs = in_python(options.sets, caches, CONFIGURATIONS[:options.configurations])
        python = time.perf_counter() - start
    worst = max(max(abs(ours[name, method, t if method != "max-logit" else 1.0][i] - value)
                    for i, value in enumerate((ap, fpr))) for name, method, t, ap, fpr in theirs)
    print(f"{len(options.sets)} sets: this program {program:.1f} s for 8 configurations, Python {python:.1f} s for "
          f"{options.configurations}, {python / options.configurations * 8 / program:.0f} times; "
          f"largest difference of AP and FPR95 {worst:.1e}")


if __name__ == "__main__":
    main()

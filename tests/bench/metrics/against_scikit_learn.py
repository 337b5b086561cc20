#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact AP + FPR95 + AUROC of one score stack: this project against scikit-learn, in one run on the same data.

usage: against_scikit_learn.py EVALUATE_RAW [--mpx 50] [--frames 50] [--threads 2] [--scores normal|probability]
Times are the best of --repeats (scikit-learn: one run); memory is the growth of the peak over the loaded arrays.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time


def peak_megabytes():
    with open("/proc/self/status") as status:
        return next(float(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM:"))


def scikit_learn(scores_file, labels_file):
    import numpy
    from sklearn.metrics import auc, average_precision_score, roc_curve

    scores = numpy.fromfile(scores_file, numpy.float32)
    labels = numpy.fromfile(labels_file, numpy.uint8)
    average_precision_score(labels[:1000] * 0 + (scores[:1000] > 0), scores[:1000])  # imports done, caches warm
    before = peak_megabytes()
    start = time.perf_counter()
    ap = average_precision_score(labels, scores)
    fpr, tpr, _ = roc_curve(labels, scores)
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "extraMegabytes": peak_megabytes() - before, "ap": ap,
                      "fpr95": fpr[(tpr >= 0.95).argmax()], "auroc": auc(fpr, tpr)}))


def make(scores_file, labels_file, pixels, kind):
    import numpy

    random = numpy.random.default_rng(5)
    with open(scores_file, "wb") as scores, open(labels_file, "wb") as labels:
        while pixels > 0:
            n = min(pixels, 10_000_000)
            label = (random.random(n, numpy.float32) < 0.015).astype(numpy.uint8)
            score = random.standard_normal(n, numpy.float32) + 1.5 * label.astype(numpy.float32)
            if kind == "probability":
                score = 1 / (1 + numpy.exp(6 - 3.5 * score))
            score.astype(numpy.float32).tofile(scores)
            label.tofile(labels)
            pixels -= n


def main():
    if sys.argv[1] == "--scikit-learn":
        return scikit_learn(*sys.argv[2:4])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluate_raw")
    parser.add_argument("--mpx", type=float, default=50)
    parser.add_argument("--frames", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scores", choices=("normal", "probability"), default="normal")
    arguments = parser.parse_args()
    pixels = int(arguments.mpx * 1e6) // arguments.frames * arguments.frames
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, name) for name in ("scores.f32", "labels.u8")]
        make(*files, pixels, arguments.scores)

        def run(*command):
            return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

        def ours(mode, threads):
            return run(arguments.evaluate_raw, *files, str(arguments.frames), mode, str(threads), str(arguments.repeats))

        rows = [(f"fast, {arguments.threads} threads", ours("fast", arguments.threads)), ("fast, 1 thread", ours("fast", 1)),
                (f"low memory, {arguments.threads} threads", ours("low", arguments.threads))]
        theirs = run(sys.executable, __file__, "--scikit-learn", *files)
    print(f"{pixels / 1e6:g} Mpx, {arguments.scores} scores, 1.5 % positives")
    print("| | s | times faster | extra MB | of scikit-learn's | largest difference |\n|---|---|---|---|---|---|")
    print(f"| scikit-learn | {theirs['seconds']:.2f} | 1 | {theirs['extraMegabytes']:.0f} | | |")
    for name, row in rows:
        difference = max(abs(row[key] - theirs[key]) for key in ("ap", "fpr95", "auroc"))
        print(f"| {name} | {row['seconds']:.3f} | {theirs['seconds'] / row['seconds']:.0f} | {row['extraMegabytes']:.0f} | "
              f"{row['extraMegabytes'] / theirs['extraMegabytes']:.1%} | {difference:.0e} |")


if __name__ == "__main__":
    main()

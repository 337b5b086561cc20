# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians of this program's ERFNet and of the same network run eagerly from Python, alternating in one run."""
import os
import pathlib
import statistics
import subprocess
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "reference/python"))
from networks import ERFNet  # noqa: E402


def main():
    program, weights = sys.argv[1:3]
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    network = ERFNet(20, (16, 64, 128)).eval()
    image = torch.rand(1, 3, 512, 1024)
    ours, python = [], []
    with torch.no_grad():
        network(image)
        for _ in range(5):
            ours.append(float(subprocess.run([program, weights, "3"], capture_output=True, check=True).stdout))
            start = time.perf_counter()
            network(image)
            python.append(time.perf_counter() - start)
    a, b = statistics.median(ours), statistics.median(python)
    print(f"ours {a:.3f} s, Python eager (torch {torch.__version__}) {b:.3f} s, ratio {b / a:.2f}")


main()

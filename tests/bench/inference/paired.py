# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians of this program's ERFNet and of the same network run eagerly from Python, alternating in one run."""
import statistics
import subprocess
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F


class Down(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.Conv2d(i, o - i, 3, stride=2, padding=1)
        self.bn = nn.BatchNorm2d(o, eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(torch.cat([self.conv(x), F.max_pool2d(x, 2, 2)], 1)))


class Residual(nn.Module):
    def __init__(self, n, d):
        super().__init__()
        self.conv3x1_1 = nn.Conv2d(n, n, (3, 1), padding=(1, 0))
        self.conv1x3_1 = nn.Conv2d(n, n, (1, 3), padding=(0, 1))
        self.bn1 = nn.BatchNorm2d(n, eps=1e-3)
        self.conv3x1_2 = nn.Conv2d(n, n, (3, 1), padding=(d, 0), dilation=(d, 1))
        self.conv1x3_2 = nn.Conv2d(n, n, (1, 3), padding=(0, d), dilation=(1, d))
        self.bn2 = nn.BatchNorm2d(n, eps=1e-3)

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1x3_1(F.relu(self.conv3x1_1(x)))))
        return F.relu(self.bn2(self.conv1x3_2(F.relu(self.conv3x1_2(y)))) + x)


class Up(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.conv = nn.ConvTranspose2d(i, o, 3, stride=2, padding=1, output_padding=1)
        self.bn = nn.BatchNorm2d(o, eps=1e-3)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


def erfnet(classes):
    encoder = [Down(3, 16), Down(16, 64)] + [Residual(64, 1) for _ in range(5)] + [Down(64, 128)]
    encoder += [Residual(128, d) for _ in range(2) for d in (2, 4, 8, 16)]
    decoder = [Up(128, 64), Residual(64, 1), Residual(64, 1), Up(64, 16), Residual(16, 1), Residual(16, 1)]
    return nn.Sequential(*encoder, *decoder, nn.ConvTranspose2d(16, classes, 2, stride=2))


def main():
    program, weights = sys.argv[1:3]
    torch.set_num_threads(len(__import__("os").sched_getaffinity(0)))
    network = erfnet(20).eval()
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

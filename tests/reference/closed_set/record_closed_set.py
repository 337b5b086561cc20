#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the IoU of each class that closed_set_test.cpp expects. Run: record_closed_set.py SHARED_DATA (torch, numpy, PIL)."""
import glob
import os
import sys

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))
from networks import ERFNet  # noqa: E402

TRAIN_IDS = {7: 0, 8: 1, 11: 2, 12: 3, 13: 4, 17: 5, 19: 6, 20: 7, 21: 8, 22: 9, 23: 10, 24: 11, 25: 12, 26: 13, 27: 14,
             28: 15, 31: 16, 32: 17, 33: 18}


def main(data):
    torch.set_num_threads(1)
    network = ERFNet(20, (16, 64, 128))
    weights = torch.load(os.path.join(data, "weights", "erfnet_cityscapes_20.pth"))
    network.load_state_dict({key.replace("module.", ""): value for key, value in weights.items()})
    network.eval()
    table = np.full(256, 255)
    for label, train in TRAIN_IDS.items():
        table[label] = train
    counts = np.zeros((19, 19))
    for file in sorted(glob.glob(os.path.join(data, "cityscapes_val10", "leftImg8bit", "val", "*", "*.png"))):
        image = np.array(Image.open(file).convert("RGB").resize((1024, 512), Image.BILINEAR))
        label = file.replace("leftImg8bit", "gtFine", 1).replace("_leftImg8bit", "_gtFine_labelIds")
        truth = table[np.array(Image.open(label).resize((1024, 512), Image.NEAREST))]
        with torch.no_grad():
            logits = network(torch.from_numpy(image).permute(2, 0, 1)[None].float() / 255)[0, :19]
        predicted = logits.argmax(0).numpy()
        known = truth < 255
        counts += np.bincount(truth[known] * 19 + predicted[known], minlength=361).reshape(19, 19)
    iou = np.diag(counts) / (counts.sum(0) + counts.sum(1) - np.diag(counts))
    print(np.round(iou, 4).tolist(), "mean", iou[counts.sum(1) > 0].mean())


if __name__ == "__main__":
    main(sys.argv[1])

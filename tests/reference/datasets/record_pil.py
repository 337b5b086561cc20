#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes pil_digests.json: what PIL decodes from some of the shared sets, as SHA-256 digests and counts of label values.
Usage: record_pil.py SHARED_FOLDER > pil_digests.json"""
import hashlib
import json
import sys

import numpy
from PIL import Image

FRAMES = [("RoadAnomaly21", "0", "png"), ("RoadAnomaly21", "9", "png"), ("RoadObsticle21", None, "webp"),
          ("FS_LostFound_full", "97", "png"), ("fs_static", "2", "jpg"), ("fs_static", "5", "jpg"),
          ("RoadAnomaly", "0", "jpg"), ("RoadAnomaly", "59", "jpg")]


def main():
    base = sys.argv[1] + "/data/course_sets/"
    records = []
    for name, frame, ending in FRAMES:
        frame = "1" if frame is None else frame
        image = Image.open(f"{base}{name}/images/{frame}.{ending}").convert("RGB")
        label = numpy.array(Image.open(f"{base}{name}/labels_masks/{frame}.png"))
        if name.startswith("RoadAnomaly"):
            label = numpy.where(label == 2, 1, label)
        records.append({"set": name, "frame": frame, "width": image.width, "height": image.height,
                        "rgb_sha256": hashlib.sha256(image.tobytes()).hexdigest(),
                        "label_sha256": hashlib.sha256(label.astype(numpy.uint8).tobytes()).hexdigest(),
                        "anomaly": int((label == 1).sum()), "void": int((label == 255).sum())})
    json.dump(records, sys.stdout, indent=1)
    print()


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes pictures/KIND, one small picture of each kind, and pil_kinds.json with the SHA-256 of what PIL's
convert("RGB") makes of it. Usage: record_pil_kinds.py FOLDER (this one)"""
import hashlib
import io
import json
import os
import sys

import numpy
from PIL import Image

WIDTH, HEIGHT = 40, 24


def encoded(image, kind, **options):
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def kinds():
    y, x = numpy.mgrid[:HEIGHT, :WIDTH]
    values = numpy.stack([x * 255 // (WIDTH - 1), y * 255 // (HEIGHT - 1), (7 * x + 5 * y) % 256], 2).astype("u1")
    image = Image.fromarray(values)
    other = Image.fromarray(255 - values)
    noise = numpy.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 4), dtype=numpy.uint8)
    ink = Image.fromarray(noise, "CMYK")
    cmyk = encoded(ink, "JPEG", quality=95)
    adobe = cmyk.index(b"Adobe")
    ycck = bytearray(cmyk)
    ycck[adobe + 11] = 2  # the transform: YCCK instead of CMYK
    exif = Image.Exif()
    exif[0x0112] = 6
    plain = encoded(image, "JPEG", quality=95)
    yield "plain.png", encoded(image, "PNG")
    yield "cmyk.jpg", cmyk
    yield "cmyk_soft.jpg", encoded(image.convert("CMYK"), "JPEG", quality=95)
    yield "ycck.jpg", bytes(ycck)
    yield "cmyk_progressive.jpg", encoded(ink, "JPEG", quality=90, progressive=True)
    yield "progressive.jpg", encoded(image, "JPEG", progressive=True, quality=90)
    yield "grey.jpg", encoded(image.convert("L"), "JPEG")
    yield "mpo.jpg", encoded(image, "MPO", save_all=True, append_images=[other])
    yield "trailing.jpg", plain + b"SEFHk\0\0\0" * 40
    yield "trailing_zeros.jpg", plain + b"\0" * 4096
    yield "turned.jpg", encoded(image, "JPEG", quality=95, exif=exif)
    yield "named_wrongly.png", plain
    yield "trailing.png", encoded(image, "PNG") + b"\0" * 512
    yield "animated.png", encoded(image, "PNG", save_all=True, append_images=[other])
    yield "grey_alpha.png", encoded(image.convert("LA"), "PNG")
    yield "alpha.png", encoded(Image.fromarray(noise, "RGBA"), "PNG")
    yield "palette_transparent.png", encoded(image.convert("P"), "PNG", transparency=3)
    yield "one_bit.png", encoded(image.convert("1"), "PNG")
    yield "animated.webp", encoded(image, "WEBP", save_all=True, append_images=[other], lossless=True)
    yield "lossless.webp", encoded(image, "WEBP", lossless=True)
    yield "alpha.webp", encoded(Image.fromarray(noise, "RGBA"), "WEBP", lossless=True, exact=True)
    yield "exif.webp", encoded(image, "WEBP", lossless=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0")
    yield "lossy.webp", encoded(image, "WEBP", quality=90)
    yield "cmyk.tif", encoded(ink, "TIFF")
    yield "cmyk_packed.tif", encoded(ink, "TIFF", compression="tiff_lzw")
    yield "packed.tif", encoded(image, "TIFF", compression="tiff_lzw")
    yield "pages.tif", encoded(image, "TIFF", save_all=True, append_images=[other])
    yield "grey.tif", encoded(image.convert("L"), "TIFF")
    yield "palette.tif", encoded(image.convert("P"), "TIFF")
    yield "ycbcr_jpeg.tif", encoded(image, "TIFF", compression="jpeg")
    yield "plain.bmp", encoded(image, "BMP")
    yield "palette.bmp", encoded(image.convert("P"), "BMP")
    yield "one_bit.bmp", encoded(image.convert("1"), "BMP")
    yield "animated.gif", encoded(image, "GIF")
    yield "plain.jp2", encoded(image, "JPEG2000")


def main():
    folder = sys.argv[1]
    os.makedirs(folder + "/pictures", exist_ok=True)
    records = {}
    for name, content in kinds():
        with open(f"{folder}/pictures/{name}", "wb") as file:
            file.write(content)
        image = Image.open(f"{folder}/pictures/{name}").convert("RGB")
        records[name] = {"width": image.width, "height": image.height,
                         "rgb_sha256": hashlib.sha256(image.tobytes()).hexdigest()}
    with open(folder + "/pil_kinds.json", "w") as file:
        json.dump(records, file, indent=1)
        file.write("\n")


main()

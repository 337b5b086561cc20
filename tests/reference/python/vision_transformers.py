# SPDX-License-Identifier: GPL-3.0-or-later
"""DINOv2 with a linear head, and EoMT through its windows, in PyTorch: the independent other side of this program's networks.

Written from the papers (Oquab et al. 2023; Kerssies et al. 2025) and from descriptions of facebookresearch/dinov2 and tue-mps/eomt
(keys, tokens, positions, windows), without a look at the C++.
"""
import math
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image


class LayerScale(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return x * self.gamma


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(dim, eps=1e-6)
        self.attn = nn.ModuleDict(OrderedDict(qkv=nn.Linear(dim, 3 * dim), proj=nn.Linear(dim, dim)))
        self.ls1 = LayerScale(dim)
        self.norm2 = nn.LayerNorm(dim, eps=1e-6)
        self.mlp = nn.ModuleDict(OrderedDict(fc1=nn.Linear(dim, 4 * dim), fc2=nn.Linear(4 * dim, dim)))
        self.ls2 = LayerScale(dim)

    def attend(self, x):
        """Softmax(QK' / sqrt(d)) V of each head."""
        n, tokens, dim = x.shape
        # The rows of qkv: first all queries, head by head, then all keys, then all values.
        q, k, v = self.attn["qkv"](x).chunk(3, dim=-1)
        heads = lambda t: t.view(n, tokens, self.heads, dim // self.heads).permute(0, 2, 1, 3)  # noqa: E731
        weights = torch.softmax(heads(q) @ heads(k).mT / math.sqrt(dim // self.heads), -1)
        return self.attn["proj"]((weights @ heads(v)).permute(0, 2, 1, 3).flatten(2))

    def forward(self, x):
        x = x + self.ls1(self.attend(self.norm1(x)))
        return x + self.ls2(self.mlp["fc2"](F.gelu(self.mlp["fc1"](self.norm2(x)))))


def token(*size):
    return nn.Parameter(torch.zeros(*size))


class Dino(nn.Module):
    """ViT-S/14: class token, positions of 37x37 patches and of the class."""

    def __init__(self, dim=384, depth=12, heads=6, grid=37):
        super().__init__()
        self.grid = grid
        self.cls_token, self.pos_embed = token(1, 1, dim), token(1, 1 + grid * grid, dim)
        self.mask_token = token(1, dim)
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, dim, 14, 14)})
        self.blocks = nn.ModuleList([Block(dim, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim, eps=1e-6)

    def positions(self, rows, columns):
        """Those of training where the picture has their size; else bicubic by factors that are a little too large."""
        if rows == columns == self.grid:
            return self.pos_embed
        patches = self.pos_embed[:, 1:].mT.unflatten(2, (self.grid, self.grid))
        factors = ((rows + 0.1) / self.grid, (columns + 0.1) / self.grid)
        patches = F.interpolate(patches, scale_factor=factors, mode="bicubic", align_corners=False)
        return torch.cat([self.pos_embed[:, :1], patches.flatten(2).mT], 1)

    def forward(self, image):
        x = self.patch_embed["proj"](image)
        size = x.shape[2:]
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x.flatten(2).mT], 1) + self.positions(*size)
        for block in self.blocks:
            x = block(x)
        return self.norm(x)[:, 1:].mT.unflatten(2, tuple(size))


class DinoLinear(nn.Module):
    """The keys of an mmsegmentation model with dinov2's linear head: a norm, then a 1x1 convolution, bilinear to the image. Sides are
    multiples of 14."""

    def __init__(self, classes):
        super().__init__()
        self.backbone = Dino()
        self.decode_head = nn.ModuleDict(OrderedDict(conv_seg=nn.Conv2d(384, classes, 1), bn=nn.BatchNorm2d(384)))

    def forward(self, image):
        logits = self.decode_head["conv_seg"](self.decode_head["bn"](self.backbone(image)))
        return F.interpolate(logits, size=image.shape[2:], mode="bilinear", align_corners=False)


class ChannelNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Upscale(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.conv1 = nn.ConvTranspose2d(dim, dim, 2, 2)
        self.conv2 = nn.Conv2d(dim, dim, 3, padding=1, groups=dim, bias=False)
        self.norm = ChannelNorm(dim, eps=1e-6)

    def forward(self, x):
        return self.norm(self.conv2(F.gelu(self.conv1(x))))


class Eomt(nn.Module):
    """The keys of the authors' checkpoints, `network.` and all. forward() takes pixels of 0 to 1, square, of the trained size."""

    def __init__(self, classes, side, dim, depth, heads, joint, queries=100):
        super().__init__()
        self.side, self.grid, self.joint, self.queries, self.classes = side, side // 16, joint, queries, classes
        vit = nn.Module()
        vit.cls_token, vit.reg_token, vit.pos_embed = token(1, 1, dim), token(1, 4, dim), token(1, self.grid ** 2, dim)
        vit.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, dim, 16, 16)})
        vit.blocks = nn.ModuleList([Block(dim, heads) for _ in range(depth)])
        vit.norm = nn.LayerNorm(dim, eps=1e-6)
        network = nn.Module()
        network.encoder = nn.Module()
        network.register_buffer("attn_mask_probs", torch.zeros(joint))  # annealed: no mask
        network.encoder.backbone = vit
        network.encoder.register_buffer("pixel_mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        network.encoder.register_buffer("pixel_std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        network.q = nn.Embedding(queries, dim)
        network.class_head = nn.Linear(dim, classes + 1)
        network.mask_head = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, dim))
        network.upscale = nn.Sequential(Upscale(dim), Upscale(dim))
        self.network = network

    def forward(self, images):
        net, vit = self.network, self.network.encoder.backbone
        x = vit.patch_embed["proj"]((images - net.encoder.pixel_mean) / net.encoder.pixel_std).flatten(2).mT + vit.pos_embed
        spread = lambda t: t.expand(len(images), -1, -1)  # noqa: E731
        x = torch.cat([spread(vit.cls_token), spread(vit.reg_token), x], 1)
        for number, block in enumerate(vit.blocks):
            if number == len(vit.blocks) - self.joint:
                x = torch.cat([spread(net.q.weight), x], 1)
            x = block(x)
        x = vit.norm(x)
        asked, patches = x[:, :self.queries], x[:, self.queries + 5:].mT.unflatten(2, (self.grid, self.grid))
        masks = torch.einsum("nqd,ndyx->nqyx", net.mask_head(asked), net.upscale(patches))
        return masks, net.class_head(asked)

    def membership(self, images):
        """N x K x side x side: sum over the queries of class probability, the last class being none, times mask probability."""
        masks, classes = self(images)
        masks = F.interpolate(masks, size=images.shape[2:], mode="bilinear", align_corners=False)
        return torch.einsum("nqk,nqyx->nkyx", classes.softmax(-1)[..., :-1], masks.sigmoid())

    def windows(self, height, width):
        """The scaled size, and where each window starts along the longer side."""
        factor = max(self.side / height, self.side / width)
        scaled = (round(height * factor), round(width * factor))
        count = math.ceil(max(scaled) / self.side)
        overlap = (count * self.side - max(scaled)) / (count - 1) if count > 1 else 0.0
        return scaled, [int(n * (self.side - overlap)) for n in range(count)]

    def through_windows(self, pixels, double=False):
        """H x W x 3 bytes to K x H x W: mean of the windows where they overlap, then bilinear to the picture's size."""
        height, width = pixels.shape[:2]
        (rows, columns), starts = self.windows(height, width)
        scaled = np.asarray(Image.fromarray(pixels).resize((columns, rows), Image.BILINEAR))
        kind = torch.float64 if double else torch.float32
        total, seen = torch.zeros(self.classes, rows, columns, dtype=kind), torch.zeros(rows, columns, dtype=kind)
        for start in starts:
            y, x = (start, 0) if rows > columns else (0, start)
            area = (slice(y, y + self.side), slice(x, x + self.side))
            crop = torch.from_numpy(scaled[area].copy()).permute(2, 0, 1).float()[None] / 255
            around = (x, columns - x - self.side, y, rows - y - self.side)
            total = total + F.pad(self.membership(crop.to(kind))[0], around)
            seen[area] += 1
        return F.interpolate((total / seen)[None], size=(height, width), mode="bilinear", align_corners=False)[0]

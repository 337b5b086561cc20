# SPDX-License-Identifier: GPL-3.0-or-later
"""ICNet and ESPNetv2 in PyTorch; see further_networks.py."""
import math
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F

from further_networks import conv, convolved, named, resize, resnet, stages, unit


def shrunk(x, factor):
    return F.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=True)


# ICNet, Zhao et al. 2018 ---------------------------------------------------------------------------------------------------------


def dilate(layer, first, others):
    """Takes the stride from a stage of a ResNet; dilations of its first block's and of all later 3x3 convolutions."""
    for number, block in enumerate(layer):
        threes = [m for m in block.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)]
        for place, m in enumerate(threes):
            m.stride = (1, 1)
            d = first if number == 0 and place == 0 else others
            m.dilation = m.padding = (d, d)
        if block.downsample is not None:
            block.downsample[0].stride = (1, 1)


class ZhICNet(nn.Module):
    """State dict of zh320/realtime-semantic-segmentation-pytorch with ResNet-18. Of each dilated stage, the first convolution alone
    is dilated."""

    def __init__(self, classes, auxiliary=True):
        super().__init__()
        self.backbone = resnet("resnet18")
        dilate(self.backbone.layer3, 2, 1)
        dilate(self.backbone.layer4, 4, 1)
        self.bottom_branch = nn.Sequential(convolved(3, 32, 3, 2), convolved(32, 64, 3, 2), convolved(64, 128, 3, 2))
        stage = lambda size: nn.Sequential(nn.AdaptiveAvgPool2d(size), conv(512, 128, 1))  # noqa: E731
        self.ppm = nn.ModuleDict(OrderedDict(stage1=stage(1), stage2=stage(2), stage3=stage(4), stage4=stage(6),
                                             conv=convolved(1024, 256, 1)))
        head = lambda i: nn.Sequential(convolved(i, 128), conv(128, classes, 1))  # noqa: E731

        def fusion(low, high):
            parts = OrderedDict(conv1=convolved(low, 128, 3, 1, 2, None), conv2=convolved(high, 128, 1, activation=None))
            if auxiliary:
                parts["classifier"] = head(low)
            return nn.ModuleDict(parts)
        self.cff42, self.cff21 = fusion(256, 128), fusion(128, 128)
        self.seg_head = head(128)

    @staticmethod
    def fuse(unit_, low, high):
        return F.relu(unit_["conv1"](shrunk(low, 2)) + unit_["conv2"](high))

    def forward(self, x):
        return self.outputs(x)[0]

    def outputs(self, x):
        """Logits, and those of both fusions' classifiers on what they enlarge, at the picture's size."""
        quarter = stages(self.backbone, shrunk(x, 0.25))[3]
        pooled = [resize(self.ppm[f"stage{n}"](quarter), quarter.shape[2:], True) for n in (1, 2, 3, 4)]
        quarter = self.ppm["conv"](torch.cat([quarter, *pooled], 1))
        half = self.fuse(self.cff42, quarter, stages(self.backbone, shrunk(x, 0.5))[1])
        full = self.fuse(self.cff21, half, self.bottom_branch(x))
        logits = [self.seg_head(shrunk(full, 2))]
        if "classifier" in self.cff42:
            logits += [unit_["classifier"](shrunk(low, 2)) for unit_, low in ((self.cff42, quarter), (self.cff21, half))]
        return [resize(each, x.shape[2:], True) for each in logits]


class LiICNet(nn.Module):
    """State dict of liminn/ICNet-pytorch: a dilated ResNet-50 with a stem of three convolutions below `pretrained`, whose unused
    classifier is part of the file."""

    def __init__(self, classes):
        super().__init__()
        deep = resnet("resnet50")
        deep.conv1 = nn.Sequential(conv(3, 64, 3, 2), nn.BatchNorm2d(64), nn.ReLU(), conv(64, 64), nn.BatchNorm2d(64), nn.ReLU(),
                                   conv(64, 128))
        deep.bn1 = nn.BatchNorm2d(128)
        deep.layer1[0].conv1 = conv(128, 64, 1)
        deep.layer1[0].downsample[0] = conv(128, 256, 1)
        dilate(deep.layer3, 1, 2)
        dilate(deep.layer4, 2, 4)
        deep.fc = nn.Linear(2048, 1000)
        self.pretrained = deep
        self.conv_sub1 = nn.Sequential(unit(3, 32, 3, 2), unit(32, 32, 3, 2), unit(32, 64, 3, 2))
        fusion = lambda low, high: nn.ModuleDict(OrderedDict(  # noqa: E731
            conv_low=nn.Sequential(conv(low, 128, d=2), nn.BatchNorm2d(128)),
            conv_high=nn.Sequential(conv(high, 128, 1), nn.BatchNorm2d(128)), conv_low_cls=conv(128, classes, 1)))
        self.head = nn.ModuleDict(OrderedDict(cff_12=fusion(128, 64), cff_24=fusion(2048, 512), conv_cls=conv(128, classes, 1)))

    @staticmethod
    def fuse(unit_, low, high):
        return F.relu(unit_["conv_low"](resize(low, high.shape[2:], True)) + unit_["conv_high"](high))

    def forward(self, x):
        return self.outputs(x)[0]

    def outputs(self, x):
        """Logits, and those of conv_low_cls on what both fusions make of the coarse map, at the picture's size."""
        quarter = stages(self.pretrained, shrunk(x, 0.25))[3]
        quarter = quarter + sum(resize(F.adaptive_avg_pool2d(quarter, bins), quarter.shape[2:], True) for bins in (1, 2, 3, 6))
        half = self.fuse(self.head["cff_24"], quarter, stages(self.pretrained, shrunk(x, 0.5))[1])
        full = self.fuse(self.head["cff_12"], half, self.conv_sub1(x))
        logits = [shrunk(self.head["conv_cls"](shrunk(full, 2)), 4)]
        for name, low in (("cff_24", quarter), ("cff_12", half)):
            reduced = self.head[name]["conv_low"](shrunk(low, 2))
            logits.append(resize(self.head[name]["conv_low_cls"](reduced), x.shape[2:], True))
        return logits


# ESPNetv2, Mehta et al. 2019; state dict of sacmehta/EdgeNets, scale 2.0 ----------------------------------------------------------


def cbr(i, o, k=3, s=1, g=1):
    """The encoder's convolution, norm and parametric ReLU of one slope a channel."""
    return named(conv=conv(i, o, k, s, g=g), bn=nn.BatchNorm2d(o), act=nn.PReLU(o))


def cbr_decoder(i, o, k=3, g=1):
    return named(cbr=nn.Sequential(conv(i, o, k, g=g), nn.BatchNorm2d(o), nn.PReLU(o)))


class Eesp(nn.Module):
    """Four dilated depthwise branches, each added to the next; a dilation that would see more than `limit` pixels becomes 1."""

    def __init__(self, i, o, stride, limit):
        super().__init__()
        n = o // 4
        dilations = sorted(d if 2 * d + 1 <= limit else 1 for d in (1, 2, 3, 4))
        self.proj_1x1 = cbr(i, n, 1, g=4)
        self.spp_dw = nn.ModuleList([named(conv=conv(n, n, 3, stride, d, n)) for d in dilations])
        self.conv_1x1_exp = named(conv=conv(o, o, 1, g=4), bn=nn.BatchNorm2d(o))
        self.br_after_cat = named(bn=nn.BatchNorm2d(o), act=nn.PReLU(o))
        self.module_act = nn.PReLU(o)  # of a strided block: in the file, not used
        self.stride = stride

    def forward(self, x):
        y = self.proj_1x1(x)
        sums = [self.spp_dw[0](y)]
        for branch in self.spp_dw[1:]:
            sums.append(sums[-1] + branch(y))
        y = self.conv_1x1_exp(self.br_after_cat(torch.cat(sums, 1)))
        return y if self.stride == 2 else self.module_act(y + x)


class EespDown(nn.Module):
    def __init__(self, i, o, limit):
        super().__init__()
        self.eesp = Eesp(i, o - i, 2, limit)
        self.inp_reinf = nn.Sequential(cbr(3, 3), named(conv=conv(3, o, 1), bn=nn.BatchNorm2d(o)))
        self.act = nn.PReLU(o)

    def forward(self, x, image):
        y = torch.cat([F.avg_pool2d(x, 3, 2, 1), self.eesp(x)], 1)
        while image.shape[2] != y.shape[2]:
            image = F.avg_pool2d(image, 3, 2, 1)
        return self.act(y + self.inp_reinf(image))


class Shuffle(nn.Module):
    """Of five groups: their first channels, then their second ones, and so on."""

    def forward(self, x):
        return torch.stack(x.chunk(5, 1), 2).flatten(1, 2)


class PyramidPool(nn.Module):
    """Efficient pyramid pooling: one depthwise 3x3 at five sizes, of five pixels at least, shuffled and merged."""

    def __init__(self, i, middle, o, last):
        super().__init__()
        self.projection_layer = cbr_decoder(i, middle, 1)
        self.stages = nn.ModuleList([conv(middle, middle, g=middle) for _ in range(5)])
        self.merge_layer = nn.Sequential(named(br=nn.Sequential(nn.BatchNorm2d(5 * middle), nn.PReLU(5 * middle))),
                                         Shuffle(), cbr_decoder(5 * middle, middle, 3, middle),
                                         conv(middle, o, 1, bias=last))
        self.br = nn.Identity() if last else named(br=nn.Sequential(nn.BatchNorm2d(o), nn.PReLU(o)))

    def forward(self, x):
        x = self.projection_layer(x)
        size, parts = x.shape[2:], []
        for scale, stage in zip((2.0, 1.5, 1.0, 0.5, 0.1), self.stages):
            other = [max(5, math.ceil(n * scale)) for n in size]
            if scale > 1:
                parts.append(F.adaptive_avg_pool2d(stage(resize(x, other, True)), size))
            elif scale < 1:
                parts.append(resize(stage(F.adaptive_avg_pool2d(x, other)), size, True))
            else:
                parts.append(stage(x))
        return self.br(self.merge_layer(torch.cat(parts, 1)))


class EspNetV2(nn.Module):
    def __init__(self, classes):
        super().__init__()
        w = (32, 128, 256, 512)
        repeat = lambda n, times, limit: nn.ModuleList([Eesp(n, n, 1, limit) for _ in range(times)])  # noqa: E731
        self.base_net = nn.ModuleDict(OrderedDict(
            level1=cbr(3, w[0], 3, 2), level2_0=EespDown(w[0], w[1], 13), level3_0=EespDown(w[1], w[2], 11),
            level3=repeat(w[2], 3, 9), level4_0=EespDown(w[2], w[3], 9), level4=repeat(w[3], 7, 7)))
        out, middle = (64, 48, 32, classes), min(classes // 2, 16)
        for n, i in enumerate((w[3], *out[:3]), 1):
            self.add_module(f"bu_dec_l{n}", PyramidPool(i, middle, out[n - 1], n == 4))
        for n, (i, o) in enumerate(((w[2], 64), (w[1], 48), (w[0], 32)), 2):
            self.add_module(f"merge_enc_dec_l{n}", nn.ModuleDict(OrderedDict(
                wt_layer=nn.Sequential(nn.AdaptiveAvgPool2d(1), conv(i, o, 1), nn.Sigmoid()),
                expansion_layer=cbr_decoder(i, o, 3, math.gcd(i, o)))))
            self.add_module(f"bu_br_l{n}", nn.Sequential(nn.BatchNorm2d(o), nn.PReLU(o)))

    def forward(self, x):
        b = self.base_net
        one = b["level1"](x)
        two = b["level2_0"](one, x)
        three = b["level3_0"](two, x)
        for block in b["level3"]:
            three = block(three)
        four = b["level4_0"](three, x)
        for block in b["level4"]:
            four = block(four)
        y = self.bu_dec_l1(four)
        for n, side in ((2, three), (3, two), (4, one)):
            merge = getattr(self, f"merge_enc_dec_l{n}")
            side = merge["expansion_layer"](side) * merge["wt_layer"](side)
            y = getattr(self, f"bu_br_l{n}")(side + shrunk(y, 2))
            y = getattr(self, f"bu_dec_l{n}")(y)
        return resize(y, x.shape[2:], True)

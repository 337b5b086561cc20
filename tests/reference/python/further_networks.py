# SPDX-License-Identifier: GPL-3.0-or-later
"""BiSeNet, ENet of zh320 and DeepLabv3+ in PyTorch, the independent other side of this program's networks.

Written from the papers and from descriptions of the published implementations (keys, order of operations, interpolation), without
a look at the C++. Backbones are torchvision's own. Each class says whose state dict it reads. Dropout is left out: it is the
identity in evaluation.
"""
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F
import torchvision


def conv(i, o, k=3, s=1, d=1, g=1, bias=False):
    """Padded so that stride 1 keeps the size; `k` may be a pair."""
    size = (k, k) if isinstance(k, int) else k
    return nn.Conv2d(i, o, size, s, tuple(d * (n // 2) for n in size), d, g, bias)


def named(**parts):
    return nn.Sequential(OrderedDict(parts))


def resize(x, size, corners):
    return F.interpolate(x, size=tuple(size), mode="bilinear", align_corners=corners)


def mean(x):
    return x.mean((2, 3), keepdim=True)


def resnet(name, dilate=(False, False, False)):
    """torchvision's, without its classifier; `dilate`: which of layer2 to layer4 are dilated in place of strided."""
    made = getattr(torchvision.models, name)(weights=None, replace_stride_with_dilation=dilate)
    del made.fc
    return made


def stages(net, x):
    """What layer1 to layer4 of a torchvision ResNet give."""
    x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
    out = []
    for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
        x = layer(x)
        out.append(x)
    return out


# BiSeNet, Yu et al. 2018 and 2020; state dicts of CoinCheung/BiSeNet -------------------------------------------------------------


def unit(i, o, k=3, s=1):
    return named(conv=conv(i, o, k, s), bn=nn.BatchNorm2d(o), relu=nn.ReLU())


class BiSeNetV1(nn.Module):
    """`head`: "bilinear", with a bias; "shuffle", which learns its 64 pixels; "corners", without a bias and with aligned corners.
    `fusion`: "norm", one convolution and a norm, or "two", two convolutions."""

    def __init__(self, classes, head="bilinear", fusion="norm", auxiliary=False):
        super().__init__()
        self.head = head
        attention = lambda i: named(conv=unit(i, 128), conv_atten=conv(128, 128, 1), bn_atten=nn.BatchNorm2d(128))  # noqa: E731
        self.cp = nn.ModuleDict(OrderedDict(
            resnet=resnet("resnet18"), arm16=attention(256), arm32=attention(512), conv_head32=unit(128, 128),
            conv_head16=unit(128, 128), conv_avg=unit(512, 128, 1)))
        self.sp = named(conv1=unit(3, 64, 7, 2), conv2=unit(64, 64, 3, 2), conv3=unit(64, 64, 3, 2), conv_out=unit(64, 128, 1))
        if fusion == "norm":
            gate = {"conv": conv(256, 256, 1), "bn": nn.BatchNorm2d(256)}
        else:
            gate = {"conv1": conv(256, 64, 1), "conv2": conv(64, 256, 1)}
        self.ffm = nn.ModuleDict(OrderedDict(convblk=unit(256, 256, 1), **gate))

        def last(i, middle, factor):
            outputs = classes * factor * factor if head == "shuffle" else classes
            return named(conv=unit(i, middle), conv_out=conv(middle, outputs, 1, bias=head != "corners"))
        self.conv_out = last(256, 256, 8)
        if auxiliary:
            self.conv_out16, self.conv_out32 = last(128, 64, 8), last(128, 64, 16)

    @staticmethod
    def attend(arm, x):
        x = arm.conv(x)
        return x * torch.sigmoid(arm.bn_atten(arm.conv_atten(mean(x))))

    def forward(self, x):
        return self.outputs(x)[0]

    def outputs(self, x):
        """Logits, and those of conv_out16 and conv_out32 where they are there: on the context path at 1/8 and at 1/16."""
        cp, size = self.cp, x.shape[2:]
        _, _, at16, at32 = stages(cp["resnet"], x)
        deep = self.attend(cp["arm32"], at32) + cp["conv_avg"](mean(at32))
        deep = cp["conv_head32"](F.interpolate(deep, scale_factor=2, mode="nearest"))
        coarse = deep
        deep = self.attend(cp["arm16"], at16) + deep
        deep = cp["conv_head16"](F.interpolate(deep, scale_factor=2, mode="nearest"))
        f = self.ffm["convblk"](torch.cat([self.sp(x), deep], 1))
        if "bn" in self.ffm:
            gate = self.ffm["bn"](self.ffm["conv"](mean(f)))
        else:
            gate = self.ffm["conv2"](F.relu(self.ffm["conv1"](mean(f))))
        logits = self.conv_out(f + f * torch.sigmoid(gate))
        if self.head == "shuffle":
            return [F.pixel_shuffle(logits, 8)]
        auxiliary = [self.conv_out16(deep), self.conv_out32(coarse)] if hasattr(self, "conv_out16") else []
        return [resize(each, size, self.head == "corners") for each in (logits, *auxiliary)]


class GatherExpansion(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        wide = 6 * i
        self.conv1 = unit(i, i)
        deep = lambda a, s: [conv(a, wide, 3, s, g=a), nn.BatchNorm2d(wide)]  # noqa: E731
        if stride == 1:
            self.dwconv = nn.Sequential(*deep(i, 1), nn.ReLU())
        else:
            self.dwconv1 = nn.Sequential(*deep(i, 2))
            self.dwconv2 = nn.Sequential(*deep(wide, 1), nn.ReLU())
            self.shortcut = nn.Sequential(conv(i, i, 3, 2, g=i), nn.BatchNorm2d(i), conv(i, o, 1), nn.BatchNorm2d(o))
        self.conv2 = nn.Sequential(conv(wide, o, 1), nn.BatchNorm2d(o))

    def forward(self, x):
        y = self.conv1(x)
        y = self.dwconv(y) if hasattr(self, "dwconv") else self.dwconv2(self.dwconv1(y))
        return F.relu(self.conv2(y) + (self.shortcut(x) if hasattr(self, "shortcut") else x))


class BiSeNetV2(nn.Module):
    def __init__(self, classes, auxiliary=False):
        super().__init__()
        chain = lambda *of: nn.Sequential(*[unit(i, o, 3, s) for i, o, s in of])  # noqa: E731
        self.detail = named(S1=chain((3, 64, 2), (64, 64, 1)), S2=chain((64, 64, 2), (64, 64, 1), (64, 64, 1)),
                            S3=chain((64, 128, 2), (128, 128, 1), (128, 128, 1)))
        grow = lambda *of: nn.Sequential(*[GatherExpansion(i, o, s) for i, o, s in of])  # noqa: E731
        self.segment = nn.ModuleDict(OrderedDict(
            S1S2=nn.ModuleDict(OrderedDict(conv=unit(3, 16, 3, 2), left=nn.Sequential(unit(16, 8, 1), unit(8, 16, 3, 2)),
                                           fuse=unit(32, 16))),
            S3=grow((16, 32, 2), (32, 32, 1)), S4=grow((32, 64, 2), (64, 64, 1)),
            S5_4=grow((64, 128, 2), (128, 128, 1), (128, 128, 1), (128, 128, 1)),
            S5_5=named(bn=nn.BatchNorm2d(128), conv_gap=unit(128, 128, 1), conv_last=unit(128, 128))))
        n = lambda: nn.BatchNorm2d(128)  # noqa: E731
        separable = lambda: nn.Sequential(conv(128, 128, g=128), n(), conv(128, 128, 1))  # noqa: E731
        self.bga = nn.ModuleDict(OrderedDict(
            left1=separable(), left2=nn.Sequential(conv(128, 128, 3, 2), n(), nn.AvgPool2d(3, 2, 1)),
            right1=nn.Sequential(conv(128, 128), n()), right2=separable(), conv=nn.Sequential(conv(128, 128), n(), nn.ReLU())))
        self.head = named(conv=unit(128, 1024), conv_out=nn.Sequential(nn.Identity(), conv(1024, classes, 1, bias=True)))
        if auxiliary:
            for name, i, factor in (("aux2", 16, 4), ("aux3", 32, 8), ("aux4", 64, 16), ("aux5_4", 128, 32)):
                middle = nn.Sequential(nn.Upsample(scale_factor=2), unit(128, factor * factor))
                self.add_module(name, named(conv=unit(i, 128), conv_out=nn.Sequential(
                    middle, conv(factor * factor, classes, 1, bias=True))))

    def forward(self, x):
        return self.outputs(x)[0]

    def outputs(self, x):
        """Logits, and those of aux2 to aux5_4 where they are there: one a stage of the semantic branch."""
        s, b = self.segment, self.bga
        stem = s["S1S2"]["conv"](x)
        y = s["S1S2"]["fuse"](torch.cat([s["S1S2"]["left"](stem), F.max_pool2d(stem, 3, 2, 1)], 1))
        grown = [y]
        for name in ("S3", "S4", "S5_4"):
            grown.append(s[name](grown[-1]))
        y = grown[-1]
        context = s["S5_5"]
        y = context.conv_last(context.conv_gap(context.bn(mean(y))) + y)
        d = self.detail(x)
        up = lambda t: F.interpolate(t, scale_factor=4, mode="nearest")  # noqa: E731
        left = b["left1"](d) * torch.sigmoid(up(b["right1"](y)))
        right = up(b["left2"](d) * torch.sigmoid(b["right2"](y)))
        logits = [self.head(b["conv"](left + right))]
        if hasattr(self, "aux2"):
            logits += [head(g) for head, g in zip((self.aux2, self.aux3, self.aux4, self.aux5_4), grown)]
        return [resize(each, x.shape[2:], False) for each in logits]


# ENet as zh320/realtime-semantic-segmentation-pytorch trains it -----------------------------------------------------------------


def convolved(i, o, k=3, s=1, d=1, activation=nn.ReLU):
    """Their convolution, norm and activation; the activation lies one level deeper than the others."""
    parts = [conv(i, o, k, s, d), nn.BatchNorm2d(o)]
    if activation is not None:
        parts.append(named(activation=activation()))
    return nn.Sequential(*parts)


class ZhBottleneck(nn.Module):
    def __init__(self, i, o, how="regular"):
        super().__init__()
        h = i // 4
        if how in ("down", "up"):
            self.left_conv = convolved(i, o, 1)
        middle = {"regular": lambda: [convolved(h, h)], "down": lambda: [convolved(h, h)],
                  "tall": lambda: [convolved(h, h, (5, 1)), convolved(h, h, (1, 5))],
                  "up": lambda: [named(up_conv=nn.ConvTranspose2d(h, h, 3, 2, 1, 1, bias=False))]}
        first = convolved(i, h, 3, 2) if how == "down" else convolved(i, h, 1)
        rest = [convolved(h, h, d=how)] if isinstance(how, int) else middle[how]()
        self.right_init_conv = nn.Sequential(first, *rest)
        self.right_last_conv = nn.Sequential(conv(h, o, 1))
        self.act = named(activation=nn.PReLU())
        self.how = how

    def forward(self, x, where=None):
        branch = self.right_last_conv(self.right_init_conv(x))
        if self.how == "down":
            pooled, where = F.max_pool2d(x, 2, return_indices=True)
            return self.act(self.left_conv(pooled) + branch), where
        if self.how == "up":
            x = F.max_unpool2d(self.left_conv(x), where, 2)
        return self.act(x + branch)


class ZhENet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        run = lambda n, *hows: nn.Sequential(*[ZhBottleneck(n, n, how) for how in hows])  # noqa: E731
        middle = ("regular", 2, "tall", 4, "regular", 8, "tall", 16)
        self.initial = named(conv=convolved(3, 13, 3, 2, activation=nn.PReLU))
        self.bottleneck1 = named(conv_pool=ZhBottleneck(16, 64, "down"), conv_regular=run(64, *["regular"] * 4))
        self.bottleneck2 = named(conv_pool=ZhBottleneck(64, 128, "down"), conv_regular=run(128, *middle))
        self.bottleneck3 = named(conv_regular=run(128, *middle))
        self.bottleneck4 = named(conv_unpool=ZhBottleneck(128, 64, "up"), conv_regular=ZhBottleneck(64, 64),
                                 conv_extra=ZhBottleneck(64, 64))
        self.bottleneck5 = named(conv_unpool=ZhBottleneck(64, 16, "up"), conv_regular=ZhBottleneck(16, 16))
        self.fullconv = named(up_conv=nn.Sequential(convolved(16, classes, 1, activation=nn.PReLU)))

    def forward(self, x):
        size = x.shape[2:]
        x = torch.cat([self.initial(x), F.max_pool2d(x, 3, 2, 1)], 1)
        x, first = self.bottleneck1.conv_pool(x)
        x, second = self.bottleneck2.conv_pool(self.bottleneck1.conv_regular(x))
        x = self.bottleneck3(self.bottleneck2.conv_regular(x))
        four, five = self.bottleneck4, self.bottleneck5
        x = four.conv_extra(four.conv_regular(four.conv_unpool(x, second)))
        x = five.conv_regular(five.conv_unpool(x, first))
        return resize(self.fullconv(x), size, False)


# DeepLabv3+, Chen et al. 2018 ----------------------------------------------------------------------------------------------------


def rectified(i, o, k=3, d=1):
    return [conv(i, o, k, d=d), nn.BatchNorm2d(o), nn.ReLU()]


def rates(stride):
    """Of atrous pooling, section 3.2 of DeepLabv3 (Chen et al. 2017): doubled where features are twice as dense."""
    return tuple(96 // stride * i for i in (1, 2, 3))


class VainDeepLab(nn.Module):
    """State dict of VainF/DeepLabV3Plus-Pytorch: output stride 16 or 8, low-level features first, corners not aligned."""

    def __init__(self, classes, backbone, stride=16):
        super().__init__()
        self.backbone = resnet(backbone, (False, stride == 8, True))
        pyramid = [nn.Sequential(*rectified(2048, 256, 1))]
        pyramid += [nn.Sequential(*rectified(2048, 256, 3, rate)) for rate in rates(stride)]
        pyramid.append(nn.Sequential(nn.AdaptiveAvgPool2d(1), *rectified(2048, 256, 1)))
        aspp = nn.ModuleDict(OrderedDict(convs=nn.ModuleList(pyramid), project=nn.Sequential(*rectified(1280, 256, 1))))
        last = nn.Sequential(*rectified(304, 256), conv(256, classes, 1, bias=True))
        self.classifier = nn.ModuleDict(OrderedDict(project=nn.Sequential(*rectified(256, 48, 1)), aspp=aspp, classifier=last))

    def forward(self, x):
        low, _, _, deep = stages(self.backbone, x)
        head = self.classifier
        scales = [resize(part(deep), deep.shape[2:], False) for part in head["aspp"]["convs"]]
        deep = head["aspp"]["project"](torch.cat(scales, 1))
        low = head["project"](low)
        logits = head["classifier"](torch.cat([low, resize(deep, low.shape[2:], False)], 1))
        return resize(logits, x.shape[2:], False)


class JfDeepLab(nn.Module):
    """State dict of jfzhang95/pytorch-deeplab-xception: output stride 16 or 8, multi-grid 1, 2, 4 of dilation 2 or 4 in layer4, the
    pyramid first, corners aligned; at stride 8 all of layer3 is dilated by 2. `dropout`: its decoder has dropout, as since late in
    2018, which moves the numbers of later layers."""

    def __init__(self, classes, backbone="resnet101", dropout=True, stride=16):
        super().__init__()
        self.backbone = resnet(backbone, (False, stride == 8, True))
        dilations = [(block, 2) for block in self.backbone.layer3] if stride == 8 else []
        dilations += [(block, 32 // stride * grid) for block, grid in zip(self.backbone.layer4, (1, 2, 4))]
        for block, dilation in dilations:
            block.conv2.dilation = block.conv2.padding = (dilation, dilation)
        branch = lambda k, d: named(atrous_conv=conv(2048, 256, k, d=d), bn=nn.BatchNorm2d(256), relu=nn.ReLU())  # noqa: E731
        first, second, third = rates(stride)
        self.aspp = nn.ModuleDict(OrderedDict(
            aspp1=branch(1, 1), aspp2=branch(3, first), aspp3=branch(3, second), aspp4=branch(3, third),
            global_avg_pool=nn.Sequential(nn.AdaptiveAvgPool2d(1), *rectified(2048, 256, 1)),
            conv1=conv(1280, 256, 1), bn1=nn.BatchNorm2d(256)))
        place = [nn.Identity()] if dropout else []
        self.decoder = nn.ModuleDict(OrderedDict(
            conv1=conv(256, 48, 1), bn1=nn.BatchNorm2d(48),
            last_conv=nn.Sequential(*rectified(304, 256), *place, *rectified(256, 256), *place, conv(256, classes, 1, bias=True))))

    def forward(self, x):
        low, _, _, deep = stages(self.backbone, x)
        a, d = self.aspp, self.decoder
        parts = [resize(a[key](deep), deep.shape[2:], True) for key in ("aspp1", "aspp2", "aspp3", "aspp4", "global_avg_pool")]
        deep = F.relu(a["bn1"](a["conv1"](torch.cat(parts, 1))))
        low = F.relu(d["bn1"](d["conv1"](low)))
        logits = d["last_conv"](torch.cat([resize(deep, low.shape[2:], True), low], 1))
        return resize(logits, x.shape[2:], True)

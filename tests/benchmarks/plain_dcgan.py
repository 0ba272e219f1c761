"""A plain DCGAN with DiffAugment for 64 pixels: the baseline of the side by side.

Written from the papers named there and at its parts; nothing of the studio's networks is in it.
"""

from __future__ import annotations

import copy
import time
from itertools import pairwise

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

LATENT, BATCH, RATE, KEEP = 100, 64, 2e-4, 0.999


def generator() -> nn.Sequential:
    """Latents [N, 100, 1, 1] to pictures [N, 3, 64, 64]: Radford 2015, Fig. 1, half as wide."""
    layers: list[nn.Module] = []
    widths = (LATENT, 512, 256, 128, 64)
    for level, (before, after) in enumerate(pairwise(widths)):
        step = (4, 1, 0) if level == 0 else (4, 2, 1)
        layers += [nn.ConvTranspose2d(before, after, *step, bias=False), nn.BatchNorm2d(after)]
        layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers, nn.ConvTranspose2d(64, 3, 4, 2, 1), nn.Tanh())


def critic() -> nn.Sequential:
    """Pictures [N, 3, 64, 64] to scores [N, 1, 1, 1]."""
    layers: list[nn.Module] = [nn.Conv2d(3, 64, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
    for before, after in ((64, 128), (128, 256), (256, 512)):
        layers += [nn.Conv2d(before, after, 4, 2, 1, bias=False), nn.BatchNorm2d(after)]
        layers.append(nn.LeakyReLU(0.2, inplace=True))
    return nn.Sequential(*layers, nn.Conv2d(512, 1, 4))


def begin(net: nn.Sequential) -> nn.Sequential:
    """Weights from N(0, 0.02): Radford 2015, Sec. 4."""
    for each in net.modules():
        if isinstance(each, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(each.weight, 0.0, 0.02)
        elif isinstance(each, nn.BatchNorm2d):
            nn.init.normal_(each.weight, 1.0, 0.02)
    return net.train().to(memory_format=torch.channels_last)


def disguised(x: Tensor) -> Tensor:
    """Colour, translation and cutout of every picture: Zhao 2020, Sec. 3.2."""
    n, _, height, width = x.shape
    x = x + (torch.rand(n, 1, 1, 1) - 0.5)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * (2 * torch.rand(n, 1, 1, 1))
    middle = x.mean((1, 2, 3), keepdim=True)
    x = middle + (x - middle) * (0.5 + torch.rand(n, 1, 1, 1))
    most = (height + 4) // 8
    rows, columns = torch.arange(height)[None, :, None], torch.arange(width)[None, None]
    down, right = torch.randint(-most, most + 1, (2, n, 1, 1))
    padded = F.pad(x, (most, most, most, most))
    index = torch.arange(n)[:, None, None]
    x = padded.permute(0, 2, 3, 1)[index, rows + down + most, columns + right + most]
    place = torch.randint(0, height + 1, (2, n, 1, 1))
    hole = ((rows - place[0]).abs() <= height // 4) & ((columns - place[1]).abs() <= width // 4)
    return x.permute(0, 3, 1, 2).masked_fill(hole[:, None], 0.0)


class Dcgan:
    """The bare loop."""

    def __init__(self, seed: int, precision: torch.dtype | None) -> None:
        torch.manual_seed(seed)
        self.precision = precision
        self.made, self.judge = begin(generator()), begin(critic())
        self.average = copy.deepcopy(self.made).eval()
        self.optimizers = [
            torch.optim.Adam(net.parameters(), lr=RATE, betas=(0.5, 0.999), fused=True)
            for net in (self.made, self.judge)
        ]

    def learn(self, pictures: Tensor, minutes: float) -> int:
        """Train on uint8 [N, 64, 64, 3] for so long; returns how many it has seen."""
        began, seen = time.monotonic(), 0
        while time.monotonic() - began < 60 * minutes:
            chosen = pictures[torch.randint(len(pictures), (BATCH,))]
            self.step(chosen.permute(0, 3, 1, 2).float() / 127.5 - 1)
            seen += BATCH
        return seen

    def step(self, real: Tensor) -> None:
        """One step of both, mirrored pictures included."""
        real = torch.where(torch.rand(len(real), 1, 1, 1) < 0.5, real.flip(3), real)
        with self.mixed():
            fake = self.made(torch.randn(len(real), LATENT, 1, 1)).float()
            self.optimizers[1].zero_grad(set_to_none=True)
            true = self.judge(disguised(real)).float()
            false = self.judge(disguised(fake.detach())).float()
        (F.softplus(-true).mean() + F.softplus(false).mean()).backward()
        self.optimizers[1].step()
        self.optimizers[0].zero_grad(set_to_none=True)
        self.judge.requires_grad_(False)
        with self.mixed():
            score = self.judge(disguised(fake)).float()
        F.softplus(-score).mean().backward()
        self.judge.requires_grad_(True)
        self.optimizers[0].step()
        with torch.no_grad():
            torch._foreach_lerp_(
                list(self.average.parameters()), list(self.made.parameters()), 1 - KEEP
            )
            for old, new in zip(self.average.buffers(), self.made.buffers(), strict=True):
                old.copy_(new)

    def mixed(self) -> torch.autocast:
        """Half the precision where the processor is quicker with it."""
        return torch.autocast("cpu", self.precision, enabled=self.precision is not None)

    def draw(self, net: nn.Sequential, count: int, seed: int) -> np.ndarray:
        """uint8 [count, 64, 64, 3]."""
        chance, pictures = torch.Generator().manual_seed(seed), []
        with torch.no_grad():
            for start in range(0, count, BATCH):
                z = torch.randn(min(BATCH, count - start), LATENT, 1, 1, generator=chance)
                x = net(z).float().add(1).mul(127.5).round().clamp(0, 255)
                pictures.append(x.to(torch.uint8).permute(0, 2, 3, 1))
        return torch.cat(pictures).numpy()

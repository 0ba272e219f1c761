"""The two networks of the adversarial pair: R3GAN, Huang 2024, arXiv:2501.05441."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.bending import Bends, Layer, bent, rising
from models.families.gan.gan_config import GanConfig
from models.image_spec import ImageSpec
from models.parts.classes import class_vectors, vectors_of
from models.parts.convolution import Conv2d
from models.parts.layers import LEAK, GroupedBlock, he_normal_, nearest_level
from models.parts.resampling import double, halve
from models.parts.seamless import Edged


class Generator(Edged, nn.Module):
    """Latents [N, dim] to pictures [N, channels, H, W], about [-1, 1]: R3GAN, Sec. 3.

    A learnt pattern on the base grid is scaled by a dense layer of z; then blocks and
    [1, 2, 1] doubling. Neither normalisation, nor injected noise, nor a mapping network.
    With classes the latent is twice as long: z and the vector of a class (:func:`joined`).
    """

    def __init__(self, spec: ImageSpec, config: GanConfig, widths: Sequence[int]) -> None:
        super().__init__()
        height, width, _ = spec.base_grid()
        self.grid = (height, width)
        counts = _block_counts(config, len(widths))
        coarsest, self.widths = widths[-1], list(reversed(widths))
        self.pattern = nn.Parameter(torch.randn(1, coarsest, height, width))
        self.classes = class_vectors(spec.classes, config.latent_dim)
        inputs = config.latent_dim * (1 if self.classes is None else 2)
        self.dense = nn.Linear(inputs, coarsest, bias=False)
        nn.init.normal_(self.dense.weight, std=inputs**-0.5)
        self.levels = nn.ModuleList(reversed(_levels(config, widths, counts)))
        self.change = nn.ModuleList(_change(a, b) for a, b in pairwise(reversed(widths)))
        self.out = Conv2d(widths[0], spec.channels, 3, padding=1)
        he_normal_(self.out.weight, gain=0.5)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]  # made with a bias just above

    def layers(self) -> tuple[Layer, ...]:
        """What follows the blocks of each resolution."""
        tensors: list[tuple[str, ...]] = [("pattern", "dense.", "levels.0.")]
        tensors += [(f"change.{k}.", f"levels.{k + 1}.") for k in range(len(self.change))]
        tensors[-1] += ("out.",)
        return rising(self.grid, self.widths, tensors)

    def forward(
        self, z: Tensor, resolution: int | None = None, bends: Bends | None = None
    ) -> Tensor:
        """Pictures, or with `resolution` the activations whose shorter side is nearest to it."""
        x = self.pattern * self.dense(z)[:, :, None, None]  # [N, coarsest, height, width]
        x = bent(self.levels[0](x.contiguous(memory_format=torch.channels_last)), 0, bends)
        stop = nearest_level(self.grid, len(self.change), resolution)
        steps = list(zip(self.change, self.levels[1:], strict=True))[:stop]
        for k, (change, level) in enumerate(steps, start=1):
            x = bent(level(double(change(x), self.seamless)), k, bends)
        if resolution is None:
            x = self.out(F.leaky_relu(x, LEAK, inplace=True))
        return x


class Critic(Edged, nn.Module):
    """Pictures [N, channels, H, W] to scores [N]: the generator mirrored."""

    def __init__(self, spec: ImageSpec, config: GanConfig, widths: Sequence[int]) -> None:
        super().__init__()
        height, width, _ = spec.base_grid()
        counts = _block_counts(config, len(widths))
        self.stem = Conv2d(spec.channels, widths[0], 3, padding=1)
        he_normal_(self.stem.weight)
        self.levels = nn.ModuleList(_levels(config, widths, counts))
        self.change = nn.ModuleList(_change(a, b) for a, b in pairwise(widths))
        last = widths[-1]
        self.pattern = Conv2d(last, last, (height, width), groups=last, bias=False)
        he_normal_(self.pattern.weight)
        self.dense = nn.Linear(last, 1, bias=False)
        nn.init.normal_(self.dense.weight, std=last**-0.5)
        self.classes = class_vectors(spec.classes, last, std=last**-0.5)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> Tensor:
        """[N, channels, H, W] to [N]; higher means more like a real picture (of its class [N])."""
        x = self.levels[0](F.leaky_relu(self.stem(x), LEAK, inplace=True))
        for change, level in zip(self.change, self.levels[1:], strict=True):
            x = level(change(halve(x, self.seamless)))
        seen = self.pattern(x).flatten(1)  # [N, last]
        score = self.dense(seen).squeeze(1)
        if self.classes is not None:
            score = score + (seen * vectors_of(self.classes, labels, len(x))).sum(1)
        return score


def _block_counts(config: GanConfig, levels: int) -> list[int]:
    """Blocks of every level, from full resolution down."""
    return [config.fine_blocks, *[config.blocks] * (levels - 1)]


def _levels(config: GanConfig, widths: Sequence[int], counts: Sequence[int]) -> list[nn.Sequential]:
    """The blocks of every resolution, in the order of `widths`."""
    total = sum(counts)
    return [
        nn.Sequential(*(GroupedBlock(w, 2, config.group_size, total) for _ in range(count)))
        for w, count in zip(widths, counts, strict=True)
    ]


def _change(c_in: int, c_out: int) -> nn.Module:
    """A 1x1 layer where the number of channels changes between two resolutions."""
    if c_in == c_out:
        return nn.Identity()
    layer = Conv2d(c_in, c_out, 1, bias=False)
    nn.init.normal_(layer.weight, std=c_in**-0.5)
    return layer

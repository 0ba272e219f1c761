"""The two networks of the few-picture pair: Liu 2021, 'Towards faster and stabilized GAN
training for high-fidelity few-shot image synthesis', arXiv:2101.04775.

Two things differ from the paper. The critic's normalisation is of groups and not of batches: its
opinion of a picture must not depend on its neighbours. And its reconstructions are compared
without a pretrained network.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from models.bending import Bends, Layer, bent, noise_strength
from models.image_spec import ImageSpec
from models.parts.classes import class_vectors, vectors_of
from models.parts.layers import LEAK, Norm, he_normal_, nearest_level
from models.parts.resampling import average, repeat

Noise = Callable[[int, int, int], Tensor]
"""(pictures, height, width) to N(0, 1) [pictures or 1, 1, height, width]."""
SPAN = 4
"""Doublings between the two ends of an excitation: 4 to 64, 8 to 128 and so on (Sec. 3.1)."""
LARGEST_DRAFT = 128
"""Longest side in pixels, or just above, of what the critic's decoders redraw (Sec. 3.2)."""


class Excitation(nn.Module):
    """Skip-layer excitation (Sec. 3.1): coarse activations gate the channels of fine ones.

    Average to 4x4, a 4x4 convolution, SiLU, a 1x1 convolution, sigmoid: [N, coarse, h, w] to
    [N, fine, 1, 1].
    """

    def __init__(self, coarse: int, fine: int) -> None:
        super().__init__()
        self.squeeze = nn.Linear(coarse * 16, fine, bias=False)
        self.gate = nn.Linear(fine, fine, bias=False)
        he_normal_(self.squeeze.weight)
        nn.init.normal_(self.gate.weight, std=fine**-0.5)

    def forward(self, coarse: Tensor) -> Tensor:
        """The gate in (0, 1) of every channel."""
        flat = F.adaptive_avg_pool2d(coarse, 4).flatten(1)
        gate: Tensor = torch.sigmoid(self.gate(F.silu(self.squeeze(flat))))
        return gate[:, :, None, None]


class GatedLayer(nn.Module):
    """3x3 convolution to twice the channels, noise, batch norm, gated linear unit: [N, out, h, w].

    The strength of the noise is learnt, from zero.
    """

    def __init__(self, c_in: int, c_out: int, noisy: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(c_in, 2 * c_out, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(2 * c_out)
        self.strength = nn.Parameter(torch.zeros(())) if noisy else None
        he_normal_(self.conv.weight)

    def forward(self, x: Tensor, noise: Noise, much: float = 1.0) -> Tensor:
        """`much` is by how much the noise is multiplied."""
        x = self.conv(x)
        if self.strength is not None:
            strength = self.strength.to(x.dtype)
            strength = strength if much == 1 else strength * much
            x = x + strength * noise(x.shape[0], x.shape[2], x.shape[3]).to(x.dtype)
        return F.glu(self.norm(x), dim=1)


class Generator(nn.Module):
    """Latents [N, dim] to pictures [N, channels, H, W] in (-1, 1).

    `widths` runs from full resolution to the base grid. Every second doubling has two layers
    and noise, the others one layer (Appendix A). With classes the latent is twice as long: z
    and the vector of a class (:func:`models.parts.classes.joined`).
    """

    def __init__(self, spec: ImageSpec, latent_dim: int, widths: Sequence[int]) -> None:
        super().__init__()
        height, width, doublings = spec.base_grid()
        self.grid = (height, width)
        coarsest, self.widths = widths[-1], list(reversed(widths))
        self.classes = class_vectors(spec.classes, latent_dim)
        inputs = latent_dim * (1 if self.classes is None else 2)
        self.start = nn.Linear(inputs, 2 * coarsest * height * width, bias=False)
        nn.init.normal_(self.start.weight, std=inputs**-0.5)
        self.norm = nn.BatchNorm2d(2 * coarsest)
        self.levels = nn.ModuleList()
        for index, (coarse, fine) in enumerate(pairwise(reversed(widths))):
            layers = [GatedLayer(coarse, fine, index % 2 == 0)]
            if index % 2 == 0:
                layers.append(GatedLayer(fine, fine, True))
            self.levels.append(nn.ModuleList(layers))
        self.span = min(SPAN, doublings)
        upwards = list(reversed(widths))
        pairs = zip(upwards, upwards[self.span :], strict=False)
        self.excitations = nn.ModuleList(Excitation(low, high) for low, high in pairs)
        self.out = nn.Conv2d(widths[0], spec.channels, 3, padding=1)
        he_normal_(self.out.weight)
        nn.init.zeros_(self.out.bias)  # type: ignore[arg-type]  # made with a bias just above

    def layers(self) -> tuple[Layer, ...]:
        """The start, and what follows each gated layer; the last one of a level is seen as its
        excitation leaves it."""
        height, width = self.grid
        made = [Layer(self.widths[0], height, width, False, ("start.", "norm."))]
        for k, channels in enumerate(self.widths[1:]):
            size, noisy = (height << k + 1, width << k + 1), k % 2 == 0
            for place in range(2 if noisy else 1):
                made.append(Layer(channels, *size, noisy, (f"levels.{k}.{place}.",)))
            if k + 1 >= self.span:
                made[-1] = made[-1].including(f"excitations.{k + 1 - self.span}.")
        return (*made[:-1], made[-1].including("out."))

    def forward(
        self, z: Tensor, noise: Noise, resolution: int | None = None, bends: Bends | None = None
    ) -> Tensor:
        """Pictures, or with `resolution` the activations whose shorter side is nearest to it."""
        x = self.start(z).view(z.shape[0], -1, *self.grid)  # [N, 2 coarsest, height, width]
        x = F.glu(self.norm(x.contiguous(memory_format=torch.channels_last)), dim=1)
        stop = nearest_level(self.grid, len(self.levels), resolution)
        x = bent(x, 0, bends)
        seen, number = [x], 0
        for index, layers in enumerate(list(self.levels)[:stop], start=1):
            x = repeat(x)
            for place, layer in enumerate(layers):  # type: ignore[var-annotated, arg-type]
                if place:
                    x = bent(x, number, bends)
                number += 1
                x = layer(x, noise, noise_strength(number, bends))
            if index >= self.span:
                source = index - self.span
                x = x * self.excitations[source](seen[source])
            x = bent(x, number, bends)
            seen.append(x)
        return torch.tanh(self.out(x)) if resolution is None else x


class Halving(nn.Module):
    """Two ways to half the size, averaged (Fig. 4): 4x4 and 3x3 layers; averaging and 1x1.

    Without a normalisation of activations the spectral one lets a signal die out on its way.
    """

    def __init__(self, fine: int, coarse: int) -> None:
        super().__init__()
        self.first = _conv(fine, coarse, 4, stride=2)
        self.second = _conv(coarse, coarse, 3)
        self.direct = _conv(fine, coarse, 1)
        self.norms = nn.ModuleList(Norm(coarse) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        """[N, fine, h, w] to [N, coarse, h/2, w/2]."""
        first, second, third = self.norms
        main = F.leaky_relu(first(self.first(x)), LEAK, inplace=True)
        main = F.leaky_relu(second(self.second(main)), LEAK, inplace=True)
        direct = F.leaky_relu(third(self.direct(average(x))), LEAK, inplace=True)
        return (main + direct) * 0.5


class Draft(nn.Module):
    """A small decoder: [N, width, h, w] to a picture of `doublings` times twice the size."""

    def __init__(self, width: int, channels: int, doublings: int, finest: int) -> None:
        super().__init__()
        widths = [max(finest, width >> k) for k in range(doublings + 1)]
        self.convs = nn.ModuleList(
            nn.Conv2d(a, 2 * b, 3, padding=1, bias=False) for a, b in pairwise(widths)
        )
        self.norms = nn.ModuleList(Norm(2 * b) for b in widths[1:])
        self.out = nn.Conv2d(widths[-1], channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        for conv, norm in zip(self.convs, self.norms, strict=True):
            x = F.glu(norm(conv(repeat(x))), dim=1)
        return torch.tanh(self.out(x))


class Trunk(nn.Module):
    """From pictures of one level to half their size, and on by halving, to level `last`.

    `widths` are those of the whole pyramid, from full resolution down. With classes every part
    is also compared with a learnt vector of the class (projection: Miyato & Koyama 2018,
    arXiv:1802.05637, Eq. 3; under spectral normalisation as everything else here).
    """

    def __init__(self, spec: ImageSpec, widths: Sequence[int], first: int, last: int) -> None:
        super().__init__()
        self.stem = _conv(spec.channels, widths[first + 1], 4, stride=2)
        self.downs = nn.ModuleList(
            Halving(widths[level], widths[level + 1]) for level in range(first + 1, last)
        )
        self.head = nn.Sequential(
            _conv(widths[last], widths[last], 1),
            Norm(widths[last]),
            nn.LeakyReLU(LEAK),
            _conv(widths[last], 1, 3),
        )
        self.classes = class_vectors(spec.classes, widths[last])
        if self.classes is not None:
            spectral_norm(self.classes)

    def forward(self, x: Tensor, labels: Tensor | None = None) -> tuple[Tensor, list[Tensor]]:
        """(scores [N, cells] of overlapping parts, activations of every level)."""
        seen = [F.leaky_relu(self.stem(x), LEAK, inplace=True)]
        for down in self.downs:
            seen.append(down(seen[-1]))
        parts = self.head[:-1](seen[-1])  # [N, widths[last], h, w]
        scores = self.head[-1](parts)
        if self.classes is not None:
            claimed = vectors_of(self.classes, labels, len(x)).to(parts.dtype)
            scores = scores + (parts * claimed[:, :, None, None]).sum(1, keepdim=True)
        return scores.flatten(1), seen


class Critic(nn.Module):
    """Pictures [N, channels, H, W] to scores [N, parts]: of the picture, and of half its size.

    Three decoders make the activations keep what is in the picture (Sec. 3.2): two redraw the
    whole at half its size or less, one a random quarter. `labels` int64 [N] are the classes that
    pictures claim; None is the middle of all classes.
    """

    def __init__(self, spec: ImageSpec, widths: Sequence[int]) -> None:
        super().__init__()
        doublings = len(widths) - 1
        fine_end, small_end = doublings - 1, max(2, doublings - 1)
        self.fine = Trunk(spec, widths, 0, fine_end)
        self.small = Trunk(spec, widths, 1, small_end)
        part_level = max(1, doublings - 2)
        self.part_back = fine_end - part_level
        skipped = max(1, math.floor(math.log2(max(spec.height, spec.width) / LARGEST_DRAFT)))

        def draft(level: int) -> Draft:
            ups = max(0, level - skipped)
            return Draft(widths[level], spec.channels, ups, widths[min(level, skipped)])

        self.redraw_fine = draft(fine_end)
        self.redraw_small = draft(small_end)
        self.redraw_part = draft(part_level)

    def on_torus(self) -> list[nn.Module]:
        """The parts that may look across the edge: all but what sees a quarter, which has none."""
        return [self.fine, self.small, self.redraw_fine, self.redraw_small]

    def forward(self, x: Tensor, labels: Tensor | None = None) -> tuple[Tensor, list[Tensor]]:
        """(scores [N, parts], activations for :meth:`redrawn`: whole, whole, for the quarter)."""
        fine, seen = self.fine(x, labels)  # [N, cells] each
        small, seen_small = self.small(average(x), labels)
        kept = [seen[-1], seen_small[-1], seen[-1 - self.part_back]]
        return torch.cat([fine, small], 1), kept

    def redrawn(
        self, kept: Sequence[Tensor], x: Tensor, quarter: Tensor
    ) -> list[tuple[Tensor, Tensor]]:
        """(redrawn, wanted) of pictures x [N, ...] for each decoder; `quarter` [N] is 0 to 3."""
        whole, small, part = kept
        drawn = [self.redraw_fine(whole), self.redraw_small(small)]
        drawn.append(self.redraw_part(quarter_of(part, quarter)))
        wanted = [x, x, quarter_of(x, quarter)]
        return [
            (d, F.adaptive_avg_pool2d(w, d.shape[2:])) for d, w in zip(drawn, wanted, strict=True)
        ]


def quarter_of(x: Tensor, quarter: Tensor) -> Tensor:
    """The quarter 0 to 3 of each picture: [N, C, h, w] to [N, C, h/2, w/2], never waiting."""
    top, bottom = x.chunk(2, dim=2)
    parts = torch.stack([*top.chunk(2, dim=3), *bottom.chunk(2, dim=3)], 1)
    return parts[torch.arange(len(x), device=x.device), quarter]


def _conv(c_in: int, c_out: int, kernel: int, stride: int = 1) -> nn.Module:
    """A convolution under spectral normalisation: Miyato 2018, arXiv:1802.05957."""
    layer = nn.Conv2d(c_in, c_out, kernel, stride, padding=(kernel - 1) // 2)
    he_normal_(layer.weight)
    nn.init.zeros_(layer.bias)  # type: ignore[arg-type]  # made with a bias just above
    return spectral_norm(layer)

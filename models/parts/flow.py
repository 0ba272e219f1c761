"""A flow fitted after training: a denser description of where encoded pictures lie.

Flow matching: Lipman 2023 (arXiv:2210.02747), Sec. 4.1 with sigma_min = 0, in the form of
Liu 2023 (arXiv:2209.03003), Eq. 1: v(z_t, t) learns z_1 - z_0 for z_t = (1 - t) z_0 + t z_1,
z_0 ~ N(0, 1) and z_1 a code. Codes are whitened first, and v starts from the exact answer
for a Gaussian, c(t) z_t with c(t) = (2t - 1) / ((1 - t)^2 + t^2): the network learns only
what is not Gaussian about them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.parts.mixture import rows_times
from models.parts.schedules import cosine

HIDDEN = 256
WAVES = 4
HEUN_STEPS = 24
FIT_STEPS = 600
FIT_BATCH = 256
FIT_RATE = 2e-3


class Flow(nn.Module):
    """A density over [d], the Gaussian N(0, 1) until it is fitted.

    `shift` [d] and `scale` [d, d] (lower triangular) undo the whitening. Nothing here is
    trained by a family's optimisers.
    """

    shift: Tensor
    scale: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.register_buffer("shift", torch.zeros(dim))
        self.register_buffer("scale", torch.eye(dim))
        sizes = [dim + 1 + 2 * WAVES, HIDDEN, HIDDEN, HIDDEN, dim]
        for index, (before, after) in enumerate(pairwise(sizes)):
            self.register_buffer(f"weight{index}", torch.zeros(after, before))
            self.register_buffer(f"bias{index}", torch.zeros(after))

    # ------------------------------------------------------------------ sampling, likelihood

    @torch.no_grad()
    def transform(self, normal: Tensor) -> Tensor:
        """N(0, 1) numbers [N, d] to samples [N, d]; a row depends on itself alone."""
        if not len(normal):
            return normal
        tensors = self._tensors()
        # One row at a time: a product of many rows rounds differently with their number.
        moved = torch.cat(
            [_carried(tensors, normal[i : i + 1], 0.0, 1.0)[0] for i in range(len(normal))]
        )
        return self.shift + rows_times(self.scale, moved)

    @torch.no_grad()
    def log_prob(self, points: Tensor) -> Tensor:
        """Log density [N] in nats of points [N, d]: the change of variables along the flow.

        The divergence is exact, so one point costs about `d` times a sample.
        """
        white = torch.linalg.solve_triangular(self.scale, (points - self.shift).T, upper=False).T
        start, gathered = _carried(self._tensors(), white.contiguous(), 1.0, 0.0, divergence=True)
        base = -0.5 * (start.square().sum(1) + self.dim * math.log(2 * math.pi))
        # Carried backwards, the divergence has been gathered with its sign turned.
        return base + gathered - self.scale.diagonal().log().sum()

    def _tensors(self) -> list[Tensor]:
        return [tensor for name, tensor in self.named_buffers() if name not in ("shift", "scale")]

    # ------------------------------------------------------------------ fitting

    @torch.no_grad()
    def fit(self, points: Tensor, seed: int = 0, steps: int = FIT_STEPS) -> None:
        """Fit to points [N, d], always from the same beginning and in the same number of steps."""
        exact = points.detach().to("cpu", torch.float64)
        self.shift.copy_(exact.mean(0))
        self.scale.copy_(_whitener(exact))
        device = self.shift.device
        centred = (exact - self.shift.cpu().double()).T
        white = torch.linalg.solve_triangular(self.scale.cpu().double(), centred, upper=False).T
        data = white.to(device, torch.float32)
        generator = torch.Generator().manual_seed(seed)
        with torch.enable_grad():
            tensors = [t.requires_grad_() for t in self._beginning(generator)]
            optimizer = torch.optim.Adam(tensors, lr=FIT_RATE, betas=(0.9, 0.99))
            for step in range(steps):
                optimizer.param_groups[0]["lr"] = cosine(FIT_RATE, 0.0, step / steps)
                optimizer.zero_grad(set_to_none=True)
                loss = _matching_loss(tensors, data, generator)
                loss.backward()
                optimizer.step()
        for kept, fitted in zip(self._tensors(), tensors, strict=True):
            kept.copy_(fitted.detach())

    def _beginning(self, generator: torch.Generator) -> list[Tensor]:
        """Random weights, but for the last layer: the network adds nothing at first."""
        kept, made = self._tensors(), []
        for tensor in kept[:-2]:
            fresh = torch.zeros(tensor.shape)
            if tensor.ndim == 2:
                fresh.normal_(std=tensor.shape[1] ** -0.5, generator=generator)
            made.append(fresh.to(tensor.device))
        return made + [torch.zeros_like(tensor) for tensor in kept[-2:]]


def _matching_loss(tensors: Sequence[Tensor], data: Tensor, generator: torch.Generator) -> Tensor:
    """|v(z_t, t) - (z_1 - z_0)|^2 on one random batch; times are spread evenly over [0, 1)."""
    chosen = torch.randint(len(data), (FIT_BATCH,), generator=generator)
    start = torch.randn(FIT_BATCH, data.shape[1], generator=generator).to(data.device)
    time = (torch.arange(FIT_BATCH) + torch.rand(FIT_BATCH, generator=generator)) / FIT_BATCH
    time = time.to(data.device)[:, None]
    end = data[chosen.to(data.device)]
    position = (1 - time) * start + time * end
    speed = _gaussian_speed(time) * position + _network(tensors, position, time)
    return (speed - (end - start)).square().mean()


def _gaussian_speed(time: Tensor) -> Tensor:
    """c(t): E[z_1 - z_0 | z_t] = c(t) z_t where both ends are N(0, 1)."""
    return (2 * time - 1) / ((1 - time).square() + time.square())


def _network(tensors: Sequence[Tensor], z: Tensor, time: Tensor) -> Tensor:
    """z [N, d] and time [N, 1] through the layers, with residual connections inside: [N, d]."""
    waves = math.pi * time * torch.arange(1, WAVES + 1, device=z.device, dtype=z.dtype)
    x = F.linear(torch.cat([z, time, waves.sin(), waves.cos()], 1), tensors[0], tensors[1])
    for index in range(2, len(tensors) - 2, 2):
        x = x + F.linear(F.silu(x), tensors[index], tensors[index + 1])
    return F.linear(F.silu(x), tensors[-2], tensors[-1])


def _carried(
    tensors: Sequence[Tensor], z: Tensor, begin: float, end: float, divergence: bool = False
) -> tuple[Tensor, Tensor]:
    """(z [N, d] moved from time `begin` to `end` by Heun's method, the divergence gathered [N])."""
    step = (end - begin) / HEUN_STEPS
    gathered = torch.zeros(len(z), device=z.device, dtype=z.dtype)

    def speed(z: Tensor, time: float) -> tuple[Tensor, Tensor]:
        when = torch.full((len(z), 1), time, device=z.device, dtype=z.dtype)
        drawn = _gaussian_speed(when)
        spread = gathered
        if divergence:
            spread = drawn[:, 0] * z.shape[1] + _trace(tensors, z, when)
        return drawn * z + _network(tensors, z, when), spread

    for index in range(HEUN_STEPS):
        time = begin + index * step
        first, spread_first = speed(z, time)
        second, spread_second = speed(z + step * first, time + step)
        z = z + 0.5 * step * (first + second)
        if divergence:
            gathered = gathered + 0.5 * step * (spread_first + spread_second)
    return z, gathered


def _trace(tensors: Sequence[Tensor], z: Tensor, time: Tensor) -> Tensor:
    """The divergence of the network at each point: [N]."""

    def at(row: Tensor, when: Tensor) -> Tensor:
        return _network(tensors, row[None], when[None])[0]

    jacobian: Tensor = torch.func.vmap(torch.func.jacrev(at))(z, time)
    return torch.einsum("nii->n", jacobian)


def _whitener(points: Tensor) -> Tensor:
    """The Cholesky factor of the covariance, lifted a little: [d, d], float64."""
    covariance = torch.cov(points.T, correction=0).reshape(points.shape[1], points.shape[1])
    lift = 1e-4 * float(covariance.diagonal().mean()) + 1e-12
    factor: Tensor = torch.linalg.cholesky(
        covariance + lift * torch.eye(points.shape[1], dtype=covariance.dtype)
    )
    return factor

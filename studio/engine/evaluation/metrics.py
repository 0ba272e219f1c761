"""How well a model redraws pictures that it never saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.evaluation.pairs import pictures_and_model
from studio.engine.project import Project
from studio.engine.training.health import fidelity
from studio.engine.training.record.loaded_models import LoadedModel

if TYPE_CHECKING:
    from torch import Tensor

_BATCH = 32
_WINDOW = 11
_SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Weights of the scales, fine to coarse: Wang 2003, Sec. 3.2."""


@dataclass(frozen=True)
class Reconstruction:
    """Held-out pictures redrawn. `psnr` in dB and `ssim` in [-1, 1] are means over `count`."""

    psnr: float
    ssim: float
    count: int
    originals: Pixels
    rebuilt: Pixels


def reconstruction(project: Project, run_name: str, shown: int) -> Reconstruction | None:
    """Redraw all held-out pictures of a run and return the first `shown` of them.

    None for a family without an encoder, or when nothing was held out. PSNR is the mean
    of each picture's own; SSIM as Wang et al. 2004 (window 11, sigma 1.5, mirrored borders).
    """
    import torch

    prepared, model = pictures_and_model(project, run_name)
    if not model.family.latent.has_encoder or not len(prepared.held_out):
        return None
    originals = np.ascontiguousarray(prepared.images[prepared.held_out])
    rebuilt, noise, likeness = [], [], []
    for start in range(0, len(originals), _BATCH):
        part = torch.from_numpy(originals[start : start + _BATCH])
        redrawn = _redrawn(model, part)
        rebuilt.append(redrawn)
        noise.append(fidelity.psnr(redrawn, part))
        likeness.append(_ssim(redrawn, part))
    return Reconstruction(
        float(torch.cat(noise).mean()), float(torch.cat(likeness).mean()), len(originals),
        originals[:shown], torch.cat(rebuilt).numpy()[:shown],
    )  # fmt: skip


def each_redrawn(model: LoadedModel, originals: Pixels) -> dict[str, np.ndarray]:
    """`psnr` in dB and `ms_ssim` of each of uint8 [n, h, w, c] by a model with an encoder.

    MS-SSIM is left out where the pictures are too small for it.
    """
    import torch

    found: dict[str, list[Tensor]] = {}
    for start in range(0, len(originals), _BATCH):
        part = torch.from_numpy(np.array(originals[start : start + _BATCH]))
        redrawn = _redrawn(model, part)
        found.setdefault("psnr", []).append(fidelity.psnr(redrawn, part))
        if scales(min(part.shape[1:3])) > 1:
            found.setdefault("ms_ssim", []).append(ms_ssim(redrawn, part))
    return {name: torch.cat(parts).double().numpy() for name, parts in found.items()}


def _redrawn(model: LoadedModel, originals: Tensor) -> Tensor:
    import torch

    with torch.inference_mode(), model as family:
        return family.synthesize(family.encode(originals)).cpu()


def compared(redrawn: Pixels, original: Pixels) -> tuple[float, float]:
    """PSNR in dB and SSIM of one picture, uint8 [h, w, c], by the same rule."""
    import torch

    have, want = (torch.from_numpy(each.copy())[None] for each in (redrawn, original))
    return float(fidelity.psnr(have, want)), float(_ssim(have, want))


def scales(side: int) -> int:
    """So many scales MS-SSIM has at a shorter side: five from 176 pixels on, three at 64.

    The coarsest still has to hold the window.
    """
    return sum(side // 2**halvings >= _WINDOW for halvings in range(len(_SCALES)))


def ms_ssim(redrawn: Tensor, originals: Tensor) -> Tensor:
    """Of each picture, [N], of uint8 NHWC from 22 pixels on: Wang, Simoncelli & Bovik 2003, Eq. 7.

    With fewer than five scales their weights are made to sum to 1; below 0 counts as 0. Only the
    last scale looks beyond the border, which is mirrored; the others use what the window covers.
    """
    import torch
    from torchmetrics.functional.image import (
        multiscale_structural_similarity_index_measure as multiscale,
    )

    want, have = fidelity.seen(originals), fidelity.seen(redrawn)
    used = _SCALES[: scales(min(want.shape[2:]))]
    weights = tuple(each / sum(used) for each in used)
    found = multiscale(
        have, want, data_range=1.0, betas=weights, normalize="relu", reduction="none"
    )
    return torch.as_tensor(found)


def _ssim(redrawn: Tensor, originals: Tensor) -> Tensor:
    """Of each picture, [N], of uint8 NHWC."""
    import torch
    from torchmetrics.functional.image import structural_similarity_index_measure as ssim

    want, have = fidelity.seen(originals), fidelity.seen(redrawn)
    return torch.as_tensor(ssim(have, want, data_range=1.0, reduction="none"))

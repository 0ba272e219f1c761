"""How well a model redraws pictures that it never saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.evaluation.pairs import pictures_and_model
from studio.engine.project import Project
from studio.engine.training.health import fidelity

if TYPE_CHECKING:
    from torch import Tensor

_BATCH = 32


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
    with torch.inference_mode():
        for start in range(0, len(originals), _BATCH):
            part = torch.from_numpy(originals[start : start + _BATCH])
            with model as family:
                redrawn = family.synthesize(family.encode(part))
            rebuilt.append(redrawn)
            noise.append(fidelity.psnr(redrawn, part))
            likeness.append(_ssim(redrawn, part))
    return Reconstruction(
        float(torch.cat(noise).mean()), float(torch.cat(likeness).mean()), len(originals),
        originals[:shown], torch.cat(rebuilt).numpy()[:shown],
    )  # fmt: skip


def compared(redrawn: Pixels, original: Pixels) -> tuple[float, float]:
    """PSNR in dB and SSIM of one picture, uint8 [h, w, c], by the same rule."""
    import torch

    have, want = (torch.from_numpy(each.copy())[None] for each in (redrawn, original))
    return float(fidelity.psnr(have, want)), float(_ssim(have, want))


def _ssim(redrawn: Tensor, originals: Tensor) -> Tensor:
    """Of each picture, [N], of uint8 NHWC."""
    import torch
    from torchmetrics.functional.image import structural_similarity_index_measure as ssim

    want, have = fidelity.seen(originals), fidelity.seen(redrawn)
    return torch.as_tensor(ssim(have, want, data_range=1.0, reduction="none"))

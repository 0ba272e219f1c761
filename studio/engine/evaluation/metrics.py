"""How well a model redraws pictures that it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.engine.artwork import Pixels
from studio.engine.evaluation.pairs import pictures_and_model
from studio.engine.project import Project
from studio.engine.training.health import fidelity

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
    from torchmetrics.functional.image import structural_similarity_index_measure as ssim

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
            want, have = fidelity.seen(part), fidelity.seen(redrawn)
            noise.append(fidelity.psnr(redrawn, part))
            likeness.append(torch.as_tensor(ssim(have, want, data_range=1.0, reduction="none")))
    return Reconstruction(
        float(torch.cat(noise).mean()), float(torch.cat(likeness).mean()), len(originals),
        originals[:shown], torch.cat(rebuilt).numpy()[:shown],
    )  # fmt: skip

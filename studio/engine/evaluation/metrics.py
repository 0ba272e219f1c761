"""How well a model redraws pictures that it never saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from studio.engine.evaluation.pairs import Pixels, pictures_and_model
from studio.engine.project import Project

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
    of each picture's own; SSIM as Wang et al. 2004 (window 11, sigma 1.5).
    """
    import torch
    from torchmetrics.functional.image import structural_similarity_index_measure as ssim

    prepared, model = pictures_and_model(project, run_name)
    if not model.latent.has_encoder or not len(prepared.held_out):
        return None
    originals = np.ascontiguousarray(prepared.images[prepared.held_out])
    whole = torch.from_numpy(originals)
    batches = [whole[start : start + _BATCH] for start in range(0, len(whole), _BATCH)]
    with torch.inference_mode():
        rebuilt = torch.cat([model.synthesize(model.encode(part)) for part in batches])
        want = whole.permute(0, 3, 1, 2).float() / 255.0
        have = rebuilt.permute(0, 3, 1, 2).float() / 255.0
        error = (want - have).square().mean(dim=(1, 2, 3)).clamp_min(1e-10)
        psnr = float((-10.0 * torch.log10(error)).mean())
        likeness = float(torch.as_tensor(ssim(have, want, data_range=1.0)))
    return Reconstruction(
        psnr, likeness, len(originals), originals[:shown], rebuilt.numpy()[:shown]
    )

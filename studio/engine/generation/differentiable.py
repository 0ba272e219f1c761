"""Pictures that gradients flow back through: what searches among latents stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from models.bending import Bends
    from studio.engine.training.record.loaded_models import LoadedModel


def drawn(
    model: LoadedModel, w: Tensor, noise_seed: int = 0, resolution: int | None = None,
    bends: Bends | None = None,
) -> Tensor:  # fmt: skip
    """As `Family.draw`, also where the thread draws without gradients otherwise.

    Takes one turn of the model: gradients are worked out after it, beside those who play it.
    """
    import torch

    with torch.inference_mode(False), torch.enable_grad(), model as family:
        if bends is None:  # a family without layers knows of none
            return family.draw(w, noise_seed, resolution)
        return family.draw(w, noise_seed, resolution, bends)

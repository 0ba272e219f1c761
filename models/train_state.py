"""What the training loop and a family share at every step."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.scaling import LossScaler


@dataclass
class TrainState:
    """What the loop tells a family at every step, and what both share.

    `generator` is the one source of randomness of the training step, on the training device.
    `autocast_dtype` is None for full precision. `labels` are the classes of the batch of this
    step, int64 [N] on the device in its order, None where the model has no classes; `captions`
    are theirs, where the facts of the family ask for them. `scaler`
    is there where gradients of half precision need one; families use it through
    `backward` and `advance`.
    """

    device: torch.device
    generator: torch.Generator
    images_seen: int = 0
    step: int = 0
    total_images: int = 1
    set_size: int = 1
    autocast_dtype: torch.dtype | None = None
    labels: Tensor | None = None
    captions: Sequence[str] | None = None
    scaler: LossScaler | None = None

    @property
    def done_fraction(self) -> float:
        """0 at the start of the run, 1 at its planned end."""
        return min(1.0, self.images_seen / max(1, self.total_images))

    @contextlib.contextmanager
    def autocast(self) -> Iterator[None]:
        """Mixed precision where the device has it, a no-op elsewhere."""
        if self.autocast_dtype is None:
            yield
        else:
            with torch.autocast(self.device.type, dtype=self.autocast_dtype):
                yield

    def backward(self, loss: Tensor) -> None:
        """Add the gradients of a scalar loss, scaled where half precision needs it."""
        if self.scaler is None:
            loss.backward()
        else:
            self.scaler.backward(loss)

    def advance(self, optimizer: torch.optim.Optimizer, clip: float | None = None) -> Tensor | None:
        """One step of an optimiser by the gradients that :meth:`backward` left.

        With `clip` their norm is limited to it, and returned as it was before.
        """
        found = None if self.scaler is None else self.scaler.unscale(optimizer)
        norm = None
        if clip is not None:
            weights = [weight for group in optimizer.param_groups for weight in group["params"]]
            norm = torch.nn.utils.clip_grad_norm_(weights, clip, foreach=True).detach()
        if self.scaler is None:
            optimizer.step()
        else:
            self.scaler.step(optimizer, found)
        return norm

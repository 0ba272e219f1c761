"""Loss scaling: what keeps the small gradients of float16 from becoming zero.

Micikevicius 2018 (arXiv:1710.03740), Sec. 3.2, with the scale found while training: halved
whenever a gradient overflows (that step is left out), doubled after many that did not.
All of its state is on the device, so that no step waits for it.
"""

from __future__ import annotations

import torch
from torch import Tensor

FIRST_SCALE = 2.0**15
LARGEST_SCALE = 2.0**24
GROWTH_STEPS = 2_000
"""Steps of optimisers in a row that have to go well before the scale is doubled."""


class LossScaler:
    """The scale of a run; one for all of its optimisers."""

    def __init__(self, device: torch.device) -> None:
        self.scale = torch.tensor(FIRST_SCALE, device=device)
        self.good = torch.zeros((), device=device)

    def backward(self, loss: Tensor) -> None:
        """Gradients of `loss`, times the scale."""
        (loss * self.scale).backward()

    @torch.no_grad()
    def unscale(self, optimizer: torch.optim.Optimizer) -> Tensor:
        """Divide the gradients by the scale; 1.0 where one of them is no number, else 0.0."""
        gradients = _gradients(optimizer)
        torch._foreach_mul_(gradients, 1 / self.scale)
        return broken(optimizer)

    @torch.no_grad()
    def step(self, optimizer: torch.optim.Optimizer, found: Tensor | None = None) -> None:
        """Let `optimizer` step unless a gradient overflowed; `found` is what `unscale` returned.

        Without it the gradients are unscaled here.
        """
        found = self.unscale(optimizer) if found is None else found
        if optimizer.defaults.get("fused"):
            # The names by which fused optimisers of torch take them.
            optimizer.__dict__["found_inf"] = found
            try:
                optimizer.step()
            finally:
                optimizer.__dict__.pop("found_inf", None)
        elif not bool(found):  # others can only be told by waiting for the device
            optimizer.step()
        self._adapt(found)

    def _adapt(self, found: Tensor) -> None:
        good = torch.where(found > 0, torch.zeros_like(self.good), self.good + 1)
        grown = good >= GROWTH_STEPS
        up = torch.where(grown, 2 * self.scale, self.scale).clamp_max(LARGEST_SCALE)
        self.scale = torch.where(found > 0, (self.scale / 2).clamp_min(1.0), up)
        self.good = torch.where(grown, torch.zeros_like(good), good)

    def state(self) -> dict[str, Tensor]:
        """Everything that a checkpoint has to hold."""
        return {"scale": self.scale, "good": self.good}

    def restore(self, state: dict[str, Tensor]) -> None:
        """The inverse of :meth:`state`."""
        self.scale = state["scale"].to(self.scale)
        self.good = state["good"].to(self.good)


def broken(optimizer: torch.optim.Optimizer) -> Tensor:
    """1.0 where a gradient of `optimizer` is infinite or not a number, else 0.0; a scalar."""
    gradients = _gradients(optimizer)
    worst = torch.stack(torch._foreach_norm(gradients, float("inf")))
    return (~worst.isfinite().all()).to(torch.float32)


def _gradients(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    groups = optimizer.param_groups
    return [w.grad for group in groups for w in group["params"] if w.grad is not None]

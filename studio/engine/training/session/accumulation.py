"""One step from several parts of a batch, for memory that holds only a part.

Whatever a family does in its step, its optimisers are asked to step at the same points for
every part. Each of those points gathers the mean gradient over the parts, and only the last
part lets the optimiser move. So a family needs to know nothing of it. Two networks that take
turns see each other as they were before the step for all parts but the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def step_in_parts(
    step: Callable[[Tensor], dict[str, Tensor]],
    optimizers: Iterable[torch.optim.Optimizer],
    parts: Sequence[Tensor],
) -> Iterator[dict[str, Tensor]]:
    """Run `step` on every part of a batch; yields what each reports.

    Has to be exhausted: the optimisers move during the last part alone.
    """
    total = sum(len(part) for part in parts)
    points = [_Points(optimizer) for optimizer in optimizers]
    try:
        for number, part in enumerate(parts, 1):
            for each in points:
                each.begin(len(part) / total, last=number == len(parts))
            yield step(part)
    finally:
        for each in points:
            each.release()


class _Points:
    """The moments at which one optimiser is asked to step, and the gradients gathered at each."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self._optimizer = optimizer
        self._real = optimizer.step
        self._share, self._last, self._next = 1.0, False, 0
        self._sums: list[dict[Tensor, Tensor]] = []
        optimizer.__dict__["step"] = self._take

    def begin(self, share: float, *, last: bool) -> None:
        """The next part, `share` of the whole batch."""
        self._share, self._last, self._next = share, last, 0

    def release(self) -> None:
        """The optimiser is its own again."""
        self._optimizer.__dict__.pop("step", None)
        self._sums.clear()

    def _take(self, *arguments: Any, **options: Any) -> Any:
        if self._next == len(self._sums):
            self._sums.append({})
        sums = self._sums[self._next]
        self._next += 1
        for group in self._optimizer.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                if weight in sums:
                    sums[weight].add_(weight.grad, alpha=self._share)
                else:
                    sums[weight] = weight.grad * self._share
        if not self._last:
            return None
        for weight, mean in sums.items():
            weight.grad = mean
        if "found_inf" in self._optimizer.__dict__:
            from models.scaling import broken

            # What the scaler found in the last part says nothing about the others.
            self._optimizer.__dict__["found_inf"] = broken(self._optimizer)
        return self._real(*arguments, **options)

"""Nested training state to safetensors and JSON, and back, without pickle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_TENSOR, _TUPLE, _PAIRS = "$tensor", "$tuple", "$pairs"


def flatten(value: object, prefix: str, tensors: dict[str, Tensor]) -> object:
    """`value` as JSON; its tensors go into `tensors` under names that begin with `prefix`."""
    import torch

    if isinstance(value, torch.Tensor):
        tensors[prefix] = value
        return {_TENSOR: prefix}
    if isinstance(value, Mapping):
        # JSON keys are texts; optimisers count their weights, so pairs keep the kind of key.
        return {_PAIRS: [[k, flatten(v, f"{prefix}.{k}", tensors)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        parts = [flatten(v, f"{prefix}.{i}", tensors) for i, v in enumerate(value)]
        return {_TUPLE: parts} if isinstance(value, tuple) else parts
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"{prefix} is a {type(value).__name__}, which cannot be saved")


def unflatten(value: Any, tensors: Mapping[str, Tensor]) -> Any:
    """The inverse of :func:`flatten`."""
    if isinstance(value, list):
        return [unflatten(part, tensors) for part in value]
    if not isinstance(value, dict):
        return value
    if _TENSOR in value:
        return tensors[value[_TENSOR]]
    if _TUPLE in value:
        return tuple(unflatten(part, tensors) for part in value[_TUPLE])
    return {key: unflatten(part, tensors) for key, part in value[_PAIRS]}


def save_optimizers(
    optimizers: Mapping[str, torch.optim.Optimizer], tensors: dict[str, Tensor]
) -> dict[str, object]:
    """The state of all optimisers as JSON, their tensors added to `tensors`."""
    return {
        name: flatten(optimizer.state_dict(), f"optimizer.{name}", tensors)
        for name, optimizer in optimizers.items()
    }


def load_optimizers(
    optimizers: Mapping[str, torch.optim.Optimizer],
    saved: Mapping[str, object],
    tensors: Mapping[str, Tensor],
) -> None:
    """Put the state back. Raises KeyError or ValueError when it belongs to other optimisers."""
    if set(optimizers) != set(saved):
        raise ValueError(f"saved for {sorted(saved)}, wanted for {sorted(optimizers)}")
    for name, optimizer in optimizers.items():
        state = unflatten(saved[name], tensors)
        weights = [weight for group in optimizer.param_groups for weight in group["params"]]
        for index, values in state["state"].items():
            for key, value in values.items():
                values[key] = _laid_out_like(value, weights[index])
        optimizer.load_state_dict(state)


def _laid_out_like(value: Any, weight: Tensor) -> Any:
    """Fused optimisers walk the memory of weight and moments in step: strides have to agree."""
    import torch

    if not isinstance(value, torch.Tensor) or value.shape != weight.shape or value.ndim == 0:
        return value
    return torch.empty_like(weight, dtype=value.dtype).copy_(value)


def portable(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Contiguous copies on the processor that share no memory, as safetensors wants them."""
    import torch

    return {
        name: tensor.detach().to("cpu").clone(memory_format=torch.contiguous_format)
        for name, tensor in tensors.items()
    }

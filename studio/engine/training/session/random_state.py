"""The state of every source of chance: Python, NumPy, torch on the processor and on the device."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def seed_all(seed: int) -> None:
    """Set every global source of chance."""
    import torch

    from models.draws import folded

    random.seed(seed)
    np.random.seed(folded(seed))
    torch.manual_seed(folded(seed))


def capture(device: torch.device) -> tuple[dict[str, object], dict[str, Tensor]]:
    """(JSON values, uint8 tensors) that :func:`restore` turns back into the same chance."""
    import torch

    name, keys, position, has_gauss, gauss = np.random.get_state(legacy=True)
    version, numbers, pending = random.getstate()
    plain: dict[str, object] = {
        "python": [version, list(numbers), pending],
        "numpy": [name, np.asarray(keys).tolist(), position, has_gauss, gauss],
    }
    tensors = {"torch": torch.get_rng_state()}
    if device.type != "cpu":
        tensors["device"] = _device_state(device)
    return plain, tensors


def restore(plain: dict[str, Any], tensors: dict[str, Tensor], device: torch.device) -> None:
    """Undo what happened to chance since :func:`capture`."""
    import torch

    version, numbers, pending = plain["python"]
    random.setstate((version, tuple(numbers), pending))
    name, keys, position, has_gauss, gauss = plain["numpy"]
    np.random.set_state((name, np.asarray(keys, np.uint32), position, has_gauss, gauss))
    torch.set_rng_state(tensors["torch"])
    if device.type != "cpu" and "device" in tensors:
        _set_device_state(device, tensors["device"])


@contextlib.contextmanager
def undisturbed(device: torch.device) -> Iterator[None]:
    """Whatever draws inside leaves no trace: samples and checkpoints must not change training."""
    plain, tensors = capture(device)
    try:
        yield
    finally:
        restore(plain, tensors, device)


def _device_state(device: torch.device) -> Tensor:
    import torch

    module = torch.get_device_module(device)
    state: Tensor = module.get_rng_state(*([] if device.type == "mps" else [device]))
    return state


def _set_device_state(device: torch.device, state: Tensor) -> None:
    import torch

    module = torch.get_device_module(device)
    if device.type == "mps":
        module.set_rng_state(state)
    else:
        module.set_rng_state(state, device)

"""Models in memory: each is there once a device, and lent to everybody who plays it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from studio.engine import devices
from studio.engine.training.record import checkpoint_model
from studio.engine.training.record.checkpoint import Saved

if TYPE_CHECKING:
    from models.base import Family


class LoadedModel:
    """The part of a checkpoint that generates. `with model as family` is one thread's turn."""

    def __init__(self, family: Family, device: str) -> None:
        self.family = family
        """Asked without a turn for what it says of itself (sizes, latent) only."""
        self.device = device
        self._turn = threading.RLock()

    def __enter__(self) -> Family:
        self._turn.acquire()
        return self.family

    def __exit__(self, *_: object) -> None:
        self._turn.release()


# A model leaves the memory with the last who holds it.
_lent: WeakValueDictionary[tuple[str, str], LoadedModel] = WeakValueDictionary()
_loading = threading.Lock()


def lend(saved: Saved, device: str = "auto") -> LoadedModel:
    """The model of a checkpoint on a device, loaded if nobody plays it; see `load_model`."""
    chosen = devices.choose(device).name
    key = str(saved.state["check"]), chosen
    with _loading:
        model = _lent.get(key)
        if model is None:
            family = checkpoint_model.load_model(saved, chosen, whole=False)
            model = _lent[key] = LoadedModel(family, chosen)
        return model

"""The names that files of models may mention, and what stands in for each: one table.

Nothing is imported or called by a name from a file. What is not here is refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from studio.engine.said import Said
from studio.engine.training.foreign.refusal import ForeignError
from studio.engine.training.foreign.values import KINDS, Storage, Thing, tensor_of

Arguments = tuple[object, ...]


class Nested(Protocol):
    """Reads what a tensor has inside of the stream: a stream of its own."""

    def __call__(self, data: bytes) -> object:
        """The value in it."""


@dataclass(frozen=True)
class StandIn:
    """What is made where `name` is called, of (arguments, reader of streams in the stream)."""

    name: str
    make: Callable[[Arguments, Nested], object]


def _mapping(given: Arguments, nested: Nested) -> dict[object, object]:
    if not given:
        return {}
    if isinstance(given[0], Mapping):
        return dict(given[0])
    pairs = given[0] if isinstance(given[0], list) else None
    if pairs is None or not all(isinstance(p, list | tuple) and len(p) == 2 for p in pairs):
        raise _damaged()
    return dict(pairs)


def _listed(given: Arguments, nested: Nested) -> list[object]:
    """A set; nothing that is taken is in one."""
    found = given[0] if given else []
    if not isinstance(found, list):
        raise _damaged()
    return list(found)


def _view(given: Arguments, nested: Nested) -> object:
    if len(given) < 4:
        raise _damaged()
    return tensor_of(*given[:4])


def _first(given: Arguments, nested: Nested) -> object:
    return given[0] if given else None


def _stream(given: Arguments, nested: Nested) -> object:
    if len(given) != 1 or not isinstance(given[0], bytes):
        raise _damaged()
    return nested(given[0])


def _encoded(given: Arguments, nested: Nested) -> bytes:
    """How older protocols write bytes."""
    if not given or not isinstance(given[0], str) or given[1:] not in ((), ("latin1",)):
        raise _damaged()
    return given[0].encode("latin1")


def _number(given: Arguments, nested: Nested) -> object:
    """A number of numpy: (its kind, its bytes)."""
    if len(given) != 2 or not isinstance(given[1], bytes):
        raise _damaged()
    kind = given[0].parts.get("kind") if isinstance(given[0], Thing) else None
    if not isinstance(kind, str) or kind not in _NUMBERS:
        raise ForeignError(Said("a number in it is of an unknown kind"))
    dtype = np.dtype(kind)
    if len(given[1]) != dtype.itemsize:
        raise _damaged()
    found = np.frombuffer(given[1], dtype)[0].item()
    return found if not isinstance(found, float) or math.isfinite(found) else None


def _persistent(given: Arguments, nested: Nested) -> Thing:
    """What NVIDIA's files are made of: its text of a program is not even kept."""
    meta = given[0] if len(given) == 1 else None
    state = meta.get("state") if isinstance(meta, dict) else None
    name = meta.get("class_name") if isinstance(meta, dict) else None
    if not isinstance(state, dict) or not isinstance(name, str):
        raise _damaged()
    return Thing(name, {str(key): part for key, part in state.items()})


def _thing(name: str) -> StandIn:
    return StandIn(name, lambda given, nested: Thing(name, {"kind": _first(given, nested)}))


def _damaged() -> ForeignError:
    return ForeignError(Said("it is damaged"))


_NUMBERS = {"f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"}
_KNOWN: dict[tuple[str, str], Callable[[Arguments, Nested], object]] = {
    ("collections", "OrderedDict"): _mapping,
    ("dnnlib.util", "EasyDict"): _mapping,
    ("builtins", "set"): _listed,
    ("__builtin__", "set"): _listed,
    ("torch._utils", "_rebuild_tensor"): _view,
    ("torch._utils", "_rebuild_tensor_v2"): _view,
    ("torch._utils", "_rebuild_parameter"): _first,
    ("torch._utils", "_rebuild_parameter_with_state"): _first,
    ("torch", "Size"): _first,
    ("torch.storage", "_load_from_bytes"): _stream,
    ("torch_utils.persistence", "_reconstruct_persistent_obj"): _persistent,
    ("numpy.core.multiarray", "scalar"): _number,
    ("numpy._core.multiarray", "scalar"): _number,
    ("_codecs", "encode"): _encoded,
}
_THINGS = {("numpy", "dtype"), ("torch", "device"), ("argparse", "Namespace")}
_STORAGES = {("torch", kind): kind for kind in KINDS} | {
    ("torch.storage", "UntypedStorage"): "UntypedStorage"
}
_FROM_TENSORFLOW = ("dnnlib.tflib.network", "Network")


def stand_in(module: str, name: str) -> StandIn | str:
    """What stands in for `module.name`: for a storage its kind. Raises :class:`ForeignError`."""
    place = (module, name)
    if place in _KNOWN:
        return StandIn(f"{module}.{name}", _KNOWN[place])
    if place in _THINGS:
        return _thing(f"{module}.{name}")
    if place in _STORAGES:
        return _STORAGES[place]
    if place == _FROM_TENSORFLOW:
        raise ForeignError(
            Said(
                "it was written by the TensorFlow edition of StyleGAN; convert it with NVIDIA's "
                "legacy.py of stylegan2-ada-pytorch first"
            )
        )
    raise ForeignError(
        Said("it asks for {name}, which no model needs", name=f"{module}.{name}"[:120])
    )


def stored(place: object) -> Storage:
    """The storage that a persistent id speaks of: ("storage", kind, key, place, count, …)."""
    if not isinstance(place, tuple) or len(place) not in (5, 6) or place[0] != "storage":
        raise _damaged()
    kind, count = place[1], place[4]
    if kind not in KINDS or type(count) is not int or not 0 <= count < 1 << 40:
        raise _damaged()
    if len(place) == 6 and place[5] is not None:
        raise ForeignError(Said("a tensor in it is part of another in a way that is not known"))
    return Storage(str(kind), count)

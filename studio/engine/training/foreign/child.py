"""The process that reads somebody else's file: `python -m studio.engine.training.foreign.child`.

Arguments: the file, an empty folder, bytes of memory, and how the names of wanted tensors begin.
It writes `tensors.safetensors` and `facts.json` there, or nothing, and says on one line of JSON
what is wrong. It imports no torch, so there is nothing in it that a stream could call.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from studio.engine.dataset.decoding.worker import limit_memory, private_output
from studio.engine.door import opened
from studio.engine.said import NOTHING, Said, plain
from studio.engine.training.foreign.container import contents
from studio.engine.training.foreign.refusal import ForeignError
from studio.engine.training.foreign.values import Tensor, Thing

TENSORS, FACTS = "tensors.safetensors", "facts.json"
MOST_BYTES = 8 << 30
"""Of tensors: ten times the largest model there is of these kinds."""
MOST_PARTS = 200_000
_DEEPEST = 32
_LONGEST = 200
_GROUPS = ("_parameters", "_buffers", "_modules")


def main(arguments: list[str]) -> int:
    """See the top of the file."""
    file, folder, memory, *wanted = arguments
    answers = private_output()
    limit_memory(int(memory))
    with contextlib.suppress(AttributeError, OSError):
        os.nice(5)
    wrong, detail = NOTHING, ""
    try:
        with opened(Path(file), links=True) as stream:
            write(contents(stream), Path(folder), wanted)
    except ForeignError as error:
        wrong, detail = error.said, error.detail
    except MemoryError:
        wrong = Said("reading it needs more memory than a model may")
    except Exception as error:  # noqa: BLE001  # hostile bytes may find what nobody thought of
        wrong, detail = Said("it is damaged ({reason})", reason=type(error).__name__), repr(error)
    answers.write(json.dumps({"wrong": plain(wrong), "detail": detail}).encode("ascii") + b"\n")
    answers.flush()
    return 0


def write(value: object, folder: Path, wanted: Sequence[str]) -> None:
    """The tensors whose names begin as one of `wanted`, and what there is beside them."""
    from safetensors.numpy import save_file

    found = Found(tuple(wanted))
    found.take("", value)
    save_file(found.arrays(), folder / TENSORS)
    facts = {"names": sorted(found.names), "settings": found.settings, "classes": found.classes}
    (folder / FACTS).write_text(json.dumps(facts), "utf-8")


class Found:
    """Tensors by name as a state dictionary has them, and the plain values of every module."""

    def __init__(self, wanted: tuple[str, ...]) -> None:
        self._wanted = wanted
        self._left, self._bytes = MOST_PARTS, 0
        self.tensors: dict[str, Tensor] = {}
        self.names: set[str] = set()
        """The first parts of names, of all that there is."""
        self.settings: dict[str, dict[str, object]] = {}
        self.classes: dict[str, str] = {}

    def take(self, name: str, value: object, depth: int = 0) -> None:
        """Go through `value`, which is called `name`."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise ForeignError(Said("it has more parts than any model"))
        if isinstance(value, Tensor):
            self._keep(name, value)
        elif isinstance(value, Thing):
            self._open(name, value, depth)
        elif isinstance(value, bytes):
            raise ForeignError(
                Said("it holds a file in itself where tensors are expected, and that is not opened")
            )
        elif isinstance(value, Mapping):
            self._settings(name, value)
            for key, part in value.items():
                inner = _joined(name, str(key))
                if not name:
                    self.names.add(str(key)[:_LONGEST])
                if self._is_on_the_way(inner):
                    self.take(inner, part, depth + 1)

    def _open(self, name: str, thing: Thing, depth: int) -> None:
        """A module: its weights, what it remembers, and the modules in it."""
        self.classes[name] = thing.name[:_LONGEST]
        self._settings(name, thing.parts)
        for group in _GROUPS:
            parts = thing.parts.get(group)
            for key, part in parts.items() if isinstance(parts, dict) else ():
                if part is not None:
                    self.take(_joined(name, str(key)), part, depth + 1)

    def _is_on_the_way(self, name: str) -> bool:
        return any(name.startswith(each) or each.startswith(f"{name}.") for each in self._wanted)

    def _keep(self, name: str, tensor: Tensor) -> None:
        if any(name.startswith(each) for each in self._wanted):
            self._bytes += tensor.count * 8
            if self._bytes > MOST_BYTES:
                raise ForeignError(Said("it has more numbers than any model"))
            self.tensors[name] = tensor

    def _settings(self, name: str, parts: Mapping[Any, object]) -> None:
        plain_ones = {str(key)[:_LONGEST]: part for key, part in _plain(parts)}
        if plain_ones:
            self.settings[name] = plain_ones

    def arrays(self) -> dict[str, np.ndarray]:
        """All tensors, as they lie in memory of their own."""
        return {name: np.array(tensor.array()) for name, tensor in self.tensors.items()}


def _plain(parts: Mapping[Any, object]) -> Iterator[tuple[object, object]]:
    for key, part in parts.items():
        short = isinstance(part, str) and len(part) <= _LONGEST
        small = isinstance(part, int) and abs(part) < 1 << 53
        if part is None or isinstance(part, float) or short or small:
            yield key, part


def _joined(name: str, key: str) -> str:
    joined = f"{name}.{key}" if name else key
    if len(joined) > _LONGEST:
        raise ForeignError(Said("a name in it is too long"))
    return joined


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

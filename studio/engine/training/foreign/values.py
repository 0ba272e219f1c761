"""What a file of a model holds, as far as it is taken: tensors, modules, plain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from studio.engine.said import Said
from studio.engine.training.foreign.refusal import ForeignError

MOST_DIMENSIONS = 8
_BF16 = np.dtype("<u2")
KINDS: dict[str, np.dtype] = {
    "DoubleStorage": np.dtype("<f8"), "FloatStorage": np.dtype("<f4"),
    "HalfStorage": np.dtype("<f2"), "BFloat16Storage": _BF16, "LongStorage": np.dtype("<i8"),
    "IntStorage": np.dtype("<i4"), "ShortStorage": np.dtype("<i2"),
    "CharStorage": np.dtype("i1"), "ByteStorage": np.dtype("u1"), "BoolStorage": np.dtype("?"),
    "UntypedStorage": np.dtype("u1"),
}  # fmt: skip
"""What the numbers of a storage are, by the name of its class."""


@dataclass
class Storage:
    """Numbers in a row; `data` are their bytes, which some files have only after their names."""

    kind: str
    count: int
    data: bytes | memoryview = b""

    def numbers(self) -> np.ndarray:
        """[count]; bfloat16 as float32."""
        dtype = KINDS[self.kind]
        if len(self.data) != self.count * dtype.itemsize:
            raise ForeignError(Said("a part of its numbers is missing"))
        found = np.frombuffer(self.data, dtype)
        if self.kind == "BFloat16Storage":
            found = (found.astype(np.uint32) << 16).view(np.float32)
        return found


@dataclass(frozen=True)
class Tensor:
    """A view of a storage, which may not have its bytes yet."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    def array(self) -> np.ndarray:
        """Its numbers; the bounds were checked when it was made."""
        numbers = self.storage.numbers()
        steps = [stride * numbers.itemsize for stride in self.strides]
        offset = self.offset * numbers.itemsize
        view = np.ndarray(self.shape, numbers.dtype, numbers.data, offset, steps)
        return np.ascontiguousarray(view).reshape(self.shape)


def tensor_of(storage: object, offset: object, shape: object, strides: object) -> Tensor:
    """A view that lies inside of its storage, no larger than that; refused otherwise."""
    if not isinstance(storage, Storage):
        raise ForeignError(Said("a tensor in it has no numbers"))
    sizes, steps = _whole(shape), _whole(strides)
    start = _whole([offset])[0]
    if len(sizes) != len(steps) or len(sizes) > MOST_DIMENSIONS:
        raise ForeignError(Said("the shape of a tensor in it is damaged"))
    wanted = math.prod(sizes)
    last = start + sum((size - 1) * step for size, step in zip(sizes, steps, strict=True))
    if wanted and (wanted > storage.count or last >= storage.count):
        raise ForeignError(
            Said(
                "a tensor in it claims {n} numbers where the file has {count}",
                n=wanted, count=storage.count,
            )
        )  # fmt: skip
    return Tensor(storage, start, sizes, steps)


def _whole(values: object) -> tuple[int, ...]:
    found = tuple(values) if isinstance(values, Sequence) else (None,)
    if not all(type(each) is int and 0 <= each < 1 << 62 for each in found):
        raise ForeignError(Said("the shape of a tensor in it is damaged"))
    return found


@dataclass
class Thing:
    """An object of a class that is known by name only: its parts, never its methods."""

    name: str
    parts: dict[str, object] = field(default_factory=dict)

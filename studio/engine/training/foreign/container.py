"""What streams lie in: a zip of torch, the files that it wrote before, or one stream alone."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from dataclasses import dataclass, field
from typing import IO

from studio.engine.said import Said
from studio.engine.training.foreign.refusal import ForeignError
from studio.engine.training.foreign.stand_ins import stored
from studio.engine.training.foreign.stream import Budget, Stream
from studio.engine.training.foreign.values import KINDS, Storage

_ZIP = b"PK\x03\x04"
_LEGACY = 0x1950A86A20F9469CFC6C
_DEEPEST = 1
"""Streams in a stream: a tensor is one in that of a model, and has none in itself."""


def contents(file: IO[bytes]) -> object:
    """The value in a file of any of these kinds. Raises :class:`ForeignError`."""
    start = file.read(len(_ZIP))
    file.seek(0)
    if start == _ZIP:
        return _in_zip(file)
    return _Streams(Budget()).read(file, 0)


class _Bounded:
    """A file that is never asked for more than it has, whatever a length in it says."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        here = file.tell()
        self._size = file.seek(0, os.SEEK_END)
        file.seek(here)

    def read(self, count: int = -1) -> bytes:
        left = max(0, self._size - self._file.tell())
        return self._file.read(left if count < 0 else min(count, left))

    def readline(self) -> bytes:
        return self._file.readline()

    def tell(self) -> int:
        return self._file.tell()


@dataclass
class _Streams:
    """The streams of one file, and those in them."""

    budget: Budget

    def read(self, file: IO[bytes], depth: int) -> object:
        """One stream, or the five parts of a file of torch before its zips."""
        bounded = _Bounded(file)
        storages = _Storages()

        def nested(data: bytes) -> object:
            if depth >= _DEEPEST:
                raise ForeignError(Said("a tensor in it holds a program's stream of its own"))
            return self.read(io.BytesIO(data), depth + 1)

        stream = Stream(storages.named, nested, self.budget)
        found = stream.read(bounded)  # type: ignore[arg-type]  # what genops asks of a file
        if found != _LEGACY:
            if storages.by_key:
                raise _damaged()
            return found
        _, _ = stream.read(bounded), stream.read(bounded)  # type: ignore[arg-type]
        found = stream.read(bounded)  # type: ignore[arg-type]
        storages.fill(stream.read(bounded), bounded)  # type: ignore[arg-type]
        return found


@dataclass
class _Storages:
    """Those that a stream named, by their keys."""

    by_key: dict[str, Storage] = field(default_factory=dict)

    def named(self, place: object) -> Storage:
        found = stored(place)
        key = place[2] if isinstance(place, tuple) else None
        if not isinstance(key, str):
            raise _damaged()
        known = self.by_key.setdefault(key, found)
        if (known.kind, known.count) != (found.kind, found.count):
            raise _damaged()
        return known

    def fill(self, keys: object, file: _Bounded) -> None:
        """Their numbers, one behind the other, each after how many there are."""
        if not isinstance(keys, list) or {*map(str, keys)} != self.by_key.keys():
            raise _damaged()
        for key in keys:
            storage, head = self.by_key[str(key)], file.read(8)
            if len(head) != 8 or struct.unpack("<q", head)[0] != storage.count:
                raise ForeignError(Said("it is damaged or cut off"))
            storage.data = file.read(storage.count * KINDS[storage.kind].itemsize)


def _in_zip(file: IO[bytes]) -> object:
    try:
        with zipfile.ZipFile(file) as archive:
            return _of_archive(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise ForeignError(Said("it is damaged or cut off"), repr(error)) from error


def _of_archive(archive: zipfile.ZipFile) -> object:
    """torch's: `NAME/data.pkl` and the numbers in `NAME/data/KEY`."""
    streams = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    if len(streams) != 1:
        raise ForeignError(Said("it is a zip of something else"))
    home = streams[0].removesuffix("data.pkl")
    if _order(archive, f"{home}byteorder") != b"little":
        raise ForeignError(Said("its numbers are in the byte order of another kind of machine"))
    storages = _Storages()

    def nested(data: bytes) -> object:
        raise ForeignError(Said("a tensor in it holds a program's stream of its own"))

    with archive.open(streams[0]) as stream:
        text = stream.read(_LONGEST_STREAM + 1)
    if len(text) > _LONGEST_STREAM:
        raise ForeignError(Said("it has more parts than any model"))
    found = Stream(storages.named, nested, Budget()).read(io.BytesIO(text))
    for key, storage in storages.by_key.items():
        storage.data = _numbers(archive, f"{home}data/{key}", storage)
    return found


def _order(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b"little"
    with archive.open(name) as part:
        return part.read(16)


def _numbers(archive: zipfile.ZipFile, name: str, storage: Storage) -> bytes:
    wanted = storage.count * KINDS[storage.kind].itemsize
    try:
        with archive.open(name) as part:
            return part.read(wanted)
    except KeyError as error:
        raise ForeignError(Said("a part of its numbers is missing")) from error


_LONGEST_STREAM = 256 << 20


def _damaged() -> ForeignError:
    return ForeignError(Said("it is damaged"))

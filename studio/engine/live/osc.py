"""Packets of Open Sound Control 1.0 (opensoundcontrol.org, 2002): read and written.

Read with care: a packet is whatever somebody on the network sent. What cannot be understood
raises :class:`PacketError`, never anything else.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from models.errors import SaidError

Argument = float | int | str | bool

LARGEST_PACKET = 32 << 10
"""Bytes. A bundle of 32 values takes less than two thousand."""
DEEPEST = 8
"""Bundles in bundles."""
_BUNDLE = b"#bundle\0"
_IMMEDIATELY = 1
_TO_1970 = 2_208_988_800
"""Seconds from 1900, where time stamps begin, to 1970."""
_FRACTION = 1 << 32
_FIXED = {"i": ">i", "f": ">f", "h": ">q", "d": ">d", "t": ">Q", "c": ">I", "r": ">I", "m": ">I"}
_PLAIN: dict[str, Argument] = {"T": True, "F": False, "I": True}


class PacketError(SaidError):
    """A packet that is no OSC."""


class Message(NamedTuple):
    """One message; `at` is when it is meant for, in seconds since 1970, or None for now."""

    address: str
    arguments: tuple[Argument, ...]
    at: float | None = None


def read_packet(data: bytes) -> list[Message]:
    """All messages of a packet, those of bundles in their order."""
    if len(data) > LARGEST_PACKET:
        raise PacketError(
            "A packet of {size} bytes was left out: at most {most} are read.",
            size=len(data), most=LARGEST_PACKET,
        )  # fmt: skip
    try:
        return list(_messages(data, None, 0))
    except (struct.error, ValueError) as error:
        raise PacketError("A packet of {size} bytes is no OSC.", size=len(data)) from error


def _messages(data: bytes, at: float | None, depth: int) -> Iterator[Message]:
    if not data.startswith(_BUNDLE):
        address, arguments = _read(data)
        if arguments is not None:
            yield Message(address, arguments, at)
        return
    if depth == DEEPEST:
        raise ValueError("too many bundles in each other")
    (stamp,) = struct.unpack_from(">Q", data, 8)
    at = None if stamp == _IMMEDIATELY else stamp / _FRACTION - _TO_1970
    place = 16
    while place < len(data):
        (size,) = struct.unpack_from(">i", data, place)
        place += 4
        if size <= 0 or size % 4 or place + size > len(data):
            raise ValueError(f"a part of {size} bytes in a bundle of {len(data)}")
        yield from _messages(data[place : place + size], at, depth + 1)
        place += size


def _read(data: bytes) -> tuple[str, tuple[Argument, ...] | None]:
    """Address and values; None where it carries nothing that can be played."""
    address, place = _text(data, 0)
    if not address.startswith("/"):
        raise ValueError("an address begins with /")
    if place >= len(data):
        return address, ()  # as old senders leave the types out
    tags, place = _text(data, place)
    if not tags.startswith(","):
        raise ValueError("the types of its values are missing")
    found: list[Argument] = []
    for tag in tags[1:]:
        if tag in _FIXED:
            kind = _FIXED[tag]
            (value,) = struct.unpack_from(kind, data, place)
            place += struct.calcsize(kind)
            found.append(value)
        elif tag in "sS":
            text, place = _text(data, place)
            found.append(text)
        elif tag == "b":  # nothing here is played by bytes
            (size,) = struct.unpack_from(">i", data, place)
            place += 4 + _padded(size)
            if size < 0 or place > len(data):
                raise ValueError(f"{size} bytes are said to follow")
        elif tag in _PLAIN:
            found.append(_PLAIN[tag])
        elif tag not in "N[]":
            raise ValueError(f"there is no type {tag!r}")
    return address, tuple(found) if found or tags == "," else None


def _text(data: bytes, start: int) -> tuple[str, int]:
    end = data.index(b"\0", start)
    return data[start:end].decode("utf-8"), start + _padded(end - start + 1)


def _padded(size: int) -> int:
    return (size + 3) & ~3


def write_message(address: str, arguments: Sequence[Argument]) -> bytes:
    """One message: int32 where a whole number fits, else int64; float32; texts; true and false."""
    tags, body = ",", b""
    for each in arguments:
        if isinstance(each, bool):
            tags += "T" if each else "F"
        elif isinstance(each, int):
            small = -(1 << 31) <= each < 1 << 31
            tags += "i" if small else "h"
            body += struct.pack(">i" if small else ">q", each)
        elif isinstance(each, float):
            tags += "f"
            body += struct.pack(">f", each)
        else:
            tags += "s"
            body += _packed(each)
    return _packed(address) + _packed(tags) + body


def write_bundle(messages: Iterable[bytes], at: float | None = None) -> bytes:
    """Messages that belong together, meant for `at` in seconds since 1970, or for now."""
    stamp = _IMMEDIATELY if at is None else math.floor((at + _TO_1970) * _FRACTION)
    parts = (struct.pack(">i", len(each)) + each for each in messages)
    return _BUNDLE + struct.pack(">Q", stamp) + b"".join(parts)


def _packed(text: str) -> bytes:
    raw = text.encode("utf-8") + b"\0"
    return raw.ljust(_padded(len(raw)), b"\0")

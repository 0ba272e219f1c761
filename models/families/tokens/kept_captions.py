"""Captions as a model keeps them: bytes of a fixed size, so that every checkpoint has room."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from models.parts.words import counted

ROOM = 1 << 17
"""Bytes."""
LONGEST = 300
"""Characters of a caption that are kept."""


def packed(captions: Sequence[str]) -> Tensor:
    """uint8 [ROOM]: different captions a line each, of too many an even choice."""
    lines = list(dict.fromkeys(" ".join(each.split())[:LONGEST] for each in captions))
    lines = [each for each in lines if each]
    whole = "\n".join(lines).encode()
    while len(whole) > ROOM:
        keep = max(1, int(len(lines) * ROOM / len(whole) * 0.95))
        lines = [lines[k * len(lines) // keep] for k in range(keep)]
        whole = "\n".join(lines).encode()
    return torch.frombuffer(bytearray(whole.ljust(ROOM, b"\0")), dtype=torch.uint8)


def unpacked(held: Tensor) -> tuple[str, ...]:
    """The captions again; bytes that are no text are passed over."""
    return _lines(held.cpu().numpy().tobytes())


def words_in(held: Tensor) -> dict[str, int]:
    """Their words, and how many captions have each, the most frequent first."""
    return _words(held.cpu().numpy().tobytes())


@lru_cache(4)
def _lines(held: bytes) -> tuple[str, ...]:
    text = held.rstrip(b"\0").decode("utf-8", "ignore")
    return tuple(line for line in text.split("\n") if line)


@lru_cache(4)
def _words(held: bytes) -> dict[str, int]:
    return counted(_lines(held))

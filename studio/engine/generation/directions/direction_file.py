"""Directions as a file: tensors, and words beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from studio.engine.door import ordinary
from studio.engine.errors import MALFORMED
from studio.engine.files import atomic_path
from studio.engine.generation.directions.direction import Direction
from studio.engine.said import Said, plain, spoken

_WORDS = "directions"
_MOST = 4096
_FACTS = ("sigma", "share", "evenly")


@dataclass(frozen=True)
class Entry:
    """A direction, and what else stands beside it: values that JSON can hold."""

    direction: Direction
    more: Mapping[str, Any] = field(default_factory=dict)


def write(path: Path, entries: Sequence[Entry]) -> None:
    """Durably; all directions are of one model."""
    from safetensors.numpy import save_file

    found = [each.direction for each in entries]
    tensors = {
        name: np.array([getattr(each, name) for each in found], np.float64) for name in _FACTS
    }
    if found:
        tensors["vectors"] = np.array([each.vector for each in found], np.float32)
    words = [
        {**each.more, "kind": each.direction.kind, "title": plain(each.direction.title),
         "note": plain(each.direction.note)}
        for each in entries
    ]  # fmt: skip
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, {_WORDS: json.dumps(words, ensure_ascii=False)})


def read(path: Path, shape: tuple[int, int] | None = None) -> list[Entry] | None:
    """What was written, for latents of `shape` [slots, dim] where that is given; None where it is
    not there, damaged, or of others.

    The file may be somebody else's: what is no direction of this model is not believed.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(ordinary(path), "np") as stored:
            words = spoken(json.loads((stored.metadata() or {})[_WORDS]))
            if not words:
                return []
            vectors = stored.get_tensor("vectors")
            facts = [stored.get_tensor(name) for name in _FACTS]
        fits = vectors.shape == (len(words), *(shape or vectors.shape[1:])) and vectors.ndim == 3
        fits = fits and vectors.dtype == np.float32 and len(words) <= _MOST
        if not fits or any(each.shape != (len(words),) for each in facts):
            return None
        if not all(np.isfinite(each).all() for each in (vectors, *facts)):
            return None
        return [_entry(*each) for each in zip(words, vectors, *facts, strict=True)]
    except (OSError, SafetensorError, *MALFORMED):
        return None


def _entry(
    words: Mapping[str, Any], vector: np.ndarray, sigma: float, share: float, evenly: float
) -> Entry:
    return Entry(
        Direction(
            str(words["kind"]), vector, float(sigma), float(share),
            Said.of(words["title"]), Said.of(words["note"]), float(evenly),
        ),
        words,
    )  # fmt: skip

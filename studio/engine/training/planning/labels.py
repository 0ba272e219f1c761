"""Whether a run learns its pictures by label, and which label each of them has."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.errors import UsageError
from studio.engine.said import Said

if TYPE_CHECKING:
    from studio.engine.training.record.recipe import Recipe

FEWEST_EACH = 20
"""Pictures for each label, on average, from which labels are used without being asked for.

With fewer an adversarial pair that is told the class collapses where one that is not does
well (Shahbazi 2022, arXiv:2201.06578).
"""
MOST = 200
"""Labels that are used without being asked for; more are rather names than kinds."""
RARE = 10


@dataclass(frozen=True)
class Labelling:
    """`names` of the classes in the order of their numbers, empty for a run without; and notes."""

    names: list[str] = field(default_factory=list)
    notes: list[Said] = field(default_factory=list)


def settle(prepared: Prepared, dataset: str, wanted: bool | None) -> Labelling:
    """The classes of a new run: all labels that its training pictures have.

    `wanted` None decides by how many pictures there are of each. Raises :class:`UsageError`
    where labels are wanted and there are not two.
    """
    if wanted is False:
        return Labelling()
    counts = np.bincount(prepared.labels[prepared.train], minlength=len(prepared.classes))
    found = {name: int(n) for name, n in zip(prepared.classes, counts, strict=False) if n}
    if len(found) < 2:
        if wanted:
            raise UsageError(
                "The pictures of {dataset!r} have fewer than two labels: label them "
                "first, or train without labels.",
                dataset=dataset,
            )
        return Labelling()
    pictures = sum(found.values())
    if wanted is None and (pictures < FEWEST_EACH * len(found) or len(found) > MOST):
        return Labelling(
            notes=[
                Said(
                    "The labels are left out: {n} of them are too many for {pictures} pictures.",
                    n=len(found),
                    pictures=pictures,
                )
            ]
        )
    return Labelling(list(found), _notes(found))


def _notes(found: dict[str, int]) -> list[Said]:
    notes = []
    if unnamed := found.get("", 0):
        notes.append(
            Said("Pictures without a label count as a label of their own: {n}.", n=unnamed)
        )
    rare = [name for name, count in found.items() if name and count < RARE]
    if rare:
        shown = ", ".join(repr(name) for name in rare[:5]) + (" …" if len(rare) > 5 else "")
        notes.append(
            Said(
                "There are fewer than {n} pictures of {labels}: what is made of such a label will "
                "look much like them.",
                n=RARE,
                labels=shown,
            )
        )
    return notes


def of_training(prepared: Prepared, names: Sequence[str]) -> np.ndarray | None:
    """The class of every training picture, int64 in the order of `train`; None without classes.

    Raises KeyError for a label that is none of `names`.
    """
    if not names:
        return None
    numbers = {name: number for number, name in enumerate(names)}
    rows = prepared.labels[prepared.train]
    if not prepared.classes:
        raise KeyError("the pictures have no labels any more")
    used: np.ndarray = np.array([numbers.get(n, -1) for n in prepared.classes], np.int64)[rows]
    if (used < 0).any():
        raise KeyError("there are new labels")
    return used


def fingerprint(prepared: Prepared, names: Sequence[str]) -> str:
    """SHA-256 over the classes and the class of every training picture; empty without classes."""
    labels = of_training(prepared, names)
    if labels is None:
        return ""
    return hashlib.sha256(json.dumps([list(names), labels.tolist()]).encode()).hexdigest()


def unchanged(prepared: Prepared, recipe: Recipe) -> bool:
    """Whether every training picture still has the label that the run began with."""
    try:
        return fingerprint(prepared, recipe.labels) == recipe.labels_sha256
    except KeyError:
        return False

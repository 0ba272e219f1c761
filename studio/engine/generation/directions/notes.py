"""What a run keeps of directions: those the artist named, pinned or made, with their vectors.

A name belongs to a way of changing pictures, not to a place in a list that is made anew for every
checkpoint: it is kept with the vector it was given to, and goes to what is most like it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.engine.door import read_text
from studio.engine.errors import MALFORMED, StudioError
from studio.engine.generation import zones
from studio.engine.generation.directions import direction_file
from studio.engine.generation.directions.direction import KEY, Direction, Known
from studio.engine.generation.directions.direction_file import Entry
from studio.engine.generation.directions.note import (
    FARTHEST_REACH,
    LONGEST_NAME,
    NO_NOTE,
    REACH,
    Note,
)
from studio.engine.training.record.recipe import Recipe

if TYPE_CHECKING:
    from models.facts import LatentSpec
    from studio.engine.generation.player import Player

FILE = "directions.safetensors"
"""In the folder of a run."""
FIRST_FILE = "directions.json"
"""Names by number, as versions until 0.2 kept them."""
ALIKE = 0.6
"""Cosine from which a direction of another checkpoint is taken for the same one. Between
checkpoints of one run those of the same effect keep 0.78 and more, others below 0.46."""
_GENERATIONS = 64


@dataclass(frozen=True)
class Kept:
    """A direction that a run keeps."""

    direction: Direction
    note: Note = NO_NOTE


def read(folder: Path, player: Player) -> list[Kept]:
    """In the artist's order. A run that keeps none has those of the run that it began with.

    A damaged file is the same as none, and so is what is kept of another kind of latent.
    """
    latent = player.latent
    shape = (latent.slots, latent.dim)
    for each in _lineage(folder):
        entries = direction_file.read(each / FILE, shape)
        if entries is not None:
            return [Kept(entry.direction, _note(entry.more, latent)) for entry in entries]
        if first := _first(each, player):
            return first
        if (each / FILE).exists():
            break
    return []


def write(folder: Path, state: Sequence[tuple[str, Note]], known: Known) -> None:
    """Keep the directions of these identities, in this order, as the artist speaks of them.

    Durably; the file replaces that of earlier versions. `known` are those of the open model;
    others are taken from the file.
    """
    stored = direction_file.read(folder / FILE) or []
    found = {each.direction.key: each.direction for each in stored}
    found |= {each.key: each for each in known.all()}
    kept = [Entry(found[key], asdict(note)) for key, note in state if key in found]
    direction_file.write(folder / FILE, kept)


def matched(found: Sequence[Direction], kept: Sequence[Kept]) -> dict[str, int]:
    """For the identity of a direction that was found the place of the kept one that it is.

    The pairs most alike come first, and each takes part in one; a sign does not matter.
    """
    pairs = [
        (abs(one.cosine(other.direction)), one.key, place)
        for one in found
        for place, other in enumerate(kept)
        if one.kind == other.direction.kind
    ]
    made: dict[str, int] = {}
    for likeness, key, place in sorted(pairs, key=lambda pair: -pair[0]):
        if likeness >= ALIKE and key not in made and place not in made.values():
            made[key] = place
    return made


def from_same_end(one: Direction, other: Direction) -> Direction:
    """`one`, turned where it points against `other`."""
    return one.turned() if one.cosine(other) < 0 else one


def _lineage(folder: Path) -> list[Path]:
    """The run and those that it descends from, the nearest first."""
    found = [folder]
    while len(found) < _GENERATIONS:
        try:
            before = Recipe.load(found[-1]).start_from
        except StudioError:
            break
        parent = folder.parent / before
        if not before or parent.parent != folder.parent or parent in found:
            break
        found.append(parent)
    return found


def _note(more: Any, latent: LatentSpec) -> Note:
    zone = str(more.get("zone", zones.EVERYWHERE))
    try:
        zones.slots_of(zone, latent)
    except StudioError:
        zone = zones.EVERYWHERE
    low, high = (_limit(more.get(name), sign) for name, sign in (("low", -1.0), ("high", 1.0)))
    linked = str(more.get("linked", ""))
    return Note(
        str(more.get("name", ""))[:LONGEST_NAME], bool(more.get("pinned")), zone, low, high,
        linked if re.fullmatch(KEY, linked) else "", str(more.get("group", ""))[:LONGEST_NAME],
    )  # fmt: skip


def _limit(value: object, sign: float) -> float:
    """How far a slider goes to one side, of a file that may say anything."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return sign * REACH
    return float(value) if 0 <= sign * value <= FARTHEST_REACH else sign * REACH


def _first(folder: Path, player: Player) -> list[Kept]:
    """Names by number, which are those of the components that are found now."""
    try:
        stored = json.loads(read_text(folder / FIRST_FILE))
        names = {int(number): str(name) for number, name in stored.get("names", {}).items()}
        pinned = {int(number) for number in stored.get("pinned", [])}
    except (OSError, *MALFORMED):
        return []
    made = []
    for number in sorted({*names, *pinned}):
        found = player.directions.one(number) if number >= 0 else None
        if found is not None:
            note = Note(names.get(number, "")[:LONGEST_NAME], number in pinned)
            made.append(Kept(found, note))
    return made

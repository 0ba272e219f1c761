"""What directions there are of a run: those found in its model, and those that it keeps.

A search is made once for each checkpoint: its result lies in the cache of the project, so that
the second time it is there at once, bit for bit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.door import inside
from studio.engine.errors import StudioError, UsageError
from studio.engine.generation.directions import direction_file, notes
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.kind import Kind, Search, kinds
from studio.engine.generation.directions.note import LONGEST_NAME, NO_NOTE, Note
from studio.engine.generation.directions.step_lengths import evened
from studio.engine.project import INDEX

if TYPE_CHECKING:
    from studio.engine.generation.player import Player

COUNTED = "pca"
"""The kind whose directions a recipe may call by number."""


@dataclass(frozen=True)
class Listed:
    """A direction in the list of a run. `number` is its place in its kind from 1 on, 0 for one
    that is kept though the model of today has none like it."""

    direction: Direction
    number: int = 0
    note: Note = NO_NOTE
    is_kept: bool = False
    """Whether the run keeps it, with a note or without."""


def find(player: Player, kind: Kind, search: Search = Search()) -> list[Direction]:  # noqa: B008  # frozen
    """The directions of a kind, from the cache where they are in it; `player` knows them then.

    Raises :class:`UsageError` where the model has none of this kind, and :class:`StudioError`
    when it was stopped.
    """
    player.need(kind.ability)
    shape = (player.latent.slots, player.latent.dim)
    path = _cache_path(player, kind, search)
    stored = direction_file.read(path, shape) if path else None
    if stored is None:
        found = evened(player, kind.find(player, search), search)
        if path is not None:
            _write(path, found)
    else:
        found = [each.direction for each in stored]
    if kind.name == COUNTED:
        player.directions.number(found)
    player.directions.add(found)
    return found


def listed(
    player: Player, folder: Path, chosen: Sequence[Kind], search: Search = Search()  # noqa: B008  # frozen
) -> list[Listed]:  # fmt: skip
    """All directions of these kinds and all that the run in `folder` keeps: kept ones first, in
    the artist's order, then the others as they were found.

    A name goes to the direction that is most like the one that it was given to, which is then
    looked at from the same end (:func:`notes.matched`).
    """
    found = {kind.name: find(player, kind, search) if kind.found else [] for kind in chosen}
    kept = notes.read(folder, player)
    player.directions.add(each.direction for each in kept)
    met = notes.matched([each for some in found.values() for each in some], kept)
    lines: list[tuple[int, Listed]] = []
    renamed: dict[str, str] = {}
    for some in found.values():
        for number, each in enumerate(some, 1):
            place = met.get(each.key)
            if place is None:
                lines.append((len(kept), Listed(each, number)))
            else:
                one = notes.from_same_end(each, kept[place].direction)
                renamed[kept[place].direction.key] = one.key
                lines.append((place, Listed(one, number, kept[place].note, True)))
    alone = set(range(len(kept))) - set(met.values())
    lines += [(place, Listed(kept[place].direction, 0, kept[place].note, True)) for place in alone]
    made = [_relinked(line, renamed) for _, line in sorted(lines, key=lambda each: each[0])]
    player.directions.add(each.direction for each in made)
    return made


def _relinked(line: Listed, renamed: Mapping[str, str]) -> Listed:
    """Linked with what the other one has become."""
    other = renamed.get(line.note.linked)
    return replace(line, note=replace(line.note, linked=other)) if other else line


def keep(player: Player, folder: Path, made: Direction, name: str = "") -> None:
    """Let the run in `folder` keep a direction that was made, after those that it keeps.

    Without a name it is called by the next number that is free.
    """
    kept = notes.read(folder, player)
    taken = {each.note.name for each in kept}
    free = next(n for n in range(1, len(kept) + 2) if f"Picked {n}" not in taken)
    player.directions.add([made, *(each.direction for each in kept)])
    state = [(each.direction.key, each.note) for each in kept if each.direction.key != made.key]
    note = Note((name or f"Picked {free}")[:LONGEST_NAME], pinned=True)
    notes.write(folder, [*state, (made.key, note)], player.directions)


def held(player: Player, lines: Sequence[Listed], in_use: Collection[str]) -> list[Listed]:
    """The list with what a recipe uses now, by identity, though the model of today has it no more.

    It stands for the one that is most like it, so that a picture does not change because a newer
    checkpoint was opened, or else at the end.
    """
    made = list(lines)
    for key in in_use:
        one = player.directions.one(key)
        if one is None or any(line.direction.key == key for line in made):
            continue
        same = (n for n, line in enumerate(made) if line.direction.kind == one.kind)
        free = [n for n in same if made[n].direction.key not in in_use]
        cosines = {n: abs(one.cosine(made[n].direction)) for n in free}
        place = max(cosines, key=lambda n: cosines[n], default=-1)
        if place >= 0 and cosines[place] >= notes.ALIKE:
            made[place] = replace(made[place], direction=one)
        else:
            made.append(Listed(one))
    return made


def resolved(
    player: Player, folder: Path, text: str, search: Search = Search()  # noqa: B008  # frozen
) -> Listed:  # fmt: skip
    """The direction that `text` means: the artist's name, an identity or its beginning, a title,
    or `kind:number`; :class:`UsageError` naming those there are."""
    prefix = text.partition(":" if ":" in text else "-")[0]
    wanted = [prefix] if prefix in kinds() else [COUNTED]
    whole = listed(player, folder, [kinds()[name]() for name in wanted], search)
    lines = [each for each in whole if text in _names(each)]
    lines = lines or [each for each in whole if len(text) > 5 and _starts(each, text)]
    if len(lines) == 1:
        return lines[0]
    if len(lines) > 1:
        keys = ", ".join(each.direction.key for each in lines)
        raise UsageError("{name!r} is more than one direction: say which of {known}.",
                         name=text, known=keys)  # fmt: skip
    if (one := player.directions.one(text)) is not None:
        return Listed(one)  # kept as it was, though the list has what it has become
    known = ", ".join(_names(each)[0] for each in whole[:20])
    raise UsageError(
        "There is no direction {name!r}. Known: {known}; `directions` lists all kinds.",
        name=text, known=known,
    )  # fmt: skip


def _names(line: Listed) -> list[str]:
    own = [line.note.name] if line.note.name else []
    counted = [f"{line.direction.kind}:{line.number}"] if line.number else []
    title = [str(line.direction.title)] if line.direction.title else []
    return [*own, *title, *counted, line.direction.key]


def _starts(line: Listed, text: str) -> bool:
    return line.direction.key.startswith(text)


def _cache_path(player: Player, kind: Kind, search: Search) -> Path | None:
    """In the cache of the project whose run the checkpoint belongs to, if it belongs to one."""
    parents = player.folder.absolute().parents
    if len(parents) < 4 or not (parents[3] / INDEX).is_file():
        return None
    parts = player.sha256[:32], kind.name, kind.settings, kind.depends(player, search)
    name = "-".join(part for part in parts if part)
    return inside(parents[3], "cache", "directions", f"{name}-{kind.edition}.safetensors")


def _write(path: Path, found: Sequence[Direction]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        direction_file.write(path, [direction_file.Entry(each) for each in found])
    except (OSError, StudioError):
        pass  # a cache on a read-only place is a cache we do without

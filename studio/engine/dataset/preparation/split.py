"""Which pictures are kept from training: decided by content, the same for ever.

A picture is held out when the hash of its content does not exceed the cut of its dataset.
The cut is chosen once, from the first ten or more pictures, and then kept: pictures that are
added, left out or renamed never move another picture to the other side.

Pictures that are nearly the same go to the side of the one that came first. A cut that was chosen
before there was this rule goes on for the runs that began with it; `NEAR` stands before a cut
for which it makes a difference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from studio.engine.dataset.index import listed_rows
from studio.engine.dataset.index.settings import SPLIT, Division
from studio.engine.errors import UsageError
from studio.engine.project import Project

FEWEST = 10
MOST_SHARE = 0.5
NEAR = "near "
_DIGITS = 16


@dataclass(frozen=True)
class Split:
    """How the pictures that train are divided now. `cut` is None while there are too few."""

    cut: str | None
    train: int
    held_out: int
    item_ids: list[int]
    """Those held out, ascending."""


def place(content: str) -> str:
    """Where a picture stands in the order that the cut divides: 16 hex digits."""
    return hashlib.sha256(content.encode()).hexdigest()[:_DIGITS]


def _places(contents: Sequence[str]) -> np.ndarray:
    """:func:`place` of every picture, as ASCII: bytes compare and sort as such texts do.

    Arrays, because sorting a list of 100,000 texts would hold up every other thread meanwhile.
    """
    digests = (hashlib.sha256(content.encode()).digest() for content in contents)
    digits = b"".join(digest[: _DIGITS // 2] for digest in digests).hex()
    return np.frombuffer(digits.encode(), f"S{_DIGITS}")


def kin(project: Project, dataset_id: int) -> dict[str, str]:
    """By the content of a picture that is nearly the same as others, the content of the first.

    Also of those that do not train: leaving one out moves no other.
    """
    groups: dict[int, list[tuple[int, str]]] = {}
    for row in project.query(
        "SELECT item.id, item.sha256, best.id AS of_id, best.sha256 AS of_sha FROM finding "
        "JOIN item ON item.id = item_id JOIN item AS best ON best.id = json_extract(data, '$.of') "
        "WHERE item.dataset_id = ? AND kind = 'near_duplicate'",
        (dataset_id,),
    ):
        group = groups.setdefault(row["of_id"], [(row["of_id"], row["of_sha"])])
        group.append((row["id"], row["sha256"]))
    return {content: min(group)[1] for group in groups.values() for _, content in group}


def grouped(contents: Sequence[str], cut: str | None, kin: Mapping[str, str]) -> list[str]:
    """`contents` as `cut` divides them: with those of the first of their kin, or as they are."""
    near = cut is not None and cut.startswith(NEAR)
    return [kin.get(content, content) if near else content for content in contents]


def held_out(contents: Sequence[str], cut: str | None) -> list[int]:
    """Rows of `contents` (hashes of pictures) that are kept from training, ascending.

    None of fewer than ten: every one is needed to train on. Nor ever all of them.
    """
    if cut is None:
        return held_out_rows(contents)
    if len(contents) < FEWEST:
        return []
    last = cut.removeprefix(NEAR).encode()
    rows: list[int] = np.flatnonzero(_places(contents) <= last).tolist()
    return rows if len(rows) < len(contents) else []


def choose(contents: Sequence[str], share: float | None = None) -> str | None:
    """A cut that holds out about `share` of `contents`, at least one picture.

    Without a share, as many as :func:`held_out_rows`. An empty cut holds out nothing; None
    where the pictures are too few, or so many copies of one that no cut divides them well.
    """
    if share == 0:
        return ""
    if len(contents) < FEWEST:
        return None
    wanted = _wanted(len(contents)) if share is None else max(1, round(share * len(contents)))
    positions, copies = np.unique(_places(contents), return_counts=True)
    counts = np.cumsum(copies)
    last = max(0, int(np.searchsorted(counts, wanted, side="right")) - 1)
    return None if 2 * counts[last] > len(contents) else positions[last].decode()


def settle(project: Project, dataset_id: int, contents: Sequence[str]) -> str | None:
    """The cut of a dataset, chosen from `contents` and kept where there is none yet."""
    stored, near = SPLIT.read(project, dataset_id), kin(project, dataset_id)
    cut = _in_force(stored["cut"] if stored else None, contents, near)
    if cut is None or (stored and stored["cut"] == cut):
        return cut
    if project.read_only_reason:
        return stored["cut"] if stored else None
    with project.transaction() as connection:
        stored = SPLIT.read(project, dataset_id)
        earlier = _without(stored, cut) if stored else []
        SPLIT.write(connection, dataset_id, Division(cut=cut, earlier=earlier))
    return cut


def _in_force(cut: str | None, contents: Sequence[str], near: Mapping[str, str]) -> str | None:
    """The cut of the next run: the one there is, or one chosen now, that parts no near copies."""
    if cut is None:
        cut = choose([near.get(content, content) for content in contents])
    return cut if cut is None else _whole(cut, contents, near)


def _whole(cut: str, contents: Sequence[str], near: Mapping[str, str]) -> str:
    """`cut`, marked where it would otherwise divide pictures that are nearly the same."""
    if cut.startswith(NEAR):
        return cut
    whole = grouped(contents, NEAR + cut, near)
    return cut if held_out(contents, cut) == held_out(whole, cut) else NEAR + cut


def known_cuts(project: Project, dataset_id: int) -> list[str | None]:
    """Every rule that divided this dataset, newest first; None is that of the first version."""
    stored = SPLIT.read(project, dataset_id)
    return [stored["cut"], *reversed(stored["earlier"]), None] if stored else [None]


def read(project: Project, dataset_id: int) -> Split:
    """The division in force, or the one that the first training run would choose."""
    hashes = listed_rows.chosen_hashes(project, dataset_id)
    numbers, contents = list(hashes), list(hashes.values())
    near, cut = kin(project, dataset_id), known_cuts(project, dataset_id)[0]
    used = _in_force(cut, contents, near)
    rows = held_out(grouped(contents, used, near), used)
    ids = [numbers[row] for row in rows]
    return Split(cut and used, len(numbers) - len(ids), len(ids), ids)


def change(project: Project, dataset_id: int, share: float) -> Split:
    """Divide anew, so that about `share` of the pictures is held out from now on.

    Runs that exist keep the division they began with. Raises :class:`UsageError`.
    """
    cut = cut_for(project, dataset_id, share)
    with project.transaction() as connection:
        stored = SPLIT.read(project, dataset_id)
        earlier = _without(stored, cut) if stored else []
        SPLIT.write(connection, dataset_id, Division(cut=cut, earlier=earlier))
    return read(project, dataset_id)


def cut_for(project: Project, dataset_id: int, share: float) -> str:
    """The cut that :func:`change` would choose; raises :class:`UsageError` where there is none."""
    if not 0 <= share <= MOST_SHARE:
        raise UsageError(
            "The held-out share is 0 to {high:g}, not {share:g}.", high=MOST_SHARE, share=share
        )
    contents = list(listed_rows.chosen_hashes(project, dataset_id).values())
    near = kin(project, dataset_id)
    cut = choose([near.get(content, content) for content in contents], share)
    if cut is None:
        raise UsageError(
            "{n} pictures cannot be divided so: import at least {n_few} that are not "
            "copies of each other, or hold out nothing with 0.",
            n=len(contents),
            n_few=FEWEST,
        )
    return _whole(cut, contents, near)


def put_back(project: Project, dataset_id: int, cut: str | None) -> Split:
    """Divide again as an earlier :class:`Split` did; None is what the first run would choose.

    Runs that began with the division that is given up can still go on with it.
    """
    contents = list(listed_rows.chosen_hashes(project, dataset_id).values())
    wanted = _in_force(None, contents, kin(project, dataset_id)) if cut is None else cut
    with project.transaction() as connection:
        stored = SPLIT.read(project, dataset_id)
        if stored:
            kept = (
                Division(cut=wanted, earlier=_without(stored, wanted))
                if wanted is not None
                else None
            )
            SPLIT.write(connection, dataset_id, kept)
    return read(project, dataset_id)


def _without(stored: Division, cut: str) -> list[str]:
    """All cuts there were but this one, oldest first."""
    return [each for each in (*stored["earlier"], stored["cut"]) if each != cut]


def _wanted(total: int) -> int:
    return max(1, round(max(0.05 * total, min(50.0, 0.1 * total))))


def held_out_rows(contents: Sequence[str]) -> list[int]:
    """The rule of the first version, which runs from then go on with: rows, ascending.

    5 % of the pictures, but at least the smaller of 50 and 10 %; at least one from ten
    pictures on, none below. `contents` are hashes: the choice hardly changes when
    pictures are added, and copies of one picture stay on one side where that is possible.
    """
    total = len(contents)
    if total < FEWEST:
        return []
    wanted = _wanted(total)
    groups: dict[str, list[int]] = {}
    for row, content in enumerate(contents):
        groups.setdefault(content, []).append(row)
    order = sorted(groups, key=lambda content: hashlib.sha256(content.encode()).digest())
    chosen: list[int] = []
    for content in order:
        if len(chosen) + len(groups[content]) <= wanted:
            chosen += groups[content]
    if not chosen:  # nothing but copies: a split through them is better than none
        chosen = groups[order[0]][:wanted]
    return sorted(chosen)

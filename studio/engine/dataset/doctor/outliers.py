"""Pictures that do not belong: how far each is from its nearest neighbours in feature space.

The mean distance to the nearest neighbours (Angiulli and Pizzuti 2002, Fast Outlier Detection in
High Dimensional Spaces) is set against that of the pictures around, as in the local outlier
factor (Breunig et al. 2000): what is usual among scattered pictures is far beside a dense group.
The root of the distance itself stays in the measure, or every dense group would have a
fringe. The logarithm is judged by median and median absolute deviation, the modified z-score of
Iglewicz and Hoaglin 1993, which the outliers themselves cannot move.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from studio.engine.dataset.doctor import thresholds
from studio.engine.dataset.doctor.embedding import Embedded, EmbeddingCancelled, embed
from studio.engine.dataset.index import store
from studio.engine.dataset.index.store import Finding
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.project import Project

KIND = "outlier"
FEWEST = 20
"""With fewer pictures nothing is usual yet."""
NEIGHBOURS, AROUND = 10, 50
"""To so many the distance is measured, and with so many it is compared."""
_REFERENCES = 8192
_BLOCK = 1024
# Of a normal distribution the median absolute deviation is this part of the standard deviation.
_MAD = 0.6745


@dataclass(frozen=True)
class Outliers:
    """What a search found. `scores` by item id, in robust deviations; large is far away."""

    scores: dict[int, float]
    added: list[Finding]
    count: int
    """Findings now."""


def find(
    project: Project,
    dataset_id: int,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outliers:
    """Score every usable picture and make findings of those beyond the threshold `outlier`.

    Only pictures that are new since the last search are decoded. Raises
    :class:`StudioError` when there are too few pictures or the project is read-only, and
    :class:`EmbeddingCancelled`; then no score has changed.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    items = [item for item in store.items(project, dataset_id) if item.usable and item.sha256]
    distinct = len({item.sha256 for item in items})
    if distinct < FEWEST:
        raise StudioError(
            "Outliers need at least {n} different pictures to stand out from; there "
            "are {n_2}: add more pictures first.",
            n=FEWEST,
            n_2=distinct,
        )
    found = scores(embed(project, items, cancelled, progress), cancelled)
    before = {item.id: item.facts.get(KIND) for item in items}
    changed = [(score, key) for key, score in found.items() if before[key] != score]
    lost = [(key,) for key, score in before.items() if score is not None and key not in found]
    with project.transaction() as connection:
        connection.executemany(
            f"UPDATE item SET facts = json_set(facts, '$.{KIND}', ?) WHERE id = ?", changed
        )
        connection.executemany(
            f"UPDATE item SET facts = json_remove(facts, '$.{KIND}') WHERE id = ?", lost
        )
    added = thresholds.find_again(project, dataset_id, {KIND})
    count = store.counts(project, dataset_id)["findings"].get(KIND, 0)
    return Outliers(found, added, count)


def scores(embedded: Embedded, cancelled: Callable[[], bool] = lambda: False) -> dict[int, float]:
    """How far each picture is from what is usual, in robust deviations, by item id.

    Copies of one picture are one picture here. Raises :class:`EmbeddingCancelled`.
    """
    rows = np.unique(np.unique(np.array(embedded.contents), return_index=True)[1])
    if len(rows) < 3:
        return {}
    # What the common directions do not show at all is the mark of a stranger.
    places = np.concatenate([embedded.places[rows], embedded.rest[rows, None]], axis=1)
    apart = _apart(places, [embedded.contents[row] for row in rows], cancelled)
    logs = np.log(apart)
    middle = float(np.median(logs))
    deviation = max(float(np.median(np.abs(logs - middle))), 1e-3)
    found = np.round(_MAD * (logs - middle) / deviation, 2)
    by_content = {embedded.contents[row]: float(v) for row, v in zip(rows, found, strict=True)}
    return {
        int(key): by_content[sha]
        for key, sha in zip(embedded.item_ids, embedded.contents, strict=True)
    }


def _apart(places: np.ndarray, contents: list[str], cancelled: Callable[[], bool]) -> np.ndarray:
    """float64 [N]: how far each is from its neighbours, and how much further than they are.

    References are all, or those with the smallest hashes: as good as drawn by lot, and the
    same every time.
    """
    chosen = np.arange(len(places))
    if len(places) > _REFERENCES:
        chosen = np.sort(np.argsort(np.array(contents), kind="stable")[:_REFERENCES])
    references = places[chosen]
    squares = (references**2).sum(axis=1)
    around = min(AROUND, len(chosen) - 1)
    nearest = min(NEIGHBOURS, around)
    means, rows = np.empty(len(places)), np.empty((len(places), around), np.int32)
    own = np.full(len(places), -1, np.int64)
    own[chosen] = np.arange(len(chosen))
    for start in range(0, len(places), _BLOCK):
        if cancelled():
            raise EmbeddingCancelled("Looking for outliers was stopped.")
        part = slice(start, start + _BLOCK)
        block = places[part]
        distances = (block**2).sum(axis=1)[:, None] + squares - 2 * block @ references.T
        mine = np.flatnonzero(own[part] >= 0)
        distances[mine, own[part][mine]] = np.inf  # nobody is a neighbour of itself
        rows[part] = np.argpartition(distances, around - 1, axis=1)[:, :around]
        near = np.take_along_axis(distances, rows[part], axis=1)
        near = np.partition(near, nearest - 1, axis=1)[:, :nearest]
        means[part] = np.sqrt(np.maximum(near, 0.0)).mean(axis=1)
    means = np.maximum(means, 1e-3 * max(float(np.median(means)), 1e-9))
    return np.asarray(means**1.5 / np.median(means[chosen][rows], axis=1))


def known(project: Project, dataset_id: int) -> int:
    """How many pictures of a dataset have a score."""
    rows = project.query(
        "SELECT count(*) FROM item WHERE dataset_id = ? "
        f"AND json_extract(facts, '$.{KIND}') IS NOT NULL",
        (dataset_id,),
    )
    return int(rows[0][0])


def stated(project: Project, item_ids: Sequence[int]) -> dict[int, float]:
    """The scores of those of these pictures that have one."""
    rows = project.query(
        f"SELECT id, json_extract(facts, '$.{KIND}') AS score FROM item "
        "WHERE id IN (SELECT value FROM json_each(?)) AND score IS NOT NULL",
        (json.dumps([int(number) for number in item_ids]),),
    )
    return {int(row["id"]): float(row["score"]) for row in rows}


def ranked(project: Project, dataset_id: int, most: int) -> list[tuple[int, float]]:
    """(item id, score) of the pictures furthest away, furthest first."""
    rows = project.query(
        f"SELECT id, json_extract(facts, '$.{KIND}') AS score FROM item WHERE dataset_id = ? "
        "AND score IS NOT NULL ORDER BY score DESC, id LIMIT ?",
        (dataset_id, most),
    )
    return [(int(row["id"]), float(row["score"])) for row in rows]


__all__ = [
    "FEWEST", "KIND", "EmbeddingCancelled", "Outliers", "find", "known", "ranked", "scores",
    "stated",
]  # fmt: skip

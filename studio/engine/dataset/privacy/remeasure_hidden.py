"""What is measured of pictures of which parts are hidden: only of what may be seen.

Tones, sharpness, lettering, the perceptual hash and the likeness are measured when a picture
comes in, of all that its file shows. Once a part is hidden, none of these numbers stays: they are
measured again of the picture as the network sees it, and again when the part is shown.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import cast

from studio.engine.dataset.decoding import measures
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.dataset.doctor import near_duplicates, thresholds
from studio.engine.dataset.doctor.checks import base as checks
from studio.engine.dataset.index import regions, store
from studio.engine.dataset.index.facts import Answer, Data, Facts, Likeness
from studio.engine.dataset.index.store import Finding, Item
from studio.engine.errors import StudioError
from studio.engine.project import Project

Numbers = tuple[Facts, Likeness]
"""Facts and likeness, as :func:`measures.measurements`."""


@cache
def facts_of_pixels() -> frozenset[str]:
    """The facts that pixels decide; `outlier` is found anew with the whole set."""
    return frozenset(rule.fact for rule in checks.limited().values() if rule.fact) | {"colour"}


def _of_the_file(facts: Facts) -> Facts:
    return cast(Facts, {k: v for k, v in facts.items() if k not in facts_of_pixels()})


def measure(item: Item) -> Numbers | None:
    """The numbers of what may be seen of a picture; None when it cannot be read now."""
    if not item.usable:
        return None
    try:
        picture = read_picture(item, measures.shrunk((item.width, item.height)))
    except StudioError:
        return None
    return measures.measurements(regions.covered(picture, item.hidden))


def without(answer: Answer) -> Answer:
    """The answer of a worker, which sees all of a picture, without what it has measured."""
    seen = answer.copy()
    seen.pop("likeness", None)
    return seen | Answer(facts=_of_the_file(answer["facts"]))


def write(
    connection: sqlite3.Connection,
    found: Mapping[int, Numbers | None],
    limits: Mapping[str, float],
) -> list[Finding]:
    """Replace the numbers of pictures and what they decide, inside a transaction.

    A picture without numbers keeps none: the next import measures it. Returns the findings.
    """
    about: list[tuple[int, str, str, Data]] = []
    kinds = [kind for kind, rule in checks.limited().items() if rule.fact]
    for item_id, numbers in found.items():
        row = connection.execute(
            "SELECT width, height, mode, facts FROM item WHERE id = ?", (item_id,)
        ).fetchone()
        if row is None:
            continue
        facts = _of_the_file(json.loads(row["facts"])) | (numbers[0] if numbers else {})
        store.update_item(connection, item_id, {"facts": facts})
        connection.execute("DELETE FROM likeness WHERE item_id = ?", (item_id,))
        if numbers:
            near_duplicates.put(connection, item_id, numbers[1])
        result = Answer(width=row["width"], height=row["height"], facts=facts)
        for kind in kinds:
            data = checks.judge(kind, result, limits[kind], limits) if numbers else None
            if data is not None:
                about.append((item_id, kind, checks.sentence(kind, data), data))
    marks = ",".join("?" * len(kinds))
    connection.executemany(
        f"DELETE FROM finding WHERE item_id = ? AND kind IN ({marks})",
        [(item_id, *kinds) for item_id in found],
    )
    return store.add_findings(connection, about)


def again(project: Project, dataset_id: int, item_ids: Sequence[int]) -> list[Finding]:
    """Measure pictures anew; what needs the whole set is left to the caller."""
    found = {item.id: measure(item) for item in store.items_by_id(project, item_ids)}
    limits = thresholds.read(project, dataset_id)
    with project.transaction() as connection:
        return write(connection, found, limits)


def forget_near(connection: sqlite3.Connection, item_ids: Iterable[int]) -> None:
    """Delete what says how like these pictures are to others, inside a transaction."""
    numbers = json.dumps(list(item_ids))
    connection.execute(
        "DELETE FROM finding WHERE kind = 'near_duplicate' AND (item_id IN "
        "(SELECT value FROM json_each(?1)) OR json_extract(data, '$.of') IN "
        "(SELECT value FROM json_each(?1)))",
        (numbers,),
    )

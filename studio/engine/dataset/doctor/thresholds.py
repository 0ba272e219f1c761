"""The limits of the folder doctor: a setting of each dataset, moved without decoding again."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from studio.engine.dataset.doctor import near_duplicates, reconcile
from studio.engine.dataset.doctor.checks import base as checks
from studio.engine.dataset.index import settings, store
from studio.engine.dataset.index.facts import Answer, Data
from studio.engine.dataset.index.store import Finding
from studio.engine.errors import UsageError
from studio.engine.project import Project

NEAR = "near_duplicate"


@dataclass(frozen=True)
class Limit:
    """One threshold as a form shows it. `below`: smaller values are the finding."""

    kind: str
    value: float
    default: float
    low: float
    high: float
    unit: str
    below: bool


@dataclass(frozen=True)
class Applied:
    """What moving thresholds did. `apply` with `before` undoes it."""

    before: dict[str, float]
    after: dict[str, float]
    added: list[Finding]
    counts: dict[str, int]
    """Findings now, of every kind that was looked at again."""


def read(project: Project, dataset_id: int) -> dict[str, float]:
    """The limit of every kind that has one, in force for this dataset."""
    stored = settings.THRESHOLDS.read(project, dataset_id) or {}
    return {kind: stored.get(kind, default) for kind, default in _defaults().items()}


def limits(project: Project, dataset_id: int) -> list[Limit]:
    """All thresholds of a dataset with their ranges, in the order of the checks."""
    values = read(project, dataset_id)
    return [
        Limit(kind, values[kind], rule.default, rule.low, rule.high, rule.unit, rule.below)
        for kind, rule in _rules().items()
    ]


def values(
    project: Project,
    dataset_id: int,
    kind: str,
    cancelled: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """What a histogram for the threshold of `kind` shows: float64, one for each picture that
    it decides about.

    For near duplicates one for each pair of a picture and the better one that it is most
    like, from :data:`near_duplicates.LOWEST_ALIKE` percent on. Raises :class:`UsageError`.
    """
    _known(kind)
    if kind == NEAR:
        found = near_duplicates.matches(
            near_duplicates.load(project, dataset_id), near_duplicates.LOWEST_ALIKE, cancelled
        )
        return np.array([match.alike for match in found], np.float64)
    limits = read(project, dataset_id)
    measured = (checks.judged(kind, each, limits) for _, each in _measured(project, dataset_id))
    return np.array([value for value in measured if value is not None], np.float64)


def apply(
    project: Project,
    dataset_id: int,
    changes: Mapping[str, float],
    cancelled: Callable[[], bool] = lambda: False,
) -> Applied:
    """Set thresholds by kind and find again what they decide, from what is stored.

    Nothing is decoded and no decision about a picture changes. Raises :class:`UsageError`
    for an unknown kind or a value out of its range; then nothing is changed.
    """
    for kind, value in changes.items():
        _checked(kind, value)
    with project.transaction() as connection:
        before = read(project, dataset_id)
        after = before | {kind: float(value) for kind, value in changes.items()}
        defaults = _defaults()
        moved_away = {kind: value for kind, value in after.items() if value != defaults[kind]}
        settings.THRESHOLDS.write(connection, dataset_id, moved_away)
    moved = {kind for kind in after if after[kind] != before[kind]}
    again = set(moved & checks.limited().keys())
    if "flat" in moved:  # a blank picture is not also blurred, dark or bright
        again = set(checks.limited())
    added = _find_again(project, dataset_id, again, after) if again else []
    if moved & {NEAR, "flat"}:
        added += reconcile.mark_near(project, dataset_id, after[NEAR], cancelled)
        again.add(NEAR)
    found = store.counts(project, dataset_id)["findings"]
    return Applied(before, after, added, {kind: found.get(kind, 0) for kind in sorted(again)})


def find_again(project: Project, dataset_id: int, kinds: set[str]) -> list[Finding]:
    """Find kinds again after what they measure has changed; returns what is new."""
    return _find_again(project, dataset_id, kinds, read(project, dataset_id))


def _find_again(
    project: Project, dataset_id: int, kinds: set[str], limits: dict[str, float]
) -> list[Finding]:
    wanted: dict[str, dict[int, Data]] = {kind: {} for kind in kinds}
    for item_id, measured in _measured(project, dataset_id):
        for kind in kinds:
            data = checks.judge(kind, measured, limits[kind], limits)
            if data is not None:
                wanted[kind][item_id] = data
    added = []
    with project.transaction() as connection:
        for kind in sorted(kinds):
            added += reconcile.replace_findings(connection, dataset_id, kind, wanted[kind])
    return added


def _measured(project: Project, dataset_id: int) -> Iterator[tuple[int, Answer]]:
    for row in project.query(
        "SELECT id, width, height, mode, facts FROM item "
        "WHERE dataset_id = ? AND facts LIKE '%\"deviation\"%' ORDER BY id",
        (dataset_id,),
    ):
        facts = json.loads(row["facts"])
        yield row["id"], {"width": row["width"], "height": row["height"], "facts": facts}


def _rules() -> dict[str, checks.Threshold]:
    """Every threshold by kind; that of the whole set is the last."""
    near = checks.checks()[NEAR].limit
    return checks.limited() | ({NEAR: near} if near else {})


def _defaults() -> dict[str, float]:
    return {kind: float(rule.default) for kind, rule in _rules().items()}


def _known(kind: str) -> None:
    if kind not in _defaults():
        raise UsageError(
            "There is no threshold for {kind!r}: choose one of {choices}.",
            kind=kind,
            choices=", ".join(sorted(_defaults())),
        )


def _checked(kind: str, value: float) -> None:
    _known(kind)
    rule = _rules()[kind]
    if not rule.low <= value <= rule.high:
        raise UsageError(
            "The threshold of {kind} is {low:g} to {high:g}, not {value:g}.",
            kind=kind,
            low=rule.low,
            high=rule.high,
            value=value,
        )

"""Decisions that are worked out and written beside the window, as undoable steps.

What a step would change is found out in the thread that also writes, one step at a time. A
hundred thousand pictures are then one step like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from studio.desktop.base.undo_step import UndoStep
from studio.desktop.dataset import words
from studio.desktop.i18n import tr
from studio.engine.dataset.curation import bulk_decisions, crops, edits, no_training_marks, rights
from studio.engine.dataset.curation.edits import Change
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import caption_files
from studio.engine.dataset.preparation import policy, split
from studio.engine.project import Project

PICTURES, FINDINGS, SOURCES, DATASET, TILES = "pictures", "findings", "sources", "dataset", "tiles"
SETS = "sets"
"""What has to be read again after a step."""


@dataclass(frozen=True)
class Plan:
    """What a step does. `count` is how many pictures it changes; 0 is no step at all."""

    title: Callable[[], str]
    """Its name in the language of the window; called on the window's thread."""
    do: Callable[[], object]
    undo: Callable[[], object]
    count: int = 1
    ids: tuple[int, ...] = ()
    touches: frozenset[str] = frozenset((PICTURES,))
    reopen: int = 0
    """The dataset to open afterwards, where it is there: it has more or fewer pictures."""
    said: Callable[[], str] | None = None
    """What to say when it was done for the first time, beside a way back."""


def step(plan: Plan, write: Callable[[Plan, Callable[[], object]], None]) -> UndoStep:
    """A plan for the undo stack. `write` runs a function in its turn and tells who must know."""
    return UndoStep(plan.title(), partial(write, plan, plan.do), partial(write, plan, plan.undo))


# ------------------------------------------------------------------ plans, made on the writer


def texts(project: Project, field: str, ids: Sequence[int], change: Change) -> Plan:
    return _texts(project, field, *edits.planned(project, ids, field, change))


def captions(project: Project, found: caption_files.Found) -> Plan:
    before = edits.texts(project, list(found.texts), "caption")
    after = {n: edits.clean("caption", text) for n, text in found.texts.items()}
    changed = [number for number, text in before.items() if after[number] != text]
    old, new = {n: before[n] for n in changed}, {n: after[n] for n in changed}
    return _texts(project, "caption", old, new)


def _texts(project: Project, field: str, before: dict[int, str], after: dict[int, str]) -> Plan:
    by_hand = edits.written(project, list(before), field)
    count = len(before)

    def title() -> str:
        pictures = words.pictures(count)
        if field == "label":
            return tr("Label {pictures}", pictures=pictures)
        return tr("Caption {pictures}", pictures=pictures)

    return Plan(
        title,
        partial(edits.set_texts, project, field, after),
        partial(edits.put_back, project, field, before, by_hand),
        count, tuple(before),
    )  # fmt: skip


def item_rights(project: Project, ids: Sequence[int], values: dict[str, str]) -> Plan:
    before = rights.changed_by(project, ids, values)

    def title() -> str:
        return tr("State rights of {pictures}", pictures=words.pictures(len(before)))

    return Plan(
        title,
        partial(rights.set_items, project, list(before), values),
        partial(rights.put_back, project, before),
        len(before), tuple(before),
    )  # fmt: skip


def source_rights(project: Project, source_id: int, name: str, values: dict[str, str]) -> Plan:
    before = rights.of_source(project, source_id)
    same = all(before.get(field, "") == " ".join(text.split()) for field, text in values.items())
    ids = store.ids_of_source(project, source_id)
    return Plan(
        lambda: tr("State rights of {source}", source=name),
        partial(rights.set_source, project, source_id, values),
        partial(rights.put_source_back, project, source_id, before),
        0 if same else 1, tuple(ids), frozenset((PICTURES, SOURCES)),
    )  # fmt: skip


def marking(project: Project, ids: Sequence[int], marked: bool) -> Plan:
    changed = no_training_marks.would_change(project, ids, marked)
    done: list[no_training_marks.Marked] = []

    def title() -> str:
        pictures = words.pictures(len(changed))
        if marked:
            return tr("Mark {pictures} against training", pictures=pictures)
        return tr("Take the mark off {pictures}", pictures=pictures)

    return Plan(
        title,
        lambda: done.append(no_training_marks.set_marks(project, changed, marked)),
        lambda: no_training_marks.put_back(project, done.pop()),
        len(changed), tuple(changed), frozenset((PICTURES, FINDINGS)),
    )  # fmt: skip


def source_marking(project: Project, source_id: int, name: str, marked: bool) -> Plan:
    ids = store.ids_of_source(project, source_id)
    done: list[no_training_marks.Marked] = []

    def title() -> str:
        if marked:
            return tr("Mark {source} against training", source=name)
        return tr("Take the mark off {source}", source=name)

    return Plan(
        title,
        lambda: done.append(no_training_marks.set_source(project, source_id, marked)),
        lambda: no_training_marks.put_back(project, done.pop()),
        int(no_training_marks.source_would_change(project, source_id, marked)),
        tuple(ids), frozenset((PICTURES, FINDINGS, SOURCES)),
    )  # fmt: skip


def cropping(project: Project, wanted: dict[int, crops.Crop | None]) -> Plan:
    checked = {number: crop and crops.checked(crop) for number, crop in wanted.items()}
    before = crops.changed_by(project, checked)
    removes = all(crop is None for crop in checked.values())

    def title() -> str:
        pictures = words.pictures(len(before))
        if removes:
            return tr("Remove the crop of {pictures}", pictures=pictures)
        return tr("Crop {pictures} by hand", pictures=pictures)

    return Plan(
        title,
        partial(crops.set_crops, project, {number: checked[number] for number in before}),
        partial(crops.set_crops, project, before),
        len(before), tuple(before), frozenset((PICTURES, DATASET)),
    )  # fmt: skip


def deciding(project: Project, field: str, ids: Sequence[int], value: int) -> Plan:
    """Very many pictures left out, taken in or rated; see `decisions` for those on the screen."""
    return decided(project, field, bulk_decisions.differing(project, field, ids, value), value)


def decided(project: Project, field: str, before: Mapping[int, int], value: int) -> Plan:
    """The same where it is known what the pictures have."""

    def title() -> str:
        pictures = words.pictures(len(before))
        if field == "rating":
            return tr("Rate {pictures} with {n}", pictures=pictures, n=value)
        if value:
            return tr("Include {pictures}", pictures=pictures)
        return tr("Exclude {pictures}", pictures=pictures)

    def undo() -> None:
        for old in sorted(set(before.values())):
            same = [number for number, each in before.items() if each == old]
            bulk_decisions.write(project, field, same, old)

    return Plan(
        title, partial(bulk_decisions.write, project, field, list(before), value), undo,
        len(before), tuple(before),
    )  # fmt: skip


def preparing(project: Project, dataset_id: int, fields: dict[str, Any]) -> Plan:
    before = policy.read(project, dataset_id)
    wanted = replace(before, **fields)
    return Plan(
        lambda: tr("Prepare pictures: {policy}", policy=words.policy_title(wanted)),
        partial(policy.change, project, dataset_id, wanted),
        partial(policy.change, project, dataset_id, before),
        int(before != wanted), touches=frozenset((DATASET,)),
    )  # fmt: skip


def sizing(project: Project, dataset_id: int, size: tuple[int, int]) -> Plan:
    wanted = policy.checked_size(*size)
    before = policy.read_size(project, dataset_id)
    return Plan(
        lambda: tr("Train at {size}", size=f"{wanted[0]} × {wanted[1]}"),
        partial(policy.change_size, project, dataset_id, wanted),
        partial(policy.change_size, project, dataset_id, before),
        int(before != wanted), touches=frozenset((DATASET,)),
    )  # fmt: skip


def dividing(project: Project, dataset_id: int, share: float) -> Plan:
    """Another part of a dataset held out; raises :class:`UsageError` when that cannot be."""
    before, cut = split.read(project, dataset_id), split.cut_for(project, dataset_id, share)
    return Plan(
        lambda: tr("Hold out {percent} %", percent=f"{share * 100:g}"),
        partial(split.change, project, dataset_id, share),
        partial(split.put_back, project, dataset_id, before.cut),
        int(cut != before.cut),
        touches=frozenset((DATASET, FINDINGS)),
    )  # fmt: skip

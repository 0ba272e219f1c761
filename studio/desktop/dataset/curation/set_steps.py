"""Datasets renamed and deleted, sources taken out: as undoable steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from studio.desktop.dataset import words
from studio.desktop.dataset.curation.steps import SETS, Plan
from studio.desktop.i18n import tr
from studio.engine.dataset.curation import sets
from studio.engine.dataset.curation.removed_sets import Removed
from studio.engine.dataset.index.store import Dataset
from studio.engine.dataset.index.whole_set_pass import Cancelled
from studio.engine.project import Project


def renaming(project: Project, dataset: Dataset, name: str) -> Plan:
    """Another name; raises :class:`UsageError` for one that cannot be."""
    after = sets.checked_name(project, name, dataset.id)
    return Plan(
        lambda: tr("Rename {dataset} to {name}", dataset=dataset.name, name=after),
        partial(sets.rename, project, dataset.id, after),
        partial(sets.rename, project, dataset.id, dataset.name),
        int(after != dataset.name), touches=frozenset((SETS,)),
    )  # fmt: skip


def taking_out(project: Project, source_id: int, cancelled: Cancelled) -> Plan:
    """A source less; raises :class:`UsageError` for the only one."""
    source = sets.check_source(project, source_id)
    name = source.path.name or str(source.path)
    return _going(
        project,
        lambda: sets.remove_source(project, source_id, cancelled),
        lambda: tr("Remove {source}", source=name),
        lambda done: tr(
            "{source} is removed with {pictures}; its files stay where they are.",
            source=name, pictures=words.pictures(done.pictures),
        ),
        source.dataset_id, cancelled,
    )  # fmt: skip


def deleting(project: Project, dataset: Dataset, with_runs: bool) -> Plan:
    """A dataset less; raises :class:`sets.InUse` where runs need it, unless `with_runs`."""
    if not with_runs:
        sets.check_unused(project, dataset)
    return _going(
        project,
        lambda: sets.delete(project, dataset.id, with_runs=with_runs),
        lambda: tr("Delete {dataset}", dataset=dataset.name),
        lambda done: tr(
            "{dataset} is deleted with {pictures}; its files stay where they are.",
            dataset=dataset.name, pictures=words.pictures(done.pictures),
        ),
        dataset.id, lambda: False,
    )  # fmt: skip


def coming_back(project: Project, left: Removed, cancelled: Cancelled) -> Plan:
    """What an earlier window or the command line had removed, back again."""
    done = [left]

    def away() -> None:
        if left.source_id:
            done.append(sets.remove_source(project, left.source_id, cancelled))
        else:
            done.append(sets.delete(project, left.dataset_id, with_runs=True))

    return Plan(
        lambda: tr("Bring back {name}", name=left.name),
        partial(_back, project, done, cancelled), away,
        touches=frozenset((SETS,)), reopen=left.dataset_id,
    )  # fmt: skip


def _back(project: Project, done: list[Removed], cancelled: Cancelled) -> None:
    # Kept until it is back: where that fails, it can be tried again.
    sets.put_back(project, done[-1], cancelled)
    done.pop()


def _going(
    project: Project,
    go: Callable[[], Removed],
    title: Callable[[], str],
    said: Callable[[Removed], str],
    dataset_id: int,
    cancelled: Cancelled,
) -> Plan:
    done: list[Removed] = []
    return Plan(
        title,
        lambda: done.append(go()),
        partial(_back, project, done, cancelled),
        touches=frozenset((SETS,)),
        reopen=dataset_id,
        said=lambda: said(done[-1]) if done else "",
    )

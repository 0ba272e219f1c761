"""The same run on another dataset: what it has learnt, its optimisers and counters go on."""

from __future__ import annotations

from collections.abc import Callable

from studio.engine.dataset.index import store
from studio.engine.dataset.papers import dataset_card
from studio.engine.dataset.preparation.prepare import prepare
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.project import Project
from studio.engine.training.planning import labels as labelling
from studio.engine.training.planning import runs
from studio.engine.training.record import checkpoint
from studio.engine.training.record.recipe import Recipe


def change(
    project: Project,
    name: str,
    dataset: str,
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Recipe:
    """Let the run `name`, which must not train now, go on with the pictures of `dataset`.

    They are prepared as the run's first ones were, at its size and with its channels. Its
    checkpoints stay; they are no longer compared with what comes. Raises :class:`StudioError`
    with one sentence, and then nothing is changed.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    run, chosen = runs.run(project, name), store.dataset(project, dataset)
    recipe = Recipe.load(run.folder)
    if not checkpoint.folders(run.folder):
        raise StudioError(
            "The run {name} has not begun yet: start a new run on {dataset} instead.",
            name=name,
            dataset=chosen.name,
        )
    prepared = prepare(
        project, chosen.id, (recipe.width, recipe.height), recipe.crop, recipe.channels,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip
    if prepared.fingerprint == recipe.fingerprint and chosen.id == run.dataset_id:
        return recipe
    try:
        labels = labelling.fingerprint(prepared, recipe.labels)
    except KeyError as error:
        raise StudioError(
            "The run {name} has learnt labels that the pictures of {dataset!r} do "
            "not all have: label them alike, or start a new run.",
            repr(error),
            name=name,
            dataset=chosen.name,
        ) from error
    changed = recipe.model_copy(
        update={
            "dataset": chosen.name, "dataset_id": chosen.id, "labels_sha256": labels,
            "prepared": prepared.folder.relative_to(project.folder).as_posix(),
            "fingerprint": prepared.fingerprint, "brought_from": "",
            "earlier": [*recipe.earlier, recipe.dataset],
        }
    )  # fmt: skip
    changed.save(run.folder)
    dataset_card.write(project, chosen, run.folder)
    project.write("UPDATE run SET dataset_id = ? WHERE name = ?", (chosen.id, name))
    return changed

"""A model that another program made becomes a run: a checkpoint, a recipe, and where it is from."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.door import opened
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.events import RunState
from studio.engine.files import atomic_folder, sha256_file, write_text
from studio.engine.project import Project, now
from studio.engine.said import Said
from studio.engine.training.foreign import origin
from studio.engine.training.foreign.contents import Contents, contents_of
from studio.engine.training.foreign.dialect import Dialect, Translated, dialects
from studio.engine.training.foreign.origin import Origin
from studio.engine.training.foreign.refusal import ForeignError, about
from studio.engine.training.planning import removed_runs, runs
from studio.engine.training.record import checkpoint
from studio.engine.training.record.checkpoint import MODEL, State
from studio.engine.training.record.recipe import Recipe

if TYPE_CHECKING:
    from torch import Tensor

    from models.base import Family

STEPS = 3
"""Read, translated, kept."""
_MEAN_OF = 16_384
"""Styles whose mean stands in for a mean that a file does not keep."""
_PIECE = 1_024


@dataclass(frozen=True)
class Arrived:
    """A run that was brought in."""

    run: str
    origin: Origin
    terms: Said
    notes: tuple[Said, ...]


def bring_in(
    project: Project,
    path: Path,
    name: str = "",
    progress: Callable[[int, int], None] = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Arrived:
    """Make a run of the model in a file of another program; `name` is what it is called.

    Raises :class:`StudioError` with one sentence, and then nothing is changed.
    """
    if project.read_only_reason:
        raise ReadOnlyError(project.read_only_reason)
    title = " ".join((name or path.stem).split())[: removed_runs.LONGEST_TITLE]
    progress(0, STEPS)
    contents = contents_of(path, wanted(), cancelled)
    progress(1, STEPS)
    try:
        dialect, translated, family = model_of(contents, path.name)
    except ForeignError as error:
        raise ForeignError(about(path.name, error.said), error.detail) from error
    progress(2, STEPS)
    if cancelled():
        raise StudioError("Bringing {file} in was stopped; nothing was changed.", file=path.name)
    spec = asdict(family.image_spec)
    made = Origin(
        file=path.name, sha256=_sha256(path), program=dialect.title, terms=dialect.terms,
        family=translated.family, width=spec["width"], height=spec["height"],
        classes=spec["classes"], images_seen=translated.images_seen, brought_in=now(),
    )  # fmt: skip
    run = _keep(project, family, translated, made, title)
    progress(STEPS, STEPS)
    return Arrived(run, made, dialect.terms, tuple(translated.notes))


def _sha256(path: Path) -> str:
    with opened(path, links=True):
        return sha256_file(path)


def wanted() -> list[str]:
    """How the names of tensors begin that some dialect reads."""
    return [name for each in dialects().values() for name in each.wanted]


def model_of(contents: Contents, file_name: str) -> tuple[Dialect, Translated, Family]:
    """The model in what was read. Raises :class:`ForeignError`."""
    from models.parameters import ParameterError

    dialect = _dialect_of(contents, [kind() for kind in dialects().values()])
    try:
        translated = dialect.translated(contents, file_name)
        return dialect, translated, _built(translated)
    except ParameterError as error:
        raise ForeignError(Said("it is of a shape that is not possible here ({reason})",
                                reason=error.said)) from error  # fmt: skip


def _dialect_of(contents: Contents, known: list[Dialect]) -> Dialect:
    for each in known:
        if each.speaks(contents):
            return each
    raise ForeignError(
        Said(
            "there is no model in it that is known here: StyleGAN2 of {programs}",
            programs=", ".join(each.title for each in known),
        )
    )  # fmt: skip


def _built(translated: Translated) -> Family:
    """The family with the tensors in their places. Raises :class:`ForeignError`."""
    from models import base

    kind = base.family(translated.family)
    preset = kind.preset(translated.spec, accelerator=True, pictures=0).as_dict()
    own = {**preset, **_LEARNING, **translated.structure}
    family = kind(kind.Config.from_mapping(own), translated.spec)
    tensors = _completed(translated.tensors)
    places = family.state_dict()
    for name, tensor in tensors.items():
        place = places.get(name)
        if place is None or place.shape != tensor.shape:
            raise ForeignError(Said("its {name} does not fit", name=name))
    missing = [n for n in places if n.startswith(("generator", "noise_")) and n not in tensors]
    missing = [name for name in missing if not name.endswith(("w_avg", "class_avg"))]
    if missing:
        raise ForeignError(Said("it has nothing for {name}", name=missing[0]))
    if not all(bool(tensor.isfinite().all()) for tensor in tensors.values()):
        raise ForeignError(Said("it has numbers that are none (NaN or infinite)"))
    family.load_state_dict(tensors, strict=False)
    if "generator_ema.mapping.w_avg" not in tensors:
        _find_mean(family)
    return family.eval().requires_grad_(False)


_LEARNING = {"path_weight": 0.0, "augment_p": 0.0}
"""Of a run that learns on from it: what is dear, and pays in long runs alone, is left out."""


def _completed(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A file with the average alone says all that is known of what it is the average of."""
    averages = {
        name.replace("_ema", "", 1): tensor
        for name, tensor in tensors.items()
        if name.startswith("generator_ema.")
    }
    return {**averages, **tensors}


def _find_mean(family: Family) -> None:
    """The mean of many styles, always the same ones, where the file has none."""
    import torch

    chance = torch.Generator().manual_seed(0)
    total = torch.zeros(family.latent.dim, dtype=torch.float64)
    with torch.no_grad():
        for _ in range(_MEAN_OF // _PIECE):
            z = torch.randn(_PIECE, family.latent.dim, generator=chance)
            total += family.map(z)[:, 0].double().sum(0)
    mean = (total / _MEAN_OF).float()
    for net in ("generator", "generator_ema"):
        family.get_buffer(f"{net}.mapping.w_avg").copy_(mean)


def _keep(
    project: Project, family: Family, translated: Translated, made: Origin, title: str
) -> str:
    """The folder of the run and its row, or neither."""
    spec = family.image_spec
    labels = [str(number) for number in range(spec.classes)]
    seen = translated.images_seen
    recipe = Recipe(
        run=runs.free_name(project, translated.family, max(spec.width, spec.height)),
        dataset=made.file, dataset_id=0, family=translated.family, channels=spec.channels,
        height=spec.height, width=spec.width, labels=labels, classes=spec.classes,
        classes_apart=spec.classes_apart, config=family.config.as_dict(),
        total_images=max(1, seen), prepared=origin.NO_PICTURES, fingerprint="", created=now(),
        brought_from=made.program,
    )  # fmt: skip
    state = State(
        run=recipe.run, family=recipe.family, config=recipe.config, image_spec=asdict(spec),
        labels=labels, images_seen=seen, step=0, total_images=max(1, seen), seconds=0.0,
    )  # fmt: skip
    folder = project.runs / recipe.run
    with atomic_folder(folder) as temporary:
        recipe.save(temporary)
        origin.save(made, temporary)
        write_text(temporary / runs.TITLE, f"{title}\n")
        checkpoint.write(temporary / "checkpoints" / "000001", {MODEL: family.state_dict()}, state)
    try:
        project.write(
            "INSERT INTO run (name, dataset_id, family, created, status, images_seen, "
            "total_images) VALUES (?, NULL, ?, ?, ?, ?, ?)",
            (recipe.run, recipe.family, recipe.created, RunState.FINISHED, seen, max(1, seen)),
        )
    except StudioError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return recipe.run

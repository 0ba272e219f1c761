"""Learning on from another run: its weights as the beginning, for other pictures or another size.

The weights are copied into the new run's folder when it is made, so that it stays whole when
the old run is deleted.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError, UsageError
from studio.engine.files import sha256_file
from studio.engine.said import Said, reason
from studio.engine.training.record import checkpoint, checkpoint_model
from studio.engine.training.record.checkpoint import Saved

if TYPE_CHECKING:
    from torch import Tensor

    from models.base import Family
    from studio.engine.training.record.recipe import Recipe

START = "start.safetensors"


def source(run_folder: Path, name: str) -> Saved:
    """The best checkpoint of the run to learn from."""
    return checkpoint.required(run_folder, name, best=True)


def check_family(wanted: str, saved: Saved, name: str) -> None:
    """Weights of one family mean nothing to another."""
    have = str(saved.state["family"])
    if wanted != have:
        raise UsageError(
            "The run {run} is of the family {have}; {wanted} cannot learn from it: choose {same}.",
            run=name,
            have=have,
            wanted=wanted,
            same=have,
        )


def keep(saved: Saved, folder: Path) -> None:
    """Copy the weights into the folder of a run that is being made."""
    try:
        shutil.copyfile(saved.folder / checkpoint.MODEL, folder / START)
    except OSError as error:
        raise StudioError(
            "The weights in {folder} could not be copied ({reason}): check that the "
            "disk has space.",
            repr(error),
            folder=saved.folder,
            reason=reason(error),
        ) from error


def fitting(family: Family, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Those that have a place of the same name and shape in `family`.

    A slim checkpoint has averages alone, in half precision: they are what is known of the rest.
    """
    found = {}
    for name, own in family.state_dict().items():
        tensor = tensors.get(name, tensors.get(checkpoint_model.average_of(name)))
        if tensor is None or own.shape != tensor.shape:
            continue
        if own.is_floating_point() == tensor.is_floating_point():
            found[name] = tensor
    return found


def begin(family: Family, run_folder: Path, recipe: Recipe) -> Said:
    """Take over what fits; a sentence of how much. :class:`StudioError` when nothing does."""
    path = run_folder / START
    try:
        whole = sha256_file(path) == recipe.start_sha256
    except OSError:
        whole = False
    if not whole:
        raise StudioError(
            "The weights of {run} in {path} are missing or damaged: start a new run.",
            run=recipe.start_from,
            path=path,
        )
    return take_over(family, checkpoint.read_tensors(path), recipe)


def take_over(family: Family, tensors: dict[str, Tensor], recipe: Recipe) -> Said:
    """As :func:`begin`, from tensors in memory."""
    from models.parts.classes import renamed

    name = recipe.start_from
    found = fitting(
        family, renamed(tensors, recipe.start_labels, recipe.labels, family.facts.class_tensors)
    )
    all_of = sum(tensor.numel() for tensor in family.state_dict().values())
    part = sum(tensor.numel() for tensor in found.values()) / max(1, all_of)
    if part <= 0:
        raise StudioError(
            "No weights of {run} fit this run: use the same family and sizes of network.", run=name
        )
    family.load_state_dict(found, strict=False)
    return Said("It begins with {n:.0f} % of its weights from {run}.", n=100 * part, run=name)


def freeze(family: Family, levels: int) -> int:
    """Leave the critic's layers nearest to the picture as they are: FreezeD.

    Mo 2020 (arXiv:2002.10964). The first layer and so many levels of resolution leave the
    optimisers; returns how many tensors that are. The same call gives the same optimisers.
    """
    if not family.facts.has_critic or levels < 1:
        return 0
    lower = re.compile(family.facts.critic_levels)
    critic = family.get_submodule("critic")
    frozen = {
        id(weight): weight
        for name, weight in critic.named_parameters()
        if (match := lower.match(name)) and int(match[1] or 0) < levels
    }
    for optimizer in family.optimizers().values():
        for group in optimizer.param_groups:
            group["params"] = [each for each in group["params"] if id(each) not in frozen]
    for weight in frozen.values():
        weight.register_post_accumulate_grad_hook(_forget)
    return len(frozen)


def _forget(weight: Tensor) -> None:
    # No optimiser clears it any more, and it would only grow.
    weight.grad = None

"""What a new run will be made of: its length, its family, its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.engine import devices
from studio.engine.dataset.index import store
from studio.engine.dataset.preparation.prepare import automatic_channels
from studio.engine.errors import UsageError
from studio.engine.said import NOTHING, Said
from studio.engine.training.planning import transfer
from studio.engine.training.record.options import AUTO, NewRun

if TYPE_CHECKING:
    from studio.engine.project import Project
    from studio.engine.training.record.checkpoint import Saved

DEFAULT_MINUTES = 30.0
MOST_IMAGES = 10**12


@dataclass(frozen=True)
class Settled:
    """A family and all its parameters; `reason` is why, where the studio chose."""

    family: str
    config: dict[str, bool | int | float | str]
    reason: Said = NOTHING


def length(images: int | None, minutes: float | None) -> tuple[int | None, float | None]:
    """Exactly one of both; :class:`UsageError` for what is impossible."""
    if images is not None and minutes is not None:
        raise UsageError("Give the length of the run in images or in minutes, not in both.")
    if images is not None and not 1 <= images < MOST_IMAGES:
        raise UsageError(
            "{images} images are not possible: a run needs at least one.", images=images
        )
    if minutes is not None and not 0 < minutes < 1e6:
        raise UsageError(
            "{minutes} minutes are not possible: a run needs more than none.", minutes=minutes
        )
    if images is None and minutes is None:
        minutes = DEFAULT_MINUTES
    return images, minutes


def settle(project: Project, wanted: NewRun, saved: Saved | None = None) -> Settled:
    """The family and its parameters: the preset, or those of the run whose `saved` it learns from.

    What was asked for comes last. Raises :class:`ParameterError` or :class:`UsageError`.
    """
    from models import base
    from models.image_spec import ImageSpec

    items = store.chosen_items(project, store.dataset(project, wanted.dataset).id)
    family, size, machine = wanted.family, wanted.size, devices.choose(wanted.options.device)
    advised: Mapping[str, object] = {}
    reason = NOTHING
    if saved is not None:
        family = str(saved.state["family"]) if family == AUTO else family
        transfer.check_family(family, saved, wanted.options.start_from)
        # A checkpoint of an earlier version lacks what its networks had by default, not by preset.
        known = base.family(family).Config
        advised = known.from_mapping(saved.state["config"]).as_dict()
    elif family == AUTO:
        from studio.engine.training.planning.auto import recommend

        images, minutes = length(wanted.images, wanted.minutes)
        found = recommend(len(items), size, machine, minutes=minutes, images=images)
        family, advised, reason = found.family, found.overrides, found.reason
    kind = base.family(family)
    spec = ImageSpec(automatic_channels(items), size[1], size[0])
    preset = kind.preset(spec, accelerator=machine.is_accelerator, pictures=len(items))
    config = kind.Config.from_mapping({**preset.as_dict(), **advised, **wanted.overrides})
    return Settled(family, config.as_dict(), reason)

"""What a new run will be made of: its length, its family, its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.engine.dataset.index import store
from studio.engine.dataset.preparation.prepare import automatic_channels
from studio.engine.devices import Device
from studio.engine.errors import UsageError
from studio.engine.seeds import LARGEST_SEED
from studio.engine.training.planning import transfer

if TYPE_CHECKING:
    from studio.engine.project import Project
    from studio.engine.training.record.checkpoint import Saved

AUTO = "auto"
"""Instead of a family: whatever suits pictures, machine and time."""
DEFAULT_MINUTES = 30.0
MOST_IMAGES = 10**12


@dataclass(frozen=True)
class Settled:
    """A family and all its parameters; `reason` is why, where the studio chose."""

    family: str
    config: dict[str, bool | int | float | str]
    reason: str = ""


def length(images: int | None, minutes: float | None) -> tuple[int | None, float | None]:
    """Exactly one of both; :class:`UsageError` for what is impossible."""
    if images is not None and minutes is not None:
        raise UsageError("Give the length of the run in images or in minutes, not in both.")
    if images is not None and not 1 <= images < MOST_IMAGES:
        raise UsageError(f"{images} images are not possible: a run needs at least one.")
    if minutes is not None and not 0 < minutes < 1e6:
        raise UsageError(f"{minutes} minutes are not possible: a run needs more than none.")
    if images is None and minutes is None:
        minutes = DEFAULT_MINUTES
    return images, minutes


def check_seed(seed: int) -> None:
    """Raises :class:`UsageError` where the seed does not fit into 63 bits."""
    if not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"The seed {seed} is not possible: use a number from 0 to {LARGEST_SEED}.")


def settle(
    project: Project,
    dataset_id: int,
    family: str,
    size: tuple[int, int],
    machine: Device,
    *,
    images: int | None,
    minutes: float | None,
    overrides: Mapping[str, object],
    saved: Saved | None = None,
    start: str = "",
) -> Settled:
    """The family and its parameters: the preset, or those of the run `start` it learns from.

    `overrides` come last. Raises :class:`ParameterError` or :class:`UsageError`.
    """
    from models import base

    items = store.chosen_items(project, dataset_id)
    advised: Mapping[str, object] = {}
    reason = ""
    if saved is not None:
        family = str(saved.state["family"]) if family == AUTO else family
        transfer.check_family(family, saved, start)
        # A checkpoint of an earlier version lacks what its networks had by default, not by preset.
        known = base.family(family).Config
        advised = known.from_mapping(saved.state["config"]).as_dict()
    elif family == AUTO:
        from studio.engine.training.planning.auto import recommend

        found = recommend(len(items), size, machine, minutes=minutes, images=images)
        family, advised, reason = found.family, found.overrides, found.reason
    kind = base.family(family)
    spec = base.ImageSpec(automatic_channels(items), size[1], size[0])
    preset = kind.preset(spec, accelerator=machine.is_accelerator, pictures=len(items))
    config = kind.Config.from_mapping({**preset.as_dict(), **advised, **overrides})
    return Settled(family, config.as_dict(), reason)

"""What a run will do to its pictures before the network sees them, and what of it would show.

Made by the very code of the training step (:meth:`models.base.Family.augmented`), so that a
preview cannot promise anything else than what happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.dataset.index import store
from studio.engine.dataset.index.store import Item
from studio.engine.dataset.preparation import policy as policies
from studio.engine.dataset.preparation import prepare
from studio.engine.errors import StudioError
from studio.engine.said import Said
from studio.engine.training.preview import symmetry
from studio.engine.training.preview.symmetry import Symmetry

if TYPE_CHECKING:
    from models.base import Family
    from models.parameters import Value
    from studio.engine.project import Project

PREFIX = "augment_"
SHOWN_P = 0.5
"""How often ada is shown to change pictures: it finds out itself, and begins with never."""
SHOWS_FROM = 0.7
"""A GAN hides what happens less often than that (ADA: Karras 2020, arXiv:2006.06676, Sec. 2.2)."""
TILTED = 5.0
"""Degrees from which a turned picture is seen to be turned."""


@dataclass(frozen=True)
class Wall:
    """One picture again and again: `pictures` uint8 [n, H, W, C], the first as it is."""

    name: str
    pictures: np.ndarray
    p: float | None
    """How often each kind happened, where the family has a probability."""


def picture(project: Project, dataset_id: int, place: int) -> tuple[Item, int, int]:
    """A picture that would train, its place from 0 and how many there are; places go round.

    Raises :class:`StudioError` where there is none.
    """
    ids = _chosen_ids(project, dataset_id)
    if not ids:
        raise StudioError(
            "There is no picture to train on: import pictures, or include some that are excluded."
        )
    (item,) = store.items_by_id(project, [ids[place % len(ids)]])
    return item, place % len(ids), len(ids)


def _chosen_ids(project: Project, dataset_id: int) -> list[int]:
    rows = project.query(
        "SELECT id FROM item WHERE dataset_id = ? AND usable AND included ORDER BY id",
        (dataset_id,),
    )
    return [row[0] for row in rows]


def wall(
    project: Project,
    item: Item,
    family: str,
    config: Mapping[str, Value],
    size: tuple[int, int],
    crop: str | None,
    *,
    count: int,
    seed: int,
    device: str = "cpu",
) -> Wall:
    """`count` samples of a picture at `size` (width, height), by the parameters of a family.

    Raises :class:`ParameterError` for parameters that are not possible and
    :class:`StudioError` where the picture cannot be read.
    """
    import torch

    from models import base, border

    kind = base.family(family)
    settled = kind.Config.from_mapping(dict(config))
    policy = policies.settled(project, item.dataset_id, crop)
    plain = prepare.preview(project, item, size, policy)
    one = torch.from_numpy(np.ascontiguousarray(plain)).to(device)
    p = shown_p(config)
    x = border.to_network(one.expand(count - 1, *one.shape))
    generator = torch.Generator(device).manual_seed(seed)
    with torch.no_grad():
        made = border.to_picture(kind.augmented(settled, x, generator, p)).cpu().numpy()
    return Wall(item.name, np.concatenate([plain[None], made]), p)


def shown_p(config: Mapping[str, Value]) -> float | None:
    """How often the wall lets each kind happen; None where there is no probability."""
    if PREFIX + "p" not in config:
        return None
    p = float(config[PREFIX + "p"])
    return max(p, SHOWN_P) if config.get("augment") == "ada" else p


def measure(
    project: Project, dataset_id: int, size: tuple[int, int], crop: str | None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Symmetry:  # fmt: skip
    """Whether the chosen pictures have sides and an up; those that cannot be read are left out."""
    policy = policies.settled(project, dataset_id, crop)
    ids = _chosen_ids(project, dataset_id)
    count = min(len(ids), symmetry.MOST_PICTURES)
    spread = [ids[place * len(ids) // count] for place in range(count)]
    pictures = []
    for item in store.items_by_id(project, spread):
        if cancelled():
            return Symmetry()
        try:
            pictures.append(prepare.preview(project, item, size, policy, channels=3))
        except StudioError:
            continue
    return symmetry.measure(pictures, cancelled)


def warnings(family: str, config: Mapping[str, Value], found: Symmetry) -> list[Said]:
    """What of these augmentations would show in what the model draws, a sentence each."""
    from models import base

    kind = base.family(family)
    said = []
    if config.get(PREFIX + "mirror") and found.has_sides:
        told = round(100 * found.mirrored)
        said.append(
            Said(
                "These pictures have a left and a right, as lettering has: {told} of 100 are told "
                "from their mirror images. Mirrored ones will be drawn, too: turn Mirror off.",
                told=told,
            )
        )
    if found.is_upright and _turns(config) and _shows(kind, config):
        told = round(100 * found.turned)
        said.append(
            Said(
                "These pictures have an up and a down, as a skyline has: {told} of 100 are told "
                "from turned ones. Turned ones will be drawn, too: turn them less, or less often.",
                told=told,
            )
        )
    return said


def _turns(config: Mapping[str, Value]) -> bool:
    kind = config.get("augment")
    if kind == "none":
        return False
    if kind == "ada":
        return float(config.get(PREFIX + "turn", 0.0)) > 0
    return float(config.get(PREFIX + "rotate", 0.0)) >= TILTED


def _shows(kind: type[Family], config: Mapping[str, Value]) -> bool:
    """An encoder redraws what it is shown; a critic that sees it seldom enough hides it."""
    return not kind.facts.has_critic or float(config.get(PREFIX + "p", 1.0)) >= SHOWS_FROM


def kinds(names: Sequence[str]) -> list[str]:
    """Those parameters that are augmentation, by name and in their order."""
    return [name for name in names if name == PREFIX.rstrip("_") or name.startswith(PREFIX)]

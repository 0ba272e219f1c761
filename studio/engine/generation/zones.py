"""Which layers of a model a change is meant for: all, a named part of them, or some by number.

Coarse layers hold the form of a picture, middle ones its texture, fine ones its colour (Karras
2019, arXiv:1812.04948, Sec. 3.1): a family says in its `LatentSpec` which slots these are.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from studio.engine.errors import UsageError

if TYPE_CHECKING:
    from models.facts import LatentSpec

EVERYWHERE = "all"
GROUPS = {"form": "coarse", "texture": "middle", "colour": "fine"}
"""The artist's word for a zone, and the name of its group in a `LatentSpec`."""
NUMBERS = r"[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?)*"
PATTERN = f"^(all|form|texture|colour|{NUMBERS})$"
"""Numbers count slots from 1, as `1,4-6`."""


def zones_of(latent: LatentSpec) -> tuple[str, ...]:
    """The zones with a name that a model has; only the first where its latent has no layers."""
    named = (zone for zone, group in GROUPS.items() if _size(latent, group))
    return (EVERYWHERE, *named)


def slots_of(zone: str, latent: LatentSpec) -> np.ndarray:
    """Whether each slot belongs to a zone: bool [slots]; :class:`UsageError` for none there."""
    chosen = np.zeros(latent.slots, np.bool_)
    if zone == EVERYWHERE:
        chosen[:] = True
    elif zone in GROUPS and _size(latent, GROUPS[zone]):
        chosen[slice(*latent.groups[GROUPS[zone]])] = True
    elif latent.slots == 1 or not latent.groups:
        raise UsageError(
            "This model draws all layers from one latent: it has no zone {zone!r}, only {all!r}.",
            zone=zone, all=EVERYWHERE,
        )  # fmt: skip
    elif re.fullmatch(NUMBERS, zone):
        for part in zone.split(","):
            first, _, last = part.partition("-")
            low, high = int(first), int(last or first)
            if not 1 <= low <= high <= latent.slots:
                raise _unknown(zone, latent)
            chosen[low - 1 : high] = True
    else:
        raise _unknown(zone, latent)
    return chosen


def numbered(slots: Collection[int]) -> str:
    """The zone of these slots, counted from 0: `1,4-6`."""
    parts: list[list[int]] = []
    for slot in sorted(slots):
        if parts and parts[-1][-1] == slot:
            parts[-1][-1] = slot + 1
        else:
            parts.append([slot + 1, slot + 1])
    return ",".join(f"{low}-{high}" if high > low else f"{low}" for low, high in parts)


def chosen_slots(zone: str, slots: int) -> set[int]:
    """The slots, counted from 0, of a zone that names them by number; none of a named one."""
    if not re.fullmatch(NUMBERS, zone):
        return set()
    found: set[int] = set()
    for part in zone.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first) - 1, min(int(last or first), slots)))
    return found


def _size(latent: LatentSpec, group: str) -> int:
    low, high = latent.groups.get(group, (0, 0))
    return high - low


def _unknown(zone: str, latent: LatentSpec) -> UsageError:
    return UsageError(
        "This model has no layers {zone!r}: name {known}, or numbers from 1 to {count} as 1,4-6.",
        zone=zone, known=", ".join(zones_of(latent)), count=latent.slots,
    )  # fmt: skip

"""The curves of a run, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from models.facts import Curve
from studio.engine.errors import StudioError
from studio.engine.events import Metrics
from studio.engine.training.record import statistics
from studio.engine.training.record.recipe import Recipe
from studio.engine.training.record.series import Series

EXAMINED = {
    "unseen_psnr": "PSNR of unseen pictures, dB",
    "likeness": "distance to the pictures",
    "coverage": "coverage of the pictures",
    "variety": "variety of the samples",
}
"""What every family is examined for now and then: the field's terms."""


def read_curves(run_folder: Path) -> dict[str, Series]:
    """The curves that a run's diary tells, in the order in which they came."""
    found: dict[str, Series] = {}
    for event in statistics.read(run_folder):
        if isinstance(event, Metrics):
            for name, value in event.values.items():
                found.setdefault(name, Series()).add(event.images_seen, value)
    return found


def known_curves(run_folder: Path) -> Mapping[str, Curve]:
    """What the family of a run says of its curves; nothing where it is not known here."""
    from models import base
    from models.parameters import ParameterError

    try:
        return base.family(Recipe.load(run_folder).family).facts.curves
    except (StudioError, ParameterError):
        return {}


def term(name: str, known: Mapping[str, Curve]) -> str:
    """What a curve is called in a legend, with the name under which it is counted."""
    plain = name.replace("_", " ")
    words = EXAMINED.get(name) or (known[name].words if name in known else plain)
    return words if words == plain or "(" in words else f"{words} ({name})"


def is_hidden(name: str, known: Mapping[str, Curve]) -> bool:
    """Whether it is of another scale than the losses."""
    return name in EXAMINED or (name in known and known[name].hidden)

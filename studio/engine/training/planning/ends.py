"""When runs end: at a time of the clock, or at another end than the one that they reached."""

from __future__ import annotations

import datetime
import re

from studio.engine.errors import UsageError
from studio.engine.training.record.recipe import Recipe

_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def moment(clock: str, now: datetime.datetime | None = None) -> datetime.datetime:
    """The next time that a clock here shows `7:00`, within a day, with the offset that it has then.

    Raises :class:`UsageError` for what is no time of the clock. `now` is for tests.
    """
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        raise UsageError("{text!r} is no time of the clock: write it as 7:00 or 19:30.", text=clock)
    now = now or datetime.datetime.now()
    time = datetime.time(int(found[1]), int(found[2]))
    wanted = datetime.datetime.combine(now.date(), time)
    if wanted <= now.replace(tzinfo=None):
        wanted += datetime.timedelta(days=1)
    return wanted.astimezone()


def moved(recipe: Recipe, clock: str) -> Recipe:
    """The recipe of a run that ends by the clock, with another time of it.

    Raises :class:`UsageError` as :func:`moment`, and for a run that has another end.
    """
    if recipe.until is None:
        raise UsageError(
            "The run {run} does not end by the clock: stop it, and resume it with another length.",
            run=recipe.run,
        )
    return recipe.model_copy(update={"until": moment(clock)})


def said(until: datetime.datetime) -> str:
    """As a clock here shows it, `07:00`."""
    return f"{until.astimezone():%H:%M}"


def minutes_to(wanted: datetime.datetime) -> float:
    """From now on, at least a second."""
    left = wanted - datetime.datetime.now(datetime.UTC)
    return max(1.0, left.total_seconds()) / 60


def is_past(wanted: datetime.datetime) -> bool:
    return wanted <= datetime.datetime.now(datetime.UTC)


def another_end(
    recipe: Recipe, total_images: int, images_seen: int, seconds: float
) -> tuple[int | None, float | None]:
    """(images, minutes), totals that let a run go on which reached its end; else (None, None).

    `total_images` is what it was to see last, `seconds` what it has trained. The run gets its own
    length once more. One that was stopped on the way to such an end keeps it, as does one whose
    moment of the clock is still to come.
    """
    if recipe.total_images is not None:
        if images_seen < total_images:
            longer = total_images > recipe.total_images
            return (total_images if longer else None), None
        return images_seen + recipe.total_images, None
    assert recipe.minutes is not None  # a recipe has exactly one of both
    spent = seconds / 60
    if recipe.until is not None:
        return None, (spent + recipe.minutes if is_past(recipe.until) else None)
    return None, (spent + recipe.minutes if spent >= recipe.minutes else None)

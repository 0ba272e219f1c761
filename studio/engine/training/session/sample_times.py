"""When a run draws its samples: every few seconds at first, when most changes, and then rarer."""

from __future__ import annotations

PART = 0.1
"""Of the usual interval, at the beginning; then of the age of the run, up to the interval."""


def pause(trained: float, every: float) -> float:
    """Seconds until the next sheet of a run that trained for `trained` seconds, at most `every`."""
    return min(every, PART * max(every, trained))


def sheets(seconds: float, every: float) -> int:
    """How many sheets a run of so many seconds draws."""
    count, trained = 0, 0.0
    while trained < seconds and pause(trained, every) < every:
        trained += pause(trained, every)
        count += 1
    return count + int(max(0.0, seconds - trained) / every)

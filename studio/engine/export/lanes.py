"""Writing files beside making the next pictures: encoders, hashes and signatures leave Python's
lock, so that they run on other processors than what renders."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Thing = TypeVar("Thing")

LANES = min(2, os.cpu_count() or 1)
"""Threads that write: as many things and one more are in memory."""


def in_lanes(count: int, make: Callable[[int], Thing], write: Callable[[int, Thing], None]) -> None:
    """`write(place, make(place))` for every place: made here and in order, written beside.

    The first error, of either, ends it: what is being written is ended first, and nothing is begun
    any more.
    """
    waiting: deque[Future[None]] = deque()
    begun = threading.Event()
    with ThreadPoolExecutor(LANES, thread_name_prefix="export") as lanes:
        try:
            # All threads start before any writes: one whose start is interrupted is unknown to
            # the pool, which would not wait for it, and its file would be left.
            for _ in range(LANES):
                lanes.submit(begun.wait)
        finally:
            begun.set()
        try:
            for place in range(count):
                thing = make(place)
                if len(waiting) >= LANES:
                    waiting.popleft().result()
                waiting.append(lanes.submit(write, place, thing))
            while waiting:
                waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()

"""Rows of a picture, a few at a time: what is worked on stays in the processor's cache.

A pass over a whole picture of 12 megapixels waits for the memory; one over 200 KB does not.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from studio.engine.artwork import Image

STRIP = 32_768
"""Pixels."""


def in_strips(image: Image, work: Callable[[slice], Image], channels: int) -> Image:
    """float32 [h, w, channels] of `work(rows)` for every few rows, on all processors.

    `work` must give for some rows what it would give for them among all.
    """
    height, width = image.shape[:2]
    made = np.empty((height, width, channels), np.float32)
    rows = max(1, STRIP // max(1, width))

    def fill(top: int) -> None:
        part = slice(top, min(height, top + rows))
        made[part] = work(part)

    tops = range(0, height, rows)
    if len(tops) < 3:
        for top in tops:
            fill(top)
    else:
        # A list: an error in one of them is raised here.
        list(_workers().map(fill, tops))
    return made


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(min(8, os.cpu_count() or 1), thread_name_prefix="strips")

"""The garbage collector, kept out of the way while much is made that is no garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """No collection while the block runs; what is there at its end is not looked at again.

    For the making of many objects that live long and hold no cycles: each collection would
    look at all of them, and hold every thread up meanwhile. They are still freed when nobody
    holds them any more. One block at a time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()

"""The garbage collector, kept out of the way while much is made that is no garbage."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collected_later() -> Iterator[None]:
    """No collection while the block runs; what is there at its end is not looked at again before
    :func:`collect_all`.

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


def share_one_heap() -> None:
    """Let all threads take memory from one heap; before there are any others.

    With one for every thread (glibc's way) each keeps what was freed in it: opening and closing a
    project 30 times held 175 MB more, though nothing was left. Threads of Python seldom ask at the
    same moment; pictures of a slider come as quickly.
    """
    _asked_of_libc("mallopt", _ARENA_MAX, 1)


def collect_all() -> None:
    """Free what a closed project left, also what was not to be looked at, and give it back.

    Takes a tenth of a second or two. What stays is not looked at again.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _asked_of_libc("malloc_trim", 0)


_ARENA_MAX = -8
"""M_ARENA_MAX of malloc.h."""


def _asked_of_libc(call: str, *values: int) -> None:
    """Call a function of glibc; nothing happens with another C library, which has no such call."""
    import ctypes

    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            getattr(ctypes.CDLL(None), call)(*values)

"""Reading a file of somebody else in a process with limits: the one way there is.

A function that is `limited` runs in such a process wherever it is called. The process stays for
the next call, so that a picture costs what it costs to decode; one that dies, hangs or takes too
much memory costs its file a sentence.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from studio.engine.dataset.decoding import parts
from studio.engine.dataset.decoding.child import Child, LostError
from studio.engine.dataset.index.safe_names import display_path
from studio.engine.errors import StudioError
from studio.engine.said import SaidError

MEMORY_BYTES = 4 << 30
"""More than for a look at a file: here a picture comes in its full size."""
SECONDS = 120.0
"""To the next part of an answer."""
IDLE_SECONDS = 60.0
_WATCH_SECONDS = 0.2

P = ParamSpec("P")
T = TypeVar("T")


def limited(read: Callable[P, T]) -> Callable[P, T]:
    """`read`, in another process. Its arguments and what it gives are what :mod:`parts` knows.

    What it raises becomes a :class:`StudioError` with the same sentence; so does the death of the
    process, with the first path among the arguments.
    """

    @functools.wraps(read)
    def asked(*arguments: P.args, **more: P.kwargs) -> T:
        if _here:
            return read(*arguments, **more)
        with contextlib.closing(_answers(read, arguments, more)) as found:
            answer = cast(T, next(found))
            next(found, None)  # its end: the process is free again
            return answer

    asked.limited = True  # type: ignore[attr-defined]
    return asked


def limited_parts(read: Callable[P, Iterator[T]]) -> Callable[P, Iterator[T]]:
    """As :func:`limited`, for what comes in parts: each is given on as soon as it is there."""

    @functools.wraps(read)
    def asked(*arguments: P.args, **more: P.kwargs) -> Iterator[T]:
        return read(*arguments, **more) if _here else _answers(read, arguments, more)

    asked.limited = True  # type: ignore[attr-defined]
    return asked


def _answers(
    read: Callable[..., Any], arguments: tuple[Any, ...], more: dict[str, Any]
) -> Generator[Any, None, None]:
    request = {
        "read": f"{read.__module__}:{read.__name__}",
        "arguments": parts.packed([list(arguments), more]),
    }
    try:
        with READERS.one() as child:
            yield from child.ask(request)
    except LostError as error:
        path = next((each for each in arguments if isinstance(each, Path)), Path())
        raise StudioError(
            "{path} cannot be read: {reason}", path=display_path(path), reason=error.said
        ) from error


# ------------------------------------------------------------------- in the process

_here = False
"""Whether this is such a process."""


def begin() -> None:
    """From now on everything is read in this very process."""
    global _here
    _here = True


def served(request: dict[str, Any]) -> Iterator[bytes | memoryview]:
    """What the process says to a request of :func:`limited`, the end with it."""
    module, _, name = str(request["read"]).partition(":")
    read = getattr(importlib.import_module(module), name)
    assert read.limited, "only what is meant to be asked for"
    arguments, more = parts.unpacked(request["arguments"])
    try:
        found = read.__wrapped__(*arguments, **more)
        for each in found if isinstance(found, Iterator) else (found,):
            yield from parts.written(each)
    except MemoryError:
        yield parts.line({"memory": True})
        return
    except SaidError as error:
        detail = getattr(error, "detail", "")
        yield parts.line({"error": parts.packed(error.said), "detail": detail})
    except Exception as error:  # noqa: BLE001  # a decoder may raise anything on hostile bytes
        yield parts.line({"unforeseen": f"{type(error).__name__}: {error}"[:500]})
    yield parts.line({"end": True})


# ------------------------------------------------------------------- in the program


class Readers:
    """The processes that are there; one more begins where all are busy, and idle ones end."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._free: list[tuple[float, Child]] = []
        self._busy: set[Child] = set()
        self._watch: threading.Thread | None = None

    @contextlib.contextmanager
    def one(self) -> Iterator[Child]:
        """A process of one's own for as long as one asks it something."""
        with self._guard:
            child = (
                self._free.pop()[1] if self._free else Child(MEMORY_BYTES, SECONDS, is_urgent=True)
            )
            self._busy.add(child)
            if self._watch is None:
                self._watch = threading.Thread(target=self._look, name="readers", daemon=True)
                self._watch.start()
        try:
            yield child
        finally:
            with self._guard:
                self._busy.discard(child)
                self._free.append((time.monotonic(), child))

    @property
    def pids(self) -> set[int]:
        """The processes that run now."""
        with self._guard:
            found = {*self._busy, *(child for _, child in self._free)}
        return {child.pid for child in found} - {0}

    def close(self, idle_since: float = float("inf")) -> None:
        """End the processes that nobody has asked anything since then."""
        with self._guard:
            old = [child for since, child in self._free if since <= idle_since]
            self._free = [each for each in self._free if each[1] not in old]
        for child in old:
            child.kill()
            child.reap()

    def _look(self) -> None:
        """The clock of all of them; it ends with the last."""
        while True:
            time.sleep(_WATCH_SECONDS)
            with self._guard:
                busy = tuple(self._busy)
                if not busy and not self._free:
                    self._watch = None
                    return
            for child in busy:
                child.kill_if_late()
            self.close(time.monotonic() - IDLE_SECONDS)


READERS = Readers()
atexit.register(lambda: READERS.close())
if hasattr(os, "register_at_fork"):  # a fork has none of them: its parent's are not its own

    def _anew() -> None:
        global READERS
        READERS = Readers()

    os.register_at_fork(after_in_child=_anew)

"""A machine that does not fall asleep while it works: nights are when people train.

Systems have a way of their own each: systemd's inhibitor locks, `caffeinate` of macOS,
`SetThreadExecutionState` of Windows. Where there is none, or it is refused, nothing is held off,
and nothing is said: the work goes on after the sleep as it does after a pause.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator

_ENDS_WITHIN = 2.0
_CONTINUOUS, _SYSTEM_REQUIRED = 0x80000000, 0x00000001


@contextlib.contextmanager
def held_awake(why: str) -> Iterator[None]:
    """Hold sleep off, of idleness or of a closed lid where the system lets; `why` is what it lists.

    On Windows that holds for the thread, which has to stay the same. Whoever holds it may die at
    any time: it ends then.
    """
    if sys.platform == "win32":
        with _execution_state():
            yield
        return
    words = _command(why)
    holder = None
    if words is not None:
        with contextlib.suppress(OSError):
            # It reads from us until we end, however that comes.
            holder = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
    try:
        yield
    finally:
        if holder is not None:
            _end(holder)


class Vigil:
    """Holds sleep off from `begin` to `end`, in a thread of its own."""

    def __init__(self) -> None:
        self._over: threading.Event | None = None

    def begin(self, why: str) -> None:
        """Nothing where it has begun."""
        if self._over is None:
            self._over = over = threading.Event()
            threading.Thread(target=_watch, args=(why, over), daemon=True).start()

    def end(self) -> None:
        """Nothing where it has not begun; the thread ends beside whoever calls."""
        if self._over is not None:
            self._over.set()
            self._over = None


def _watch(why: str, over: threading.Event) -> None:
    with held_awake(why):
        over.wait()


def _command(why: str) -> list[str] | None:
    if sys.platform == "darwin":
        found = shutil.which("caffeinate")
        return None if found is None else [found, "-i", "-s", "-w", str(os.getpid())]
    found, reader = shutil.which("systemd-inhibit"), shutil.which("cat")
    if found is None or reader is None:
        return None
    return [found, "--what=sleep:idle", "--who=Latent Studio", f"--why={why}", "--mode=block",
            reader]  # fmt: skip


def _end(holder: subprocess.Popen[bytes]) -> None:
    if holder.stdin is not None:
        with contextlib.suppress(OSError):
            holder.stdin.close()
    if sys.platform == "darwin":
        holder.terminate()
    try:
        holder.wait(_ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        holder.kill()
        holder.wait()


@contextlib.contextmanager
def _execution_state() -> Iterator[None]:
    import ctypes

    state = getattr(ctypes, "windll").kernel32.SetThreadExecutionState  # noqa: B009  # only there
    state(_CONTINUOUS | _SYSTEM_REQUIRED)
    try:
        yield
    finally:
        state(_CONTINUOUS)

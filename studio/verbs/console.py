"""What a verb says: results on stdout, everything else on stderr."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import math
import os
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TextIO

from studio.engine.errors import StudioError
from studio.engine.said import reason

PLAIN_SECONDS = 5.0
"""Where nobody can see a bar, a line says how far the work is, this often."""
LIVE_SECONDS = 0.1
BAR = 24


class OutputError(StudioError):
    """Nobody takes what was found."""


@dataclass(frozen=True)
class Result:
    """The end of a verb. `facts` are the JSON object, `lines` the same for a person."""

    facts: Mapping[str, object]
    lines: list[str] = field(default_factory=list)
    exit_code: int = 0


class Console:
    """With `as_json`, stdout carries exactly one JSON object, as its last line."""

    def __init__(self, as_json: bool, stdout: TextIO, stderr: TextIO) -> None:
        self.as_json = as_json
        self._stdout = stdout
        self._stderr = stderr
        self._live = stderr.isatty()
        self._bar_is_shown = False
        self._told = -math.inf

    def finish(self, result: Result) -> None:
        self._clear()
        lines = result.lines
        if self.as_json:
            lines = [json.dumps(plain(result.facts), allow_nan=False)]
        self.say("".join(f"{line}\n" for line in lines))

    def say(self, text: str = "") -> None:
        """Write to stdout all that is left; :class:`OutputError` where it cannot be written."""
        try:
            self._stdout.write(text)
            self._stdout.flush()
        except OSError as error:
            # What is left in the stream must not fail once more when the interpreter ends.
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stdout.fileno())
            if isinstance(error, BrokenPipeError):
                raise
            raise OutputError(
                "What was found could not be written to the output ({reason}): send it to "
                "another place.",
                repr(error),
                reason=reason(error),
            ) from error

    def fail(self, sentence: str, exit_code: int) -> None:
        """Print the one sentence of a failure, and as JSON where that was asked for."""
        self.note(f"latent-studio: {sentence}")
        if self.as_json:
            with contextlib.suppress(OutputError):
                self.say(json.dumps({"error": sentence, "exit": exit_code}) + "\n")

    def note(self, sentence: str) -> None:
        """One line on stderr that stays, whatever a file in it is called."""
        from studio.engine.dataset.index.safe_names import display_name

        self._clear()
        self._tell(f"{display_name(sentence)}\n")

    def progress(self, sentence: str, fraction: float | None = None) -> None:
        """How far the work is: a bar on a terminal, now and then a line elsewhere."""
        now = time.monotonic()
        if now - self._told < (LIVE_SECONDS if self._live else PLAIN_SECONDS):
            return
        self._told = now
        percent = "" if fraction is None else f"{100 * min(1.0, fraction):3.0f} % "
        if not self._live:
            self._tell(f"{percent}{sentence}\n")
        else:
            width = shutil.get_terminal_size().columns - 1
            bar = "" if fraction is None else _bar(fraction)
            self._tell(f"\r\x1b[K{f'{bar}{percent}{sentence}'[:width]}")
            self._bar_is_shown = True

    def _tell(self, text: str) -> None:
        """To stderr; words that find no reader cost no work."""
        with contextlib.suppress(OSError):
            self._stderr.write(text)
            self._stderr.flush()

    def pictures(self, done: int, total: int) -> None:
        """So many of so many pictures."""
        self.progress(f"{done} of {total} pictures", done / total)

    def _clear(self) -> None:
        if self._bar_is_shown:
            self._tell("\r\x1b[K")
            self._bar_is_shown = False
        self._told = -math.inf


def _bar(fraction: float) -> str:
    full = round(BAR * min(1.0, max(0.0, fraction)))
    return f"[{'#' * full}{'.' * (BAR - full)}] "


def plain(value: object) -> object:
    """`value` as JSON can carry it: paths as text, a number that is not finite as null."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


class _Closed(io.StringIO):
    """Nobody reads it, and that is said."""

    def flush(self) -> None:
        if self.getvalue():
            self.truncate(0)
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def output() -> tuple[TextIO, TextIO]:
    """stdout and stderr that can carry every file name, whatever the terminal's encoding.

    One that was closed by whoever started the program is another's file by now, or would be the
    next that is opened: nothing is written there.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdout = sys.stdout or _Closed()
    sys.stderr = sys.stderr or _Closed()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    return sys.stdout, sys.stderr

"""What a verb says: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import math
import shutil
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TextIO

PLAIN_SECONDS = 5.0
"""Where nobody can see a bar, a line says how far the work is, this often."""
LIVE_SECONDS = 0.1
BAR = 24


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
        if self.as_json:
            self._stdout.write(json.dumps(plain(result.facts), allow_nan=False) + "\n")
        else:
            self._stdout.writelines(f"{line}\n" for line in result.lines)
        self._stdout.flush()

    def fail(self, sentence: str, exit_code: int) -> None:
        """Print the one sentence of a failure, and as JSON where that was asked for."""
        self.note(f"latent-studio: {sentence}")
        if self.as_json:
            self._stdout.write(json.dumps({"error": sentence, "exit": exit_code}) + "\n")
            self._stdout.flush()

    def note(self, sentence: str) -> None:
        """One line on stderr that stays, whatever a file in it is called."""
        from studio.engine.dataset.index.safe_names import display_name

        self._clear()
        self._stderr.write(f"{display_name(sentence)}\n")
        self._stderr.flush()

    def progress(self, sentence: str, fraction: float | None = None) -> None:
        """How far the work is: a bar on a terminal, now and then a line elsewhere."""
        now = time.monotonic()
        if now - self._told < (LIVE_SECONDS if self._live else PLAIN_SECONDS):
            return
        self._told = now
        percent = "" if fraction is None else f"{100 * min(1.0, fraction):3.0f} % "
        if not self._live:
            self._stderr.write(f"{percent}{sentence}\n")
        else:
            width = shutil.get_terminal_size().columns - 1
            bar = "" if fraction is None else _bar(fraction)
            self._stderr.write(f"\r\x1b[K{f'{bar}{percent}{sentence}'[:width]}")
            self._bar_is_shown = True
        self._stderr.flush()

    def pictures(self, done: int, total: int) -> None:
        """So many of so many pictures."""
        self.progress(f"{done} of {total} pictures", done / total)

    def _clear(self) -> None:
        if self._bar_is_shown:
            self._stderr.write("\r\x1b[K")
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


def output() -> tuple[TextIO, TextIO]:
    """stdout and stderr that can carry every file name, whatever the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    return sys.stdout, sys.stderr

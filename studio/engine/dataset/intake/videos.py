"""Video files as pictures: frames at a chosen rate are kept in the project beside the index.

A child process under limits decodes the video (see `frames.py`); the video itself is only
read. The frames are files like any other from then on.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from studio.engine import processes
from studio.engine.dataset.index import settings
from studio.engine.dataset.index.safe_names import display_name, display_path
from studio.engine.dataset.intake.met import Candidate, Problem
from studio.engine.door import inside
from studio.engine.errors import UsageError
from studio.engine.extras import needed
from studio.engine.project import Project
from studio.engine.said import Said, reason, spoken

SUFFIXES = frozenset(
    {
        ".3gp", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts",
        ".ogv", ".webm", ".wmv",
    }
)  # fmt: skip
FOLDER = "frames"
EVERY, SHORTEST, LONGEST = 1.0, 0.01, 3600.0
"""Seconds between frames: the usual, and the bounds."""
MEMORY_BYTES = 3 << 30
STALL_SECONDS = 60.0
NEEDS_LIBRARY = needed(
    Said("A video (all of them were passed over; import them again then)"), "video"
)


def claims_video(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES


def check_rate(every: float | None) -> None:
    """Raises :class:`UsageError` for seconds between frames that are not possible."""
    if every is not None and not SHORTEST <= every <= LONGEST:
        raise UsageError(
            "A frame every {every:g} seconds is not possible: use {low:g} to {high:g}.",
            every=every,
            low=SHORTEST,
            high=LONGEST,
        )


def rate(project: Project, dataset_id: int, every: float | None) -> float:
    """Seconds between frames for a dataset: `every`, kept from now on, or what was kept."""
    kept = settings.FRAME_EVERY.read(project, dataset_id)
    kept = EVERY if kept is None else kept
    if every is None or every == kept:
        return kept
    settings.FRAME_EVERY.put(project, dataset_id, every)
    return every


@dataclass
class Frames:
    """The frames of the videos that one import meets."""

    project: Project
    every: float = EVERY
    cancelled: Callable[[], bool] = lambda: False
    _told: bool = False

    def instead_of(self, entry: Candidate | Problem) -> Iterator[Candidate | Problem]:
        """The frames where `entry` is a video, and otherwise the entry itself."""
        if isinstance(entry, Candidate) and not entry.member and claims_video(entry.path):
            yield from self.of(entry)
        else:
            yield entry

    def of(self, video: Candidate) -> Iterator[Candidate | Problem]:
        """The kept frames of one video as candidates, and what went wrong with it."""
        place = inside(self.project.folder, FOLDER, _folder_name(video, self.every))
        if not place.is_dir():
            if importlib.util.find_spec("av") is None:
                if not self._told:
                    self._told = True
                    yield Problem(display_path(video.path), NEEDS_LIBRARY, incomplete=True)
                return
            wrong = self._extract(video, place)
            if wrong is not None:
                yield Problem(display_path(video.path), wrong, incomplete=True)
        if place.is_dir():
            for path in sorted(place.iterdir()):
                facts = path.stat()
                yield Candidate(
                    path, "", path.name, facts.st_size, facts.st_mtime_ns, video.folders,
                    video.caption,
                )  # fmt: skip

    def _extract(self, video: Candidate, place: Path) -> Said | None:
        """Write the frames and rename their folder to `place`; returns what was wrong."""
        temporary = place.with_name(f".{os.urandom(6).hex()}.part")
        try:
            temporary.mkdir(parents=True)
            end = self._run(video.path, temporary)
            if end is None:
                return None
            if end["frames"]:
                temporary.rename(place)
            why = end["reason"]
            return why if isinstance(why, Said) else None
        except OSError as error:
            return Said(
                "Its frames cannot be kept in {folder} ({reason}).",
                folder=place.parent,
                reason=reason(error),
            )
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def _run(self, video: Path, folder: Path) -> dict[str, object] | None:
        """What the child said last, or None when `cancelled`."""
        child = processes.spawn(
            processes.Child.FRAMES,
            str(video.absolute()), str(folder.absolute()), repr(self.every), str(MEMORY_BYTES),
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        assert child.stdout is not None
        reader = threading.Thread(target=_forward, args=(child.stdout, lines), daemon=True)
        reader.start()
        last: dict[str, object] = {"frames": 0, "reason": None}
        heard = time.monotonic()
        try:
            while not self.cancelled():
                try:
                    line = lines.get(timeout=0.1)
                except queue.Empty:
                    if time.monotonic() - heard > STALL_SECONDS:
                        return last | {
                            "reason": after(last["frames"], Said("it could not be decoded further"))
                        }
                    continue
                if not line:
                    return last | {
                        "reason": after(last["frames"], Said("its decoding ended unexpectedly"))
                    }
                heard = time.monotonic()
                last = spoken(json.loads(line))
                if last.get("done"):
                    return last
            return None
        finally:
            child.kill()
            child.wait()
            reader.join()
            child.stdout.close()


def after(frames: object, what: Said) -> Said:
    """What is to be said of a video whose decoding ended behind so many `frames`, and why."""
    if not frames:
        return Said("No frame of it can be used: {reason}.", reason=what)
    return Said(
        "Only its beginning was used (frames: {n}): {reason} after that.", n=frames, reason=what
    )


def _forward(stream: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    with contextlib.suppress(OSError, ValueError):
        for line in stream:
            lines.put(line)
    lines.put(b"")


def _folder_name(video: Candidate, every: float) -> str:
    identity = (os.fsencode(video.path), str(video.mtime_ns), str(video.bytes), f"{every:g}")
    parts = [part if isinstance(part, bytes) else part.encode() for part in identity]
    key = hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
    return f"{safe_stem(video.path)}-{key}"


def safe_stem(path: Path) -> str:
    """The name of a video without its ending, as every file system takes it."""
    plain = "".join(
        letter if letter.isalnum() or letter in " -_." else "_"
        for letter in display_name(path.stem)
    )
    return plain.strip(" .")[:40].strip(" .") or "video"

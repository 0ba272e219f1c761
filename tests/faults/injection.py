"""Faults of the system itself: strace lets one call of a forked child fail, or end the child.

`python -m tests.faults.injection KIND FOLDER [EVERY]` sweeps one kind of writing of `writings.py`
over every call that it makes, and prints what became of it as one JSON object. What Python, SQLite
and safetensors do is all met, as the calls are those of the kernel.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import re
import shutil
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from studio.engine.dataset.decoding import limited
from studio.engine.errors import StudioError
from tests.faults.writings import Writing, writing

CALLS = (
    "write", "pwrite64", "writev", "pwritev", "ftruncate", "fsync", "fdatasync", "mkdir",
    "mkdirat", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat",
)  # fmt: skip
"""What changes a disk."""
ERRORS = ("ENOSPC", "EIO")
_ANYBODY = ctypes.c_ulong(-1)
_PR_SET_PTRACER = 0x59616D61
_SAVED, _REFUSED, _BROKEN, _AGAIN = 0, 3, 4, 5
_LINE = re.compile(r"^\d+ +(\w+)\((.*)$")
_NAMED = re.compile(r"(?<=<)/[^>]*(?=>)|(?<=\")/[^\"]*(?=\")")


@dataclass(frozen=True)
class Fault:
    """The `number`-th call of a kind (from 1) goes wrong; sticky: all from there on."""

    call: str
    number: int
    what: str
    """`KILL`, or the name of an error."""
    sticky: bool = False

    @property
    def injected(self) -> str:
        """As strace wants it."""
        way = "signal=KILL" if self.what == "KILL" else f"error={self.what}"
        return f"inject={self.call}:{way}:when={self.number}{'+' if self.sticky else ''}"


@dataclass
class Swept:
    """What a sweep has met: `wrong` has a sentence for each promise that was broken."""

    points: int = 0
    """Calls that were made to fail."""
    faults: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    """Those of a whole writing, in their order, with the files that they name."""


class Watched:
    """A fork of this process that does one thing under strace; its words come by shared memory."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self._words = mmap.mmap(-1, 1 << 16)

    def run(self, work: Writing, folder: Path, value: int, fault: Fault | None) -> tuple[int, str]:
        """(exit code or minus the signal, words of an error)."""
        self._words[:] = bytes(len(self._words))
        ready, go = os.pipe()
        child = os.fork()
        if not child:
            os.close(go)
            os.read(ready, 1)
            os._exit(self._act(work, folder, value, fault))
        os.close(ready)
        words = ["strace", "-f", "-y", "-s0", "-o", str(self.log), "-e", f"trace={','.join(CALLS)}"]
        words += ["-e", fault.injected] if fault else []
        with subprocess.Popen([*words, "-p", str(child)], stderr=subprocess.PIPE) as tracer:
            assert tracer.stderr is not None
            said = tracer.stderr.readline()
            os.close(go)
            _, status = os.waitpid(child, 0)
        if b"attached" not in said:
            raise SystemExit(f"strace: {said.decode(errors='replace')}")
        text = self._words[:].rstrip(b"\0").decode(errors="replace")
        return os.waitstatus_to_exitcode(status), text

    def _act(self, work: Writing, folder: Path, value: int, fault: Fault | None) -> int:
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANYBODY, 0, 0, 0)
        limited.begin()  # strace counts anew in every process, so that once would be always
        try:
            work.write(folder, value)
        except StudioError as error:
            self._words[: len(str(error).encode())] = str(error).encode()
            if fault is None or fault.sticky:
                return _REFUSED
        except BaseException:  # noqa: BLE001  # it is told, whatever it is
            self._tell()
            return _BROKEN
        else:
            return _SAVED
        try:
            work.write(folder, value)  # it went wrong once: the next try has to come through
        except BaseException:  # noqa: BLE001  # it is told, whatever it is
            self._tell()
            return _BROKEN
        return _AGAIN

    def _tell(self) -> None:
        text = traceback.format_exc().encode()[-len(self._words) :]
        self._words[: len(text)] = text


def sweep(work: Writing, place: Path, every: int = 1) -> Swept:
    """Every call of a writing x {killed, refused once, refused from there on}.

    SQLite writes many pages alike: one in `every` of those is met.
    """
    clean = place / "clean"
    clean.mkdir()
    work.prepare(clean)
    watched, found = Watched(place / "strace.txt"), Swept()
    trial = place / "trial"
    shutil.copytree(clean, trial)
    code, words = watched.run(work, trial, 2, None)
    assert code == _SAVED, words
    assert work.found(trial) == 2
    found.calls = [line for line in watched.log.read_text().splitlines() if _LINE.match(line)]
    made = Counter(match[1] for line in found.calls if (match := _LINE.match(line)))
    found.points = made.total()
    for fault in _faults(made, every):
        shutil.rmtree(trial)
        shutil.copytree(clean, trial)
        _try(work, trial, watched, fault, found)
    return found


def _faults(made: Counter[str], every: int) -> Iterator[Fault]:
    for call, count in made.items():
        step = every if call == "pwrite64" else 1
        for number in sorted({*range(1, count + 1, step), count}):
            yield Fault(call, number, "KILL")
            for error in ERRORS:
                yield Fault(call, number, error)
                yield Fault(call, number, error, sticky=True)


def _try(work: Writing, folder: Path, watched: Watched, fault: Fault, found: Swept) -> None:
    found.faults += 1
    code, words = watched.run(work, folder, 2, fault)
    name = {_SAVED: "saved", _REFUSED: "refused", _AGAIN: "again", -9: "killed"}.get(code, "broken")
    found.ends[name] = found.ends.get(name, 0) + 1
    try:
        there = work.found(folder)
        assert name != "broken", words
        assert there in (1, 2), f"it holds {there}"
        if name in ("saved", "again"):
            assert there == 2, "it was said to be saved"
        if name == "refused":
            assert not words or words.endswith("."), words
        work.write(folder, 3)
        assert work.found(folder) == 3, "the next one did not come"
        assert not (left := work.left_over(folder)), f"left over: {left}"
    except BaseException:  # noqa: BLE001  # it is told, whatever it is
        found.wrong.append(f"{fault} {name}: {traceback.format_exc(limit=-3)}")


def unsafe(calls: list[str]) -> list[str]:
    """What a power cut could take of a writing that has ended: files and names without fsync."""
    unsynced: dict[str, str] = {}
    here = str(Path.cwd())
    for line in calls:
        match = _LINE.match(line)
        assert match is not None
        call, named = match[1], [each for each in _NAMED.findall(match[2]) if each != here]
        if "write" in call or call == "ftruncate":
            unsynced[named[0]] = "its content"
        elif call in ("fsync", "fdatasync"):
            unsynced.pop(named[0], None)
        elif call.startswith("unlink"):
            unsynced.pop(named[-1], None)
        elif call.startswith(("rename", "link")):
            old, new = named[0], named[-1]
            early = [path for path in unsynced if path == old or path.startswith(f"{old}/")]
            if early and "/." not in new:
                return [f"{path} got its name before its content was safe" for path in early]
            for path in early:  # still unfinished, under another name
                unsynced[new + path.removeprefix(old)] = unsynced.pop(path)
            unsynced[str(Path(new).parent)] = "the name of what was written"
    return [f"{what} of {path}" for path, what in unsynced.items() if not _is_made_again(path)]


def _is_made_again(path: str) -> bool:
    return path.endswith(("-wal", "-shm", "/.lock")) or "/cache/" in path or "/backups" in path


def main() -> None:
    """KIND FOLDER [EVERY]: sweep that kind of writing in an empty folder."""
    kind, place, *every = sys.argv[1:]
    print(json.dumps(asdict(sweep(writing(kind), Path(place), int(*every or ["1"])))))


if __name__ == "__main__":
    main()

"""Does this copy of the program do its work on this machine? Each part starts the program anew, as
its own command line, in a folder that is gone afterwards: settings and projects are not touched.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studio.engine import processes
from studio.engine.door import read_bytes
from studio.engine.errors import MALFORMED, StudioError
from studio.engine.events import Done, Failed
from studio.engine.files import resources
from studio.engine.jobs import Job
from studio.engine.said import Said, reason

IMAGES = 32
"""Pictures that the training of the test sees: two steps of sixteen."""
_END_SECONDS = 10.0
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Outcome:
    """How one part went. `ok` is None where it was left out."""

    title: Said
    ok: bool | None
    found: Said
    detail: str = ""


def run(job: Job[list[Outcome]], told: Callable[[Outcome], object]) -> list[Outcome]:
    """Test every part, calling `told` after each; a part that needs one that failed fails, too.

    Args:
        job: ends the part that runs when it is cancelled; the parts so far are returned.
    """
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="latent-studio-", ignore_cleanup_errors=True) as place:
        test = _Test(Path(place), job.cancelled)
        for number, (title, work) in enumerate(_PARTS):
            job.advance(number, len(_PARTS))
            outcome = _outcome(title, work, test)
            if job.cancelled():
                break
            outcomes.append(outcome)
            told(outcome)
    return outcomes


def _outcome(title: Said, work: Callable[[_Test], Said | None], test: _Test) -> Outcome:
    try:
        found = work(test)
    except StudioError as error:
        return Outcome(title, False, error.said, error.detail)
    except OSError as error:
        return Outcome(title, False, reason(error), repr(error))
    except MALFORMED as error:
        return Outcome(
            title, False, Said("It answered something else than it should."), repr(error)
        )
    if found is None:
        return Outcome(title, None, Said("left out: the window's library is not installed"))
    return Outcome(title, True, found)


@dataclass
class _Test:
    """The folder of the test, and what earlier parts made in it."""

    place: Path
    cancelled: Callable[[], bool]
    made: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> str:
        return str(self.place / "project")

    def of(self, name: str) -> str:
        """What an earlier part made."""
        if name not in self.made:
            raise StudioError("It needs a part that failed.")
        return self.made[name]

    def program(self, *arguments: str, more: dict[str, str] | None = None) -> dict[str, Any]:
        """The JSON object of a verb; :class:`StudioError` with its last words where it failed."""
        said, words = self.place / "said", self.place / "words"
        own = {"LATENT_STUDIO_HOME": str(self.place / "home"), **(more or {})}
        with said.open("wb") as out, words.open("wb") as errors:
            child = subprocess.Popen(
                processes.program(*arguments),
                stdin=subprocess.DEVNULL, stdout=out, stderr=errors, cwd=self.place,
                env=processes.environment(own),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
            self._wait(child)
        told = read_bytes(words).decode("utf-8", "replace").strip()
        if child.returncode:
            last = told.splitlines()[-1].removeprefix("latent-studio: ") if told else ""
            raise StudioError(
                "It ended with {code}: {reason}", told, code=child.returncode, reason=last or "…"
            )
        lines = read_bytes(said).decode("utf-8", "replace").strip().splitlines()
        found: dict[str, Any] = json.loads(lines[-1] if lines else "{}")
        return found

    def _wait(self, child: subprocess.Popen[bytes]) -> None:
        while True:
            try:
                child.wait(0.1)
                return
            except subprocess.TimeoutExpired:
                if self.cancelled():
                    child.kill()


def _machine(test: _Test) -> Said:
    checks = test.program("doctor", "--json")["checks"]
    lacking = [each["name"] for each in checks if each["needed"] and not each["ok"]]
    if lacking:
        raise StudioError("{names} is missing.", names=", ".join(lacking))
    devices = [each["found"] for each in checks if each["name"].startswith("device ")]
    return Said("; ".join(devices))


def _pictures(test: _Test) -> Said:
    source = str(resources() / "sample" / "pictures")
    found = test.program("import", "--json", test.project, source, "--name", "test")
    if not found["usable"] or found["usable"] != found["found"]:
        raise StudioError(
            "{n} of {total} pictures can be used.", n=found["usable"], total=found["found"]
        )
    test.made["dataset"] = "test"
    return Said("{n} of {total} pictures can be used.", n=found["usable"], total=found["found"])


def _training(test: _Test) -> Said:
    found = test.program(
        "train", "--json", test.project, "--dataset", test.of("dataset"),
        "--size", "32", "--images", str(IMAGES), "--set", f"batch_size={IMAGES // 2}",
    )  # fmt: skip
    test.made["run"] = found["run"]
    return Said("{n} pictures seen, a checkpoint written", n=found["images_seen"])


def _training_child(test: _Test) -> Said:
    """As the window trains: the run goes on in a child, which says how far it is over a pipe."""
    from studio.engine.training.process.client import TrainingProcess

    project = Path(test.project)
    process = TrainingProcess(
        project / "runs" / test.of("run"), project, resume=True, total_images=2 * IMAGES
    )
    process.start()
    try:
        while not test.cancelled():
            for event in process.poll(0.1):
                if isinstance(event, Failed):
                    raise StudioError(event.message, event.detail)
                if isinstance(event, Done):
                    process.wait(_END_SECONDS)
                    return Said("{n} pictures seen, a checkpoint written", n=event.images_seen)
    finally:
        process.kill()
    raise StudioError("It was cancelled.")


def _drawing(test: _Test) -> Said:
    out = str(test.place / "drawn")
    where = (test.project, "--run", test.of("run"), "--count", "1", "--out", out, "--keep")
    found = test.program("generate", "--json", *where)
    test.made["piece"] = next(iter(found["review"]))
    return Said("a picture from seed {seed}", seed=found["seeds"][0])


def _export(test: _Test) -> Said:
    out = str(test.place / "files")
    what = (test.project, test.of("piece"), "--preset", "png", "--approve", "--out", out)
    file = Path(test.program("export", "--json", *what)["files"][0])
    if not read_bytes(file).startswith(_SIGNATURE):
        raise StudioError("{file} is no PNG.", file=file.name)
    return Said("{file} was written", file=file.name)


def _extras(test: _Test) -> Said:
    found = test.program("extras", "check", "--json")
    return Said(", ".join(found["loaded"]) or "–")


def _window(test: _Test) -> Said | None:
    if importlib.util.find_spec("PySide6") is None:
        return None
    shown = sys.platform in ("win32", "darwin")
    hidden = {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM") if shown else "offscreen"}
    test.program("app", "--check", "--json", more={k: v for k, v in hidden.items() if v})
    return Said("painted, with all six places")


_PARTS: Sequence[tuple[Said, Callable[[_Test], Said | None]]] = (
    (Said("What is needed is there, and a device calculates"), _machine),
    (Said("Pictures are decoded in a child process"), _pictures),
    (Said("A model trains two steps"), _training),
    (Said("The training goes on in a child process"), _training_child),
    (Said("The model draws a picture"), _drawing),
    (Said("The picture is exported as PNG"), _export),
    (Said("Installed extras load"), _extras),
    (Said("The window opens"), _window),
)
TITLES = tuple(title for title, _ in _PARTS)

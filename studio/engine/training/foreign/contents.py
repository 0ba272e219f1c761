"""What a file of another program holds: read in a limited process, handed over as tensors."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.engine import processes
from studio.engine.door import opened, read_text
from studio.engine.errors import StudioError
from studio.engine.said import Said, reason, spoken
from studio.engine.training.foreign.child import FACTS, TENSORS
from studio.engine.training.foreign.refusal import ForeignError, about
from studio.engine.training.record.checkpoint import read_tensors

if TYPE_CHECKING:
    from torch import Tensor

SUFFIXES = (".pkl", ".pt", ".pth", ".ckpt")
MEMORY_BYTES = 10 << 30
"""Of address space."""
SECONDS = 600.0
LARGEST_FILE = 4 << 30
_PATIENCE = 0.05
_SURROUNDINGS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Contents:
    """Tensors by their names in the file, and what it says of itself."""

    tensors: Mapping[str, Tensor]
    names: frozenset[str]
    """What there is at the top, taken or not."""
    settings: Mapping[str, Mapping[str, object]]
    """Plain values of every module, by its name."""
    classes: Mapping[str, str]
    """The names of their classes."""

    @classmethod
    def left_in(cls, folder: Path) -> Contents:
        """What the process wrote there."""
        facts = json.loads(read_text(folder / FACTS))
        tensors, names = read_tensors(folder / TENSORS), frozenset(facts["names"])
        return cls(tensors, names, facts["settings"], facts["classes"])

    def below(self, name: str) -> dict[str, Tensor]:
        """The tensors of one module, without its name."""
        start = f"{name}."
        return {
            key.removeprefix(start): tensor
            for key, tensor in self.tensors.items()
            if key.startswith(start)
        }


def contents_of(
    path: Path, wanted: Sequence[str], cancelled: Callable[[], bool] = lambda: False
) -> Contents:
    """The tensors of a file whose names begin as one of `wanted`.

    Raises :class:`ForeignError`, a sentence that names the file; nothing in it is ever run.
    """
    try:
        with opened(path, links=True) as stream:
            size = stream.seek(0, 2)
    except OSError as error:
        raise StudioError(
            "The file {path} cannot be opened ({reason}): check the path.",
            repr(error), path=path, reason=reason(error),
        ) from error  # fmt: skip
    if size > LARGEST_FILE:
        raise ForeignError(about(path.name, Said("it is larger than any model of its kind")))
    with tempfile.TemporaryDirectory(prefix="latent-studio-") as place:
        folder = Path(place)
        answer = _asked(path, folder, wanted, cancelled)
        if why := answer.get("wrong"):
            raise ForeignError(about(path.name, Said.of(why)), str(answer.get("detail", "")))
        return Contents.left_in(folder)


def _asked(
    path: Path, folder: Path, wanted: Sequence[str], cancelled: Callable[[], bool]
) -> dict[str, Any]:
    """The one line that the process says."""
    arguments = (str(path.absolute()), str(folder), str(MEMORY_BYTES), *wanted)
    try:
        process = processes.spawn(
            processes.Child.FOREIGN, *arguments, stdin=subprocess.DEVNULL, more=_SURROUNDINGS
        )
    except OSError as error:
        raise StudioError(
            "The process that reads models could not be started ({reason}): check the "
            "installation with `latent-studio doctor`.", repr(error), reason=reason(error),
        ) from error  # fmt: skip
    said: list[bytes] = []
    assert process.stdout is not None
    listener = threading.Thread(target=lambda: said.append(process.stdout.read()), daemon=True)  # type: ignore[union-attr]  # asked for
    listener.start()
    late = time.monotonic() + SECONDS
    try:
        while process.poll() is None:
            if cancelled():
                raise StudioError("Bringing {file} in was stopped; nothing was changed.",
                                  file=path.name)  # fmt: skip
            if time.monotonic() > late:
                raise ForeignError(about(path.name, Said("reading it took too long")))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
    finally:
        process.kill()
        process.wait()
        listener.join()
        process.stdout.close()
    try:
        found = spoken(json.loads(said[0]))
    except (ValueError, IndexError):
        found = {"wrong": Said("it ended the process that reads it (code {code})",
                               code=process.returncode)}  # fmt: skip
    return dict(found)

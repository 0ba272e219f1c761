"""Checkpoint folders: written whole or not at all, verified before they are trusted.

    checkpoints/000012/model.safetensors      everything `state_dict` holds
                       training.safetensors   moments of the optimisers, sources of chance
                       state.json             counters and the SHA-256 of the other two

Generations are counted, never dated, so a wrong clock cannot reorder them.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, cast

from models.parameters import Value
from studio.engine.door import OutsideError, inside, ordinary, read_text
from studio.engine.errors import MALFORMED, StudioError
from studio.engine.files import atomic_folder, remembered, sha256_file, write_text
from studio.engine.said import Said, reason

if TYPE_CHECKING:
    from torch import Tensor

MODEL, TRAINING, STATE = "model.safetensors", "training.safetensors", "state.json"
PINNED = "pinned"
FORMAT = 1
KEPT = 3
_LARGEST = 1e300
"""No count and no score is larger; what is cannot be a number of pictures."""


class NewerError(StudioError):
    """This build is too old for a checkpoint."""


class State(TypedDict, total=False):
    """What `state.json` says of a checkpoint beside its tensors."""

    format: int
    files: dict[str, str]
    """SHA-256 of the other files."""
    check: str
    """Of all the rest of this."""
    run: str
    family: str
    config: dict[str, Value]
    image_spec: dict[str, Any]
    """The fields of :class:`models.image_spec.ImageSpec`."""
    labels: list[str]
    images_seen: int
    step: int
    total_images: int
    seconds: float
    batch_size: int
    part_size: int
    full_precision: bool
    compiled: bool
    position: int
    """How far the order of the pictures has come."""
    optimizers: dict[str, object]
    chance: dict[str, object]
    watch: dict[str, object]
    """What the detectors of health remember."""
    score: float | None
    quality: dict[str, float]
    best: dict[str, float] | None
    fingerprint: str
    """Of the pictures that it was judged on."""
    left_out: dict[str, str]
    """Of a model that travels: tensors, and those that stand for them."""


@dataclass(frozen=True)
class Saved:
    """A checkpoint that lies on the disk and was whole when this was made."""

    folder: Path
    state: State

    @property
    def number(self) -> int:
        return int(self.folder.name)

    @property
    def sha256(self) -> str:
        """Of `model.safetensors`: the identity of the model."""
        return str(self.state["files"][MODEL])

    @property
    def images_seen(self) -> int:
        return int(self.state["images_seen"])


@dataclass(frozen=True)
class Saves:
    """The checkpoints of a run, verified or not: how far each was, by name, oldest first."""

    images_seen: Mapping[str, int] = field(default_factory=dict)
    best: str = ""
    """The one with the lowest score, or empty where none was scored."""
    seconds: float = 0.0
    """Training time up to the newest."""

    @property
    def newest(self) -> str:
        """The one that was written last, or empty."""
        return next(reversed(tuple(self.images_seen)), "")


def place_of(run_folder: Path, name: str = "") -> Path:
    """Where the checkpoints of a run lie, or the one called `name`; `OutsideError` for a link."""
    return inside(run_folder, "checkpoints", *([name] if name else []))


def folders(run_folder: Path) -> list[Path]:
    """All checkpoint folders of a run, oldest first, verified or not."""
    try:
        found = [path for path in place_of(run_folder).iterdir() if path.name.isdecimal()]
        found = [path for path in found if path.is_dir() and not path.is_symlink()]
    except (OSError, OutsideError):
        return []
    return sorted(found, key=lambda path: int(path.name))


def save(
    run_folder: Path,
    model: Mapping[str, Tensor],
    training: Mapping[str, Tensor],
    state: State,
) -> Saved:
    """Write the next generation durably; raises :class:`StudioError` and leaves the old ones."""
    known = folders(run_folder)
    number = int(known[-1].name) + 1 if known else 1
    target = place_of(run_folder, f"{number:06d}")
    return write(target, {MODEL: model, TRAINING: training}, state)


def write(target: Path, files: Mapping[str, Mapping[str, Tensor]], state: State) -> Saved:
    """Write one checkpoint folder, `state` completed by format, hashes and its own check."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    from studio.engine.training.record.tensors import portable

    try:
        with atomic_folder(target) as temporary:
            for name, tensors in files.items():
                save_file(portable(tensors), temporary / name)
            hashes = {name: sha256_file(temporary / name) for name in files}
            whole: State = {"format": FORMAT, **state, "files": hashes}
            whole["check"] = _check(whole)
            (temporary / STATE).write_text(json.dumps(whole), "utf-8")
    except SafetensorError as error:
        raise StudioError(
            "Could not write {path}: {reason}. Check that the disk has space.",
            repr(error),
            path=target,
            reason=reason(error),
        ) from error
    return Saved(target, whole)


def _check(state: State) -> str:
    rest = {key: value for key, value in state.items() if key != "check"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def verify(folder: Path, *, whole: bool = True) -> Saved:
    """Read and hash a checkpoint; raises :class:`StudioError` naming the file that is wrong.

    Without `whole` only what it takes to play: the moments of the optimisers are twice as large.
    """
    path = folder / STATE
    try:
        state = json.loads(read_text(path))
        if state["check"] != _check(state):
            raise StudioError(_damaged(path))
        if state["format"] > FORMAT:
            raise NewerError(
                "{path} was made by a newer Latent Studio: update this program to open it.",
                path=folder,
            )
        if not {MODEL} <= state["files"].keys() <= {MODEL, TRAINING}:
            raise StudioError(_damaged(path))
        for name, wanted in state["files"].items():
            path = folder / name
            if (whole or name == MODEL) and remembered(path, sha256_file) != wanted:
                raise StudioError(_damaged(path))
    except (OSError, *MALFORMED) as error:
        raise StudioError(_damaged(path), repr(error)) from error
    return Saved(folder, state)


def _damaged(path: Path) -> Said:
    return Said(
        "The checkpoint file {path} is missing or damaged: use another checkpoint of the run.",
        path=path,
    )


def load_latest(run_folder: Path, *, whole: bool = True) -> Saved | None:
    """The newest generation that verifies (see :func:`verify`), or None. Needs no torch."""
    for folder in reversed(folders(run_folder)):
        try:
            return verify(folder, whole=whole)
        except StudioError:
            continue
    return None


def load_best(run_folder: Path) -> Saved | None:
    """The generation with the lowest score that verifies; the newest where none was scored."""
    for folder in _ranked(_states(run_folder)):
        try:
            return verify(folder)
        except StudioError:
            continue
    return load_latest(run_folder)


def required(run_folder: Path, name: str, *, best: bool = False, whole: bool = True) -> Saved:
    """As :func:`load_latest`, or :func:`load_best`, of the run called `name`.

    Raises :class:`StudioError` where there is no checkpoint yet, and where none that there is can
    be read: only the first is mended by training longer.
    """
    found = load_best(run_folder) if best else load_latest(run_folder, whole=whole)
    if found is not None:
        return found
    there = folders(run_folder)
    if not there:
        raise StudioError(
            "The run {run} has no checkpoint yet: train it a little longer.", run=name
        )
    try:
        return verify(there[-1], whole=whole)
    except NewerError:
        raise
    except StudioError as error:
        raise unreadable(run_folder) from error


def unreadable(run_folder: Path) -> StudioError:
    """What to say of a run that has checkpoints, all of them damaged."""
    return StudioError(
        "No checkpoint of {folder} can be read: restore the folder from a backup, or start a new "
        "run.",
        folder=run_folder,
    )


def saves(run_folder: Path) -> Saves:
    """The checkpoints there are, by what they say of themselves; what says nothing counts as 0."""
    states = _states(run_folder)
    ranked = _ranked(states)
    return Saves(
        {folder.name: int(_number(state, "images_seen")) for folder, state in states.items()},
        ranked[0].name if ranked else "",
        _number(_newest(states), "seconds"),
    )


def read_tensors(path: Path) -> dict[str, Tensor]:
    """The tensors of one safetensors file, on the processor."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(ordinary(path))
    except (OSError, SafetensorError) as error:
        raise StudioError(_damaged(path), repr(error)) from error


def keep_last(run_folder: Path, count: int = KEPT) -> None:
    """Remove all but the last `count` generations, the best (lowest score), and pinned ones."""
    states = _states(run_folder)
    known = list(states)
    kept = {*known[-count:], *_ranked(states)[:1]}
    for folder in known:
        if folder not in kept and not (folder / PINNED).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _ranked(states: Mapping[Path, State]) -> list[Path]:
    """Of these generations, oldest first, those that were scored as the newest is: best first.

    What was judged on other pictures, before they were changed, is not one of them.
    """
    pictures = _newest(states).get("fingerprint")
    scores = {
        folder: _number(state, "score", math.nan)
        for folder, state in states.items()
        if state.get("fingerprint") == pictures
    }
    judged = [folder for folder, score in scores.items() if math.isfinite(score)]
    return sorted(judged, key=lambda folder: (scores[folder], -int(folder.name)))


def _states(run_folder: Path) -> dict[Path, State]:
    """What each generation says of itself, unverified, oldest first."""
    return {folder: _plain_state(folder) for folder in folders(run_folder)}


def _newest(states: Mapping[Path, State]) -> State:
    return list(states.values())[-1] if states else {}


def _plain_state(folder: Path) -> State:
    """What a generation says of itself, unverified; empty when it cannot be read."""
    try:
        state = json.loads(read_text(folder / STATE))
    except (OSError, *MALFORMED):
        return {}
    return cast(State, state) if isinstance(state, dict) else {}


def _number(state: State, name: str, unknown: float = 0.0) -> float:
    found = state.get(name)
    if not isinstance(found, int | float) or not abs(found) <= _LARGEST:
        return unknown
    return float(found)


def pin(folder: Path) -> None:
    """Keep a checkpoint for good: a piece is rendered from it. :class:`StudioError` where it was
    deleted."""
    if not folder.is_dir():
        raise StudioError(
            "The checkpoint {path} is gone, and a piece is drawn from its checkpoint: put it back, "
            "or open another one.", path=folder,
        )  # fmt: skip
    write_text(folder / PINNED, "")


def clear_unfinished(run_folder: Path) -> None:
    """Remove what a killed process left half-written beside the checkpoints."""
    for part in place_of(run_folder).glob(".*.part"):
        shutil.rmtree(part, ignore_errors=True)

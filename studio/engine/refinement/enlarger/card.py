"""An enlarger on the disk: weights in safetensors, and beside them a card that says what it is."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.engine.door import inside, read_bytes, read_text
from studio.engine.errors import StudioError
from studio.engine.files import write_bytes, write_json
from studio.engine.said import Said, reason

if TYPE_CHECKING:
    from torch import Tensor

FOLDER = "enlargers"
"""In the folder of a run."""
FAITHFUL, SHARP = "faithful.", "sharp."
"""What the names of weights begin with: of the end that errs least, and the adversarial one."""
_LONGEST_CARD = 1 << 16
_LARGEST = 256 << 20
_SHORT = 12


class Card(BaseModel):
    """What an enlarger is, and what was measured of it. Figures in dB are of held-out pictures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    run: str
    dataset: str
    scale: Literal[2, 4, 8]
    width: int = Field(ge=1, le=256)
    blocks: int = Field(ge=1, le=256)
    mends: Literal["reconstructions", "samples"]
    """Whether it learnt from what the model makes of originals, or from the likeness of samples."""
    checkpoint_sha256: str
    pictures: int
    steps: int
    seconds: float
    psnr: float
    psnr_lanczos: float
    has_sharp: bool
    """Whether there are weights of the adversarial end, for sharpness."""
    detail: float
    """Gradient energy of samples, as a share of that of originals of their size."""
    sha256: str = ""
    """Of the weights."""

    @property
    def is_soft(self) -> bool:
        """Whether the model's pictures have too little detail for it to be carried on."""
        return self.detail < 0.25


def keep(run_folder: Path, card: Card, tensors: Mapping[str, Tensor]) -> Path:
    """Durably write an enlarger of a run; returns its card, whose name says what it holds."""
    from safetensors.torch import save

    folder = inside(run_folder, FOLDER)
    folder.mkdir(exist_ok=True)
    data = save({name: value.detach().cpu().contiguous() for name, value in tensors.items()})
    card = card.model_copy(update={"sha256": hashlib.sha256(data).hexdigest()})
    stem = f"x{card.scale}-{card.sha256[:_SHORT]}"
    write_bytes(folder / f"{stem}.safetensors", data)
    write_json(folder / f"{stem}.json", card.model_dump())
    return folder / f"{stem}.json"


def drop(path: Path) -> None:
    """Delete an enlarger that another takes the place of."""
    for each in (path, path.with_suffix(".safetensors")):
        with contextlib.suppress(OSError):
            each.unlink()


def read(path: Path) -> Card:
    """The card at `path`; :class:`StudioError` where it is gone or damaged."""
    try:
        return Card.model_validate(json.loads(read_text(path, most=_LONGEST_CARD)))
    except OSError as error:
        raise StudioError(
            "The enlarger {path} cannot be read ({reason}): train it again with "
            "`latent-studio enlarger`, or take the step out.",
            repr(error), path=path, reason=reason(error),
        ) from error  # fmt: skip
    except (ValidationError, ValueError, RecursionError) as error:
        raise StudioError(damaged(path), repr(error)) from error


def weights(path: Path, card: Card) -> dict[str, Tensor]:
    """The tensors that belong to a card; :class:`StudioError` where they are others, or none."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    beside = path.with_suffix(".safetensors")
    try:
        data = read_bytes(beside, most=_LARGEST)
        if hashlib.sha256(data).hexdigest() != card.sha256:
            raise ValueError("the weights are not those of the card")
        return load(data)
    except (OSError, SafetensorError, ValueError) as error:
        raise StudioError(damaged(beside), repr(error)) from error


def damaged(path: Path) -> Said:
    return Said(
        "The enlarger {path} is damaged: train it again with `latent-studio enlarger`, or take "
        "the step out.",
        path=path,
    )


def of_run(run_folder: Path) -> dict[Path, Card]:
    """Every enlarger of a run that can be read, the newest last."""
    found: list[tuple[float, Path, Card]] = []
    with contextlib.suppress(OSError):
        for path in inside(run_folder, FOLDER).glob("x*.json"):
            with contextlib.suppress(StudioError):
                found.append((path.stat().st_mtime, path, read(path)))
    return {path: card for _, path, card in sorted(found, key=lambda each: each[:2])}


def in_project(run: str, path: Path) -> str:
    """How a step names an enlarger of a run: from the folder of its project on."""
    return PurePosixPath("runs", run, FOLDER, path.name).as_posix()


def newest(run_folder: Path, run: str, factor: float = 1.0) -> Path:
    """The newest enlarger of a run that reaches `factor`, or else the newest there is;
    :class:`StudioError` where there is none."""
    known = of_run(run_folder)
    if not known:
        raise StudioError(
            "The run {run} has no enlarger yet: train one with `latent-studio enlarger PROJECT "
            "--run {run}`, or by Enlarge in the bench.",
            run=run,
        )
    reaching = [path for path, card in known.items() if card.scale >= factor]
    return (reaching or list(known))[-1]

"""What may be asked of a new run, declared once.

The form's rows, the words of the command line with their help, validation and the fields of the
recipe are made from these declarations: one more option is one more field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Unpack

from models.parameters import Declared, Given, Value, param
from studio.engine.seeds import LARGEST_SEED

AUTO = "auto"
"""Instead of a family: whatever suits pictures, machine and time."""


@dataclass(frozen=True)
class Word:
    """How the command line says an option, where its name, range and help do not suffice."""

    name: str = ""
    metavar: str | None = None
    more: str = ""
    """After the help; without it the default."""
    lowest: int | None = None
    """Where the least value only means to leave it out."""


def option(default: Value, word: Word = Word(), **facts: Unpack[Given]) -> Any:
    """One field; `facts` as those of :func:`param`."""
    return field(default=default, metadata={**param(default, **facts).metadata, "word": word})


@dataclass(frozen=True)
class RecipeOptions(Declared):
    """What a recipe keeps as it was asked."""

    seed: int = option(
        0, label="Seed", help="The number all chance comes from (random seed)",
        low=0, high=LARGEST_SEED,
    )  # fmt: skip
    device: str = option(
        "auto", Word(more="auto (default), cpu, cuda:0, mps, xpu:0 …"),
        label="Device", help="What does the arithmetic (device)", names={"auto": "Best there is"},
    )  # fmt: skip
    precision: str = option(
        "auto", label="Precision", choices=("auto", "bf16", "fp16", "fp32"),
        help="How exactly numbers are kept: bf16 is quicker where it works",
    )  # fmt: skip
    compile: str = option(
        "auto", Word(more="default: auto, where a long run on a GPU is measured to be quicker"),
        label="Compile", choices=("auto", "on", "off"),
        help="Translate the networks for this machine first (torch.compile); takes minutes",
        names={"auto": "Where it pays", "on": "Always", "off": "Never"},
    )  # fmt: skip
    start_from: str = option(
        "", Word("from", "RUN", "with its parameters; the dataset may be another"),
        label="Begin with", names={"": "Nothing learnt yet"},
        help="Take over what another run of this kind has learnt (transfer learning)",
    )  # fmt: skip
    freeze: int = option(
        0, Word(metavar="LEVELS", more="only with --from", lowest=1), low=0, high=8,
        label="Freeze layers",
        help="So many levels of the discriminator, from the finest on, stay as they are (FreezeD)",
    )  # fmt: skip
    tensorboard: bool = option(
        False, label="TensorBoard", names={"yes": "Write its files too"},
        help="Also write the curves as TensorBoard files (event files)",
    )  # fmt: skip


@dataclass(frozen=True)
class SettledOptions(Declared):
    """What is settled by the dataset; the recipe keeps what came of it."""

    crop: str = option(
        "", Word(
            metavar="POLICY",
            more="centre, smart, pad, stretch or tiles, also as pad:blur or smart+linear; "
            "default: what `dataset crop` set, at first centre",
        ),
        label="Framing", help="How pictures of another shape are fitted (crop mode)",
        names={
            "": "As the dataset says", "centre": "Crop the middle", "smart": "Crop to the detail",
            "pad": "Add borders", "stretch": "Stretch", "tiles": "Cut into tiles",
        },
    )  # fmt: skip
    labels: str = option(
        "auto", Word(
            more="for `generate --label`; default: where the dataset has at least twenty "
            "pictures for each, on average",
        ),
        label="Labels", help="Learn what each label looks like (class conditioning)",
        choices=("auto", "yes", "no"), names={"yes": "Learn them", "no": "Leave them out"},
    )  # fmt: skip


@dataclass(frozen=True)
class RunOptions(RecipeOptions, SettledOptions):
    """Every option of a new run beside its pictures, family, size and length."""

    def kept(self) -> dict[str, Value]:
        return {name: getattr(self, name) for name in RecipeOptions.params()}

    @classmethod
    def words(cls) -> dict[str, Word]:
        """How the command line says each."""
        return {each.name: each.metadata["word"] for each in fields(cls)}


@dataclass(frozen=True)
class NewRun:
    """A run as somebody asks for it."""

    dataset: str
    family: str
    """A family, or :data:`AUTO`."""
    width: int
    height: int
    images: int | None = None
    minutes: float | None = None
    """The length, in one of the two; without either half an hour."""
    overrides: Mapping[str, object] = field(default_factory=dict)
    """Parameters of the family by name."""
    options: RunOptions = RunOptions()
    until: str = ""
    """In the place of a length: a time of the clock at which the run ends, as `7:00`."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

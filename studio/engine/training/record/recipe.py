"""What a run was asked to do: everything needed to repeat it, as `recipe.toml` in its folder."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import tomlkit
from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from models.parameters import Value
from studio.engine.door import read_bytes
from studio.engine.errors import StudioError
from studio.engine.files import write_text
from studio.engine.said import NOTHING, Said, plain, reason, spoken
from studio.engine.training.record.options import RecipeOptions

if TYPE_CHECKING:
    from models.base import Family
    from models.image_spec import ImageSpec

FILE = "recipe.toml"
FIGURES = 2
"""The rules of today, see :attr:`Recipe.figures`."""
SAMPLE_EVERY = 30.0
CHECKPOINT_EVERY = 120.0


Sentence = Annotated[Said, BeforeValidator(lambda said: Said(said) if type(said) is str else said)]
"""Earlier versions kept English."""


class Recipe(BaseModel, RecipeOptions):
    """One training run. Sides in pixels, times in seconds except `minutes`."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    run: str
    dataset: str
    dataset_id: int
    family: str
    channels: int
    height: int
    width: int
    labels: list[str] = Field(default_factory=list)
    """Names of the classes that the model knows, in the order of their numbers."""
    labels_sha256: str = ""
    """Of the classes and the class of every training picture."""
    label_notes: list[Sentence] = Field(default_factory=list)
    """What is to be known about the labels, or why they are left out."""
    classes: int = 0
    classes_apart: bool = False
    """See `ImageSpec`; runs of today have it."""
    crop: str = "centre"
    config: dict[str, bool | int | float | str]
    total_images: int | None = Field(None, gt=0)
    minutes: float | None = Field(None, gt=0, allow_inf_nan=False)
    until: AwareDatetime | None = None
    """The moment at which the run ends, where the clock decides; `minutes` is what it was from
    its planning to then."""
    sample_every_seconds: float = Field(SAMPLE_EVERY, gt=0)
    checkpoint_every_seconds: float = Field(CHECKPOINT_EVERY, gt=0)
    start_sha256: str = ""
    """The identity of the weights that this run begins with."""
    start_labels: list[str] = Field(default_factory=list)
    """Names of the classes that those weights know."""
    figures: int = Field(1, ge=1)
    """By which rules its diary's figures are made: since 2 its PSNR is the mean of pictures'."""
    act_on_health: bool = True
    """May change parameters or go back where a detector finds something wrong."""
    prepared: str
    """Folder of the prepared pictures, relative to the project."""
    fingerprint: str
    created: str
    brought_from: str = ""
    """The program that made the model, where that is another one; its pictures are not here."""
    earlier: list[str] = Field(default_factory=list)
    """The datasets that the run has learnt from before this one, in order."""
    reason: Sentence = NOTHING
    """Why this family, where the studio chose it."""

    @field_validator(*RecipeOptions.params())
    @classmethod
    def _option(cls, value: object, info: ValidationInfo) -> Value:
        return RecipeOptions.params()[str(info.field_name)].check(value)

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        if (self.total_images is None) == (self.minutes is None):
            raise ValueError("exactly one of total_images and minutes has to be given")
        if len(self.labels) != self.classes:
            raise ValueError("there has to be a label for each of the classes")
        return self

    @property
    def image_spec(self) -> ImageSpec:
        """The pictures' shape, as the models know it."""
        from models.image_spec import ImageSpec

        return ImageSpec(self.channels, self.height, self.width, self.classes, self.classes_apart)

    def build(self) -> Family:
        """A new family with random weights; raises `ParameterError` for what it cannot accept."""
        from models import base

        kind = base.family(self.family)
        return kind(kind.Config.from_mapping(self.config), self.image_spec)

    def save(self, run_folder: Path) -> None:
        """Durably write `recipe.toml`."""
        write_text(run_folder / FILE, self.written())

    def written(self) -> str:
        """The text of the file."""
        return tomlkit.dumps(plain(self.model_dump(exclude_none=True)))

    @classmethod
    def load(cls, run_folder: Path) -> Self:
        """Read `recipe.toml`; raises :class:`StudioError` naming the file when it is damaged."""
        path = run_folder / FILE
        try:
            return cls.of(read_bytes(path), path)
        except OSError as error:
            raise StudioError(
                "The recipe {path} cannot be read ({reason}): restore the run's folder "
                "from a backup, or start a new run.",
                repr(error),
                path=path,
                reason=reason(error),
            ) from error

    @classmethod
    def of(cls, written: bytes, path: Path) -> Self:
        """The recipe in the bytes of the file `path`; raises as :meth:`load`."""
        try:
            text = written.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
            return cls.model_validate(spoken(tomllib.loads(text)))
        except (ValueError, LookupError, RecursionError) as error:
            raise StudioError(
                "The recipe {path} is damaged ({reason}): restore it from a backup, or "
                "start a new run.",
                str(error),
                path=path,
                reason=_first_problem(error),
            ) from error


def _first_problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return str(error).splitlines()[0] if str(error) else type(error).__name__

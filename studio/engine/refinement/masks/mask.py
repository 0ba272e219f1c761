"""The mask of a step: a kind with its values, perhaps turned round, and strokes on top."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator

from studio.engine.artwork import Image
from studio.engine.refinement.masks.base import MaskKind, mask_kind
from studio.engine.refinement.masks.strokes import Stroke, painted

MOST_STROKES = 500


class Mask(BaseModel):
    """Values only, of no size: the same mask fits a preview and a print."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str = "brush"
    params: dict[str, bool | int | float | str] = Field(default_factory=dict)
    invert: bool = False
    strokes: tuple[Stroke, ...] = Field((), max_length=MOST_STROKES)

    @field_validator("kind")
    @classmethod
    def _known(cls, name: str) -> str:
        mask_kind(name)
        return name

    def shape(self) -> MaskKind:
        """The kind with its values checked; :class:`ParameterError` when one is wrong."""
        return mask_kind(self.kind).from_mapping(self.params)

    def settled(self, folder: Path) -> Self:
        """The same with whole paths of its files, which begin at `folder`;
        :class:`StudioError` where one is gone."""
        kind = self.shape()
        settled = kind.settled(folder)
        return self if settled == kind else self.model_copy(update={"params": settled.as_dict()})

    def weights(self, image: Image) -> Image:
        """float32 [h, w] in [0, 1] for what the step is given."""
        found = self.shape().weights(image)
        return painted(np.float32(1.0) - found if self.invert else found, self.strokes)

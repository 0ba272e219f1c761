"""How what was made is laid over what was there: opacity, blend mode, mask."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
)

from studio.engine.artwork import Image
from studio.engine.errors import UsageError
from studio.engine.refinement.blend_modes import BLENDS, blended
from studio.engine.refinement.masks.mask import Mask

PLAIN: Mapping[str, object] = {"opacity": 1.0, "blend": "normal", "mask": None}
"""The result as it is: what a step says nothing of."""


class Laid(BaseModel):
    """The envelope that steps and groups of them share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unsaid: ClassVar[Mapping[str, object]] = PLAIN
    """What is not written where it is so."""

    enabled: bool = True
    opacity: float = Field(1.0, ge=0.0, le=1.0, allow_inf_nan=False)
    blend: str = "normal"
    mask: Mask | None = None

    @field_validator("blend")
    @classmethod
    def _known_blend(cls, name: str) -> str:
        if name not in BLENDS:
            raise UsageError(
                "There is no blend mode {name!r}. Known: {known}.",
                name=name,
                known=", ".join(BLENDS),
            )
        return name

    @model_serializer(mode="wrap")
    def _short(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What it is first, and without what is said by silence: so were steps before there was
        an envelope."""
        values: dict[str, Any] = whole(self)
        return {
            key: values[key]
            for key in sorted(values, key=lambda key: key in Laid.model_fields)
            if key not in self.unsaid or getattr(self, key) != self.unsaid[key]
        }

    @property
    def is_plain(self) -> bool:
        return all(getattr(self, key) == value for key, value in PLAIN.items())

    def with_settled_mask(self, folder: Path) -> Self:
        """The same with the whole path of the mask's picture, where it has one."""
        mask = self.mask.settled(folder) if self.mask is not None else None
        return self if mask is self.mask else self.model_copy(update={"mask": mask})

    def laid(self, image: Image, made: Image) -> Image:
        """float32 [h, w, c]: `made` over `image`, which have one size unless all is plain."""
        if self.is_plain:
            return made
        weight: Image | float = self.opacity
        if self.mask is not None:
            weight = self.mask.weights(image) * weight
        return blended(image, made, self.blend, weight)

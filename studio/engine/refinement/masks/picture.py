"""The mask that is another picture: as bright as it is there, or as opaque."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np

from models.parameters import param
from studio.engine.artwork import Image, to_image
from studio.engine.dataset.decoding.decode import read_picture
from studio.engine.door import inside
from studio.engine.errors import StudioError
from studio.engine.files import write_bytes, writing
from studio.engine.refinement.colour_spaces import luma
from studio.engine.refinement.masks.base import MaskKind, register
from studio.engine.refinement.planes import resized, softened

FOLDER = "masks"
"""In a project: pictures that masks were made of, each under a name that says what it holds."""
_ALIKE = 0.02
"""How far the proportions of two pictures differ at most that are called the same: what rounding
of a small preview does to them is less."""
_LONGEST_STEM = 40


@register
@dataclass(frozen=True)
class PictureMask(MaskKind):
    """White, or opaque, is where the step works fully. Without a picture that is everywhere.

    A mask of the same proportions is made as large as what the step is given. Others are refused,
    as they were drawn for something else, unless `fit` says what is to be done.
    """

    name = "picture"
    title = "Picture"
    summary = "As bright as another picture is there, or as opaque (layer mask)."

    picture: str = param(
        "", label="Mask", content="picture",
        help="The picture that says where; the project keeps a copy of it.",
    )  # fmt: skip
    channel: str = param(
        "brightness", label="Taken from", choices=("brightness", "opacity"),
        names={"brightness": "Brightness", "opacity": "Opacity"}, term="channel",
        help="Brightness: what is white counts fully; opacity: what is not transparent (alpha).",
    )  # fmt: skip
    fit: str = param(
        "same", label="Other shape", choices=("same", "stretch", "crop"),
        names={"same": "Refuse", "stretch": "Stretch", "crop": "Crop"}, term="fit",
        help="What becomes of a mask with other proportions than the picture.",
    )  # fmt: skip
    feather: float = param(
        0.0, label="Softness", low=0.0, high=0.1, step=0.005, term="feather",
        help="How far its edges fade, as a share of the longer side.",
    )  # fmt: skip

    def settled(self, folder: Path) -> Self:
        """With the whole path; :class:`StudioError` where no picture is there."""
        if not self.picture:
            return self
        path = (folder / Path(self.picture).expanduser()).absolute()
        if not path.is_file():
            raise StudioError(
                "The mask {path} is not there: choose another picture, or take the mask away.",
                path=path,
            )
        return replace(self, picture=str(path))

    def weights(self, image: Image) -> Image:
        """:class:`StudioError` where the picture is gone, damaged, or of other proportions."""
        height, width = image.shape[:2]
        if not self.picture:
            return np.ones((height, width), np.float32)
        path = Path(self.settled(Path()).picture)
        plane = _plane(path, path.stat().st_mtime_ns, self.channel)
        box = self._box(path, (plane.shape[1], plane.shape[0]), (width, height))
        made = resized(plane, (width, height), box)
        if self.feather > 0.0:
            made = softened(made, max(0.1, self.feather * max(height, width)))
        return made[..., 0]

    def _box(
        self, path: Path, own: tuple[int, int], wanted: tuple[int, int]
    ) -> tuple[float, float, float, float]:
        """The part of the mask that lies on the picture: left, top, right, bottom in its pixels."""
        (width, height), share = own, wanted[0] / wanted[1] / (own[0] / own[1])
        # A row of pixels more or less is rounding, whatever share of a small picture it is.
        near = min(abs(wanted[0] - wanted[1] * width / height),
                   abs(wanted[1] - wanted[0] * height / width)) <= 1.0  # fmt: skip
        if near or abs(share - 1.0) <= _ALIKE or self.fit == "stretch":
            return 0.0, 0.0, float(width), float(height)
        if self.fit == "same":
            raise StudioError(
                "The mask {path} is {width} × {height} pixels, which is not the shape of the "
                "picture, {width_wanted} × {height_wanted}: take a mask of its shape, or let it be "
                "stretched or cropped (Other shape).",
                path=path, width=width, height=height, width_wanted=wanted[0],
                height_wanted=wanted[1],
            )  # fmt: skip
        seen_width, seen_height = width * min(1.0, share), height * min(1.0, 1.0 / share)
        left, top = (width - seen_width) / 2, (height - seen_height) / 2
        return left, top, left + seen_width, top + seen_height


@lru_cache(maxsize=4)
def _plane(path: Path, changed: int, channel: str) -> Image:
    """float32 [h, w, 1]."""
    pixels = np.asarray(read_picture(path))
    pixels = pixels if pixels.ndim == 3 else pixels[..., None]
    image = to_image(pixels)
    if channel == "opacity":
        if image.shape[2] != 4:
            raise StudioError(
                "The mask {path} is opaque everywhere: take it from its brightness, or choose a "
                "picture with transparency.",
                path=path,
            )
        return np.ascontiguousarray(image[..., 3:])
    return luma(image)


def keep(project: Path, path: Path) -> str:
    """Copy a picture into a project as PNG, unless it is there, and say its place from there on;
    :class:`StudioError` where it is no picture."""
    file = io.BytesIO()
    read_picture(path).save(file, "PNG")
    data = file.getvalue()
    stem = "".join(ch for ch in path.stem if ch.isalnum() or ch in "-_")[:_LONGEST_STEM]
    name = f"{stem or 'mask'}-{hashlib.sha256(data).hexdigest()[:12]}.png"
    folder = inside(project, FOLDER)
    with writing(folder):
        folder.mkdir(exist_ok=True)
    if not inside(folder, name).is_file():
        write_bytes(folder / name, data)
    return f"{FOLDER}/{name}"

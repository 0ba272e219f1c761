"""What an export format is, and the list of those there are.

Adding one is adding one file to this folder: a frozen dataclass of declared options
with a `write_flat`, or a `write` where it has layers, decorated with `register`.
"""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, ClassVar

import numpy as np

from models.parameters import Declared, param
from models.registry import Registry
from studio.engine.artwork import Artwork, Pixels
from studio.engine.dataset.decoding import pixels
from studio.engine.dataset.decoding.packets import Packets, packets_of, sidecar_of
from studio.engine.door import opened, picture
from studio.engine.errors import StudioError, UsageError
from studio.engine.export.formats.profiles import flat_in
from studio.engine.export.formats.samples import eight_bits
from studio.engine.pieces.origin import Origin

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

XMP_TAG = 700
"""Of TIFF (XMP specification part 3, 3.2)."""


def dpi_param() -> Any:
    """The option of a format that states a resolution."""
    return param(
        300, label="Resolution", low=36, high=2400, unit="dpi",
        help="Pixels on an inch of paper; the pixels themselves do not change.",
    )  # fmt: skip


@dataclass(frozen=True)
class Format(Declared, ABC):
    """One way to write a picture; its options are its declared parameters."""

    name: ClassVar[str]
    title: ClassVar[str]
    suffix: ClassVar[str]
    summary: ClassVar[str]
    also: ClassVar[tuple[str, ...]] = ()
    """Other endings that such files have."""
    layered: ClassVar[bool] = False
    """Whether it has room for more than what is seen: the picture before it was refined."""

    def refuse_larger(self, width: int, height: int, most: int) -> None:
        """:class:`StudioError` for a side beyond `most` pixels."""
        if max(width, height) > most:
            raise StudioError(
                "{format} holds at most {n} pixels a side and this picture has {width} × {height}: "
                "choose PNG or TIFF.", format=self.title, n=most, width=width, height=height,
            )  # fmt: skip

    @abstractmethod
    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """Write `artwork` and its origin to `target`, a new file."""

    @classmethod
    @abstractmethod
    def read_packet(cls, path: Path) -> bytes:
        """The XMP packet of a file, empty where it has none.

        No pixel is decoded. Raises :class:`StudioError` where the file cannot be read.
        """

    @classmethod
    def read_beside(cls, path: Path) -> Packets:
        """What else states an origin: other packets, EXIF and IPTC. Raises :class:`StudioError`."""
        return Packets()

    @classmethod
    @abstractmethod
    def read_picture(cls, path: Path) -> Picture:
        """What a reader of the file sees. Raises :class:`StudioError`."""


class FlatFormat(Format):
    """One plane of 8 bits, which Pillow reads, whatever the file's name says."""

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        self.write_flat(artwork.flat(), origin, target)

    @abstractmethod
    def write_flat(self, image: Pixels, origin: Origin, target: Path) -> None:
        """Write `image` with its profile and its origin to `target`, a new file."""

    @classmethod
    def read_packet(cls, path: Path) -> bytes:
        """The first of those that are found."""
        return next(iter(FlatFormat.read_beside(path).xmp), b"")

    @classmethod
    def read_beside(cls, path: Path) -> Packets:
        """From where PNG, JPEG, WebP, TIFF and others have it, and from an `.xmp` beside it."""
        with _opened(path) as (image, stream):
            found = packets_of(image, stream)
        sidecar = sidecar_of(os.fspath(path))
        return replace(found, xmp=(*found.xmp, sidecar)) if sidecar else found

    @classmethod
    def read_picture(cls, path: Path) -> Picture:
        with _opened(path) as (image, _):
            image.load()
            return eight_bits(image)


class ColourFormat(FlatFormat):
    """One that knows more spaces of colour than sRGB; declares `profile` by `space_param`."""

    profile: str

    def write(self, artwork: Artwork, origin: Origin, target: Path) -> None:
        """Converted before it is rounded; `write_flat` states the space."""
        self.write_flat(flat_in(artwork, self.profile), origin, target)


@contextlib.contextmanager
def readable(path: Path, *errors: type[Exception]) -> Iterator[None]:
    """What goes wrong with reading a file, as a sentence; `errors` are those of its parser."""
    caught: tuple[type[Exception], ...] = (OSError, *errors)
    try:
        yield
    except FileNotFoundError as error:
        raise StudioError("There is no file {path}.", path=path) from error
    except caught as error:
        raise StudioError(
            "{path} is no picture that can be read.", repr(error), path=path
        ) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[Picture, IO[bytes]]]:
    # Two streams: a picture that is being read moves its own.
    with (
        readable(path),
        opened(path, links=True) as stream,
        picture(path, pixels.formats(), links=True) as image,
    ):
        yield image, stream


def merged_picture(path: Path) -> Picture:
    """What is seen of a file with layers that the decoders of the datasets know."""
    with (
        readable(path, pixels.BadPicture, pixels.NotAPicture),
        opened(path, links=True) as stream,
    ):
        head = stream.read(64)
        stream.seek(0)
        image = pixels.opened(stream, head, path.suffix)
        image.load()
        return image


_REGISTRY = Registry[type[Format]](
    "studio.engine.export.formats",
    lambda name, known: UsageError(
        "There is no export format {name}. Known: {known}.", name=name, known=known
    ),
)
register, formats, format_of = _REGISTRY.register, _REGISTRY.all, _REGISTRY.one


def reader_of(path: Path) -> type[Format]:
    """The format that reads a file of this name; any other picture is read as a flat one."""
    ending = path.suffix.lower()
    kinds = formats().values()
    return next((kind for kind in kinds if ending in (kind.suffix, *kind.also)), FlatFormat)


def to_pillow(image: Pixels) -> Any:
    """A Pillow image of modes L, RGB or RGBA."""
    from PIL import Image

    return Image.fromarray(np.ascontiguousarray(image[..., 0] if image.shape[2] == 1 else image))

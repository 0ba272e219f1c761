"""What happens to every file on its way out, beside being written: statements, mark, signature.

In this order: the mark goes into the pixels, the statements into the words that a format writes,
and the complete file is signed; whatever is changed afterwards is seen to be changed.
"""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from studio import __version__
from studio.engine import settings
from studio.engine.artwork import Artwork, Image, Layer, Pixels, to_image
from studio.engine.errors import UsageError
from studio.engine.export.choices import Choices
from studio.engine.export.credentials import library
from studio.engine.export.credentials.identity import Identity, identity
from studio.engine.export.credentials.library import kind_of
from studio.engine.export.credentials.signature import sign
from studio.engine.export.mark import label
from studio.engine.export.statements import stated
from studio.engine.pieces.origin import Origin
from studio.engine.said import NOTHING, Said

_ASKING = threading.Lock()
"""Files of one hand-over are written by several threads; a key is made once."""
NO_ROOM = Said("It is too small or too flat to hold an invisible mark; it leaves without one.")
LAYERS = Said("Several layers are seen: an invisible mark goes into flat files only.")


@dataclass(frozen=True)
class Finished:
    """What was added to one file, and why something was not."""

    credentials: str = "none"
    """`inside`, `beside` or `none`."""
    mark: str = ""
    """Eight hexadecimal digits, or empty."""
    beside: bytes = b""
    """Credentials for a file beside it."""
    remarks: tuple[Said, ...] = ()

    def facts(self) -> dict[str, object]:
        return {"credentials": self.credentials, "mark": self.mark, "remarks": self.remarks}


UNFINISHED = Finished()


@dataclass
class Finishing:
    """One hand-over's choices; the signer is asked for once, with the first file."""

    choices: Choices
    credit: str = ""
    key: str = ""
    certificates: str = ""
    """PEM files of the artist's own; empty for those of this machine."""

    @classmethod
    def kept(cls) -> Self:
        """With what was chosen last in the window, or is usual."""
        stored, _ = settings.load()
        choices = Choices.usual(stored.language, stored.provenance)
        return cls(choices, stored.credit, stored.signing_key, stored.certificates)

    @property
    def signer(self) -> Identity | None:
        """None where nothing is signed; raises :class:`StudioError` as :func:`identity` does."""
        with _ASKING:
            return self._signer

    @cached_property
    def _signer(self) -> Identity | None:
        if not self.choices.credentials or library.complaint():
            return None
        return identity(self.key, self.certificates)

    def signs_beside(self, suffix: str, version: str = __version__) -> bool:
        """Whether files with this ending get their credentials in a file beside them."""
        if kind_of(Path(f"x{suffix}")) or not self.applies(Origin(version=version)):
            return False
        return self.signer is not None

    def applies(self, origin: Origin) -> bool:
        """Pieces of the first version leave as they did then, unless the artist wants else."""
        return not origin.as_first or self.choices.earlier

    def prepared(self, artwork: Artwork, origin: Origin) -> tuple[Artwork, Origin, Finished]:
        """The artwork with its mark, the origin with its statements, both ready to be written."""
        if not self.applies(origin):
            return artwork, origin, UNFINISHED
        if self.signer is None and self.choices.credentials:
            unsigned = library.complaint()
        else:
            unsigned = NOTHING
        made, mark, unmarked = self._with_mark(artwork, origin)
        said = stated(origin, self.choices, self.credit)
        remarks = tuple(each for each in (unsigned, unmarked) if each)
        return made, said, Finished(mark=mark, remarks=remarks)

    def finished(self, path: Path, origin: Origin, so_far: Finished) -> Finished:
        """Sign the complete file at `path`; `origin` is that of before :meth:`prepared`."""
        if not self.applies(origin) or self.signer is None:
            return so_far
        found = sign(path, origin, self.choices, self.signer, is_marked=bool(so_far.mark))
        return replace(so_far, credentials="beside" if found else "inside", beside=found)

    def marked(self, artwork: Artwork, origin: Origin) -> tuple[Artwork, Said]:
        """The artwork with its mark alone, for what holds nothing else; and why it has none."""
        if not self.applies(origin):
            return artwork, NOTHING
        made, _, unmarked = self._with_mark(artwork, origin)
        return made, unmarked

    def _with_mark(self, artwork: Artwork, origin: Origin) -> tuple[Artwork, str, Said]:
        if not self.choices.mark or not origin.is_made:
            return artwork, "", NOTHING
        if sum(layer.visible for layer in artwork.layers) > 1:
            return artwork, "", LAYERS
        number = mark_of(origin)
        layers = []
        for layer in artwork.layers:
            content = _laid(layer, number) if layer.visible else layer.content
            if content is None:
                return artwork, "", NO_ROOM
            layers.append(replace(layer, content=content))
        return Artwork(tuple(layers)), f"{number:08x}", NOTHING


def _laid(layer: Layer, number: int) -> Pixels | Image | None:
    pixels = layer.pixels()
    marked = label.marked(pixels, number)
    if marked is None or layer.content is pixels:
        return marked
    # In full precision only the difference is added.
    return layer.image() + (to_image(marked) - to_image(pixels))


def mark_of(origin: Origin) -> int:
    """32 bits that lead from a mark to its piece, or to the recipe where it is none."""
    return mark_of_identifier(origin.identifier) or _short(
        json.dumps(origin.recipe, sort_keys=True, ensure_ascii=False).encode()
    )


def mark_of_identifier(identifier: str) -> int:
    """The same of a piece by its identifier; 0 where it has none."""
    if not identifier:
        return 0
    try:
        return uuid.UUID(identifier).int >> 96
    except ValueError:
        return _short(identifier.encode())


def _short(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest()[:4], "big")


def finish(path: Path, origin: Origin, choices: Choices) -> Finished:
    """Sign a complete file that nobody reads yet; for a file that was written elsewhere.

    Raises :class:`UsageError` for an empty file, :class:`StudioError` as :func:`sign`.
    """
    if not path.stat().st_size:
        raise UsageError("{path} is empty: there is nothing to sign.", path=path)
    return Finishing(choices).finished(path, origin, UNFINISHED)

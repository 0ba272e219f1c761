"""Read one file, decode it, measure it: what a worker process does with an untrusted file."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from pathlib import Path, PurePosixPath
from typing import IO

from PIL import Image

from studio.engine.dataset.decoding import (
    archives,
    colour,
    content_credentials,
    measures,
    metadata,
    pixels,
    png,
    tiff,
    tiff_pages,
)
from studio.engine.dataset.decoding.packets import sidecar_of
from studio.engine.dataset.index.facts import Answer, broken
from studio.engine.door import opened
from studio.engine.said import Said, reason

# Everything up to here is read once and kept for hashing and decoding.
_WHOLE_BYTES = 64 << 20
_HEAD_BYTES = 64
# A picture of several parts that is not an animation: previews, stereo pairs, layers.
_NOT_FRAMES = {"MPO", "PSD", "ICO", "ICNS", "CUR"}


def probe(path: str, member: str, beside: bool = True) -> Answer:
    """The columns of an item for one file, as JSON values.

    Without `beside` no file of metadata is looked for: whoever lists the folder knows of none.

    `kind` is `picture`, `broken` (with `reason`) or `other` for what does not claim to
    be a picture; `memory` is there when memory ran out. Never raises for anything else
    that a file contains.
    """
    result = broken()
    member, page = tiff_pages.parted(path, member)
    suffix = PurePosixPath(member).suffix if member else Path(path).suffix
    try:
        with _stream(path, member) as stream:
            head = stream.read(_HEAD_BYTES)
            stream.seek(0)
            try:
                words = (b"", b"")
                if beside:
                    words = sidecar_of(path, member), content_credentials.beside(path, member)
                _examine(stream, head, suffix, words, result, page)
            except pixels.BadPicture as error:
                result["reason"] = error.said
            except (pixels.NotAPicture, MemoryError, OSError):
                raise
            except Exception as error:  # noqa: BLE001  # the last net: no file ends the process
                result["reason"] = pixels.why(error)
            result["sha256"] = _digest(stream, page)
    except pixels.NotAPicture:
        return {"kind": "other"}
    except archives.ArchiveError as error:
        result["reason"] = error.said
    except PermissionError:
        result["reason"] = Said(
            "It may not be read by you: change its permissions and import again."
        )
    except OSError as error:
        result["reason"] = Said("It cannot be read ({reason}).", reason=reason(error))
    return result


def _stream(path: str, member: str) -> IO[bytes]:
    if member:
        return io.BytesIO(archives.read_member(Path(path), member))
    file = opened(path, links=True)
    size = os.fstat(file.fileno()).st_size
    data = file.read(size + 1) if size <= _WHOLE_BYTES else None
    if data is None or len(data) > size:  # large, or growing just now
        file.seek(0)
        return file
    file.close()
    return io.BytesIO(data)


def _digest(stream: IO[bytes], page: int) -> str:
    """Of the file, or of one page of it: no two of them are the same picture."""
    if page:
        return hashlib.sha256(f"{_digest(stream, 0)} page {page}".encode()).hexdigest()
    stream.seek(0)
    if isinstance(stream, io.BytesIO):
        return hashlib.sha256(stream.getvalue()).hexdigest()  # the bytes, not a copy of them
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _examine(
    stream: IO[bytes],
    head: bytes,
    suffix: str,
    words: tuple[bytes, bytes],
    result: Answer,
    page: int,
) -> None:
    """`words` lie beside the file: a packet of XMP, and Content Credentials."""
    # Pillow closes a stream that it refuses, so it gets its own view of small files.
    own: IO[bytes] = io.BytesIO(stream.getvalue()) if isinstance(stream, io.BytesIO) else stream
    image = pixels.opened(own, head, suffix, page)
    header = pixels.header_of(image)
    result["format"], result["mode"] = header.format, header.mode
    result["width"], result["height"] = header.size
    facts = result["facts"]
    if header.orientation > 1:
        facts["orientation"] = header.orientation
    if (bits := max(header.bits, png.bits(head))) > 8:
        facts["bits"] = bits
    wanted = measures.shrunk(header.size)
    try:
        picture = pixels.upright(image, header.orientation, header.bits, wanted)
    except MemoryError as error:
        result["memory"] = True
        raise pixels.BadPicture(pixels.why(error)) from error
    except Exception as error:  # any decoder may raise anything on hostile bytes
        raise pixels.BadPicture(pixels.why(error)) from error
    with contextlib.suppress(Exception):  # hostile metadata costs itself, not the picture
        facts |= metadata.rights_facts(image, own, *words)
    space, high_range = colour.space_of(image)
    if space:
        facts["space"] = space
    if high_range:
        facts["high_range"] = True
    result["channels"] = {"L": 1, "RGB": 3, "RGBA": 4}[picture.mode]
    measured, result["likeness"] = measures.measurements(picture)
    facts |= measured
    # Last of all: it moves `image`, which may be `picture`, and later frames may be damaged.
    if not page and (frames := _frames(image)) > 1:
        facts["frames"] = frames
    result["kind"] = "picture"


def _frames(image: Image.Image) -> int:
    """How many there are; 2 where the second one is damaged."""
    if image.format in _NOT_FRAMES:
        return 1
    try:
        if image.format == "TIFF":
            return len(tiff.full_pages(image))
        return int(getattr(image, "n_frames", 1))
    except Exception:  # noqa: BLE001  # any decoder may raise anything on hostile bytes
        return 2

"""Pictures and thumbnails for the rest of the house, decoded in processes with limits.

Whatever goes wrong becomes a :class:`StudioError` that names the file.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import IO

from PIL import Image

from studio.engine.dataset.decoding import archives, pixels, tiff_pages
from studio.engine.dataset.decoding.limited import limited
from studio.engine.dataset.decoding.probe import probe
from studio.engine.dataset.decoding.unread_formats import unread
from studio.engine.dataset.index import regions
from studio.engine.dataset.index.facts import Answer
from studio.engine.dataset.index.safe_names import display_path
from studio.engine.dataset.index.store import Item
from studio.engine.door import NotAFileError, inside, opened, picture
from studio.engine.errors import StudioError
from studio.engine.files import discard
from studio.engine.project import Project
from studio.engine.said import Said, reason

_HEAD_BYTES = 64
# Pictures above this are decoded one at a time, so that processes do not add up their memory.
_LARGE_PIXELS = 32_000_000
_large = threading.Lock()
_JPEG_QUALITY = 85


def read_picture(source: Item | Path, at_least: tuple[int, int] | None = None) -> Image.Image:
    """The picture as L, RGB or RGBA (only with real transparency), sRGB, upright.

    With `at_least` (width, height in upright pixels) a JPEG may come smaller than it is, but not
    smaller than that. Raises :class:`StudioError` that names the file.
    """
    if isinstance(source, Item):
        with _alone(source):
            return decoded(source.path, source.member, at_least)
    path = source.expanduser().absolute()
    if not path.is_file():
        raise _missing(path)
    return decoded(path, "", at_least)


def examined(source: Path) -> Answer:
    """What is known of a picture of somebody else; as :func:`probe.probe` says.

    Raises :class:`StudioError` where it is no picture.
    """
    path = source.expanduser().absolute()
    if not path.is_file():
        raise _missing(path)
    answer = _probed(path)
    if answer["kind"] != "picture":
        why = answer.get("reason") or unread(path.suffix) or pixels.NOT_A_PICTURE
        raise StudioError("{path} cannot be used: {reason}", path=display_path(path), reason=why)
    return answer


def _alone(item: Item) -> contextlib.AbstractContextManager[object]:
    return _large if item.width * item.height > _LARGE_PIXELS else contextlib.nullcontext()


def _missing(path: Path) -> StudioError:
    return StudioError("There is no picture at {path}: check the path.", path=display_path(path))


@limited
def _probed(path: Path) -> Answer:
    return probe(os.fspath(path), "")


@limited
def decoded(path: Path, member: str, at_least: tuple[int, int] | None) -> Image.Image:
    """As :func:`read_picture`, of a file or a member of an archive."""
    suffix = suffix_of(path, member)
    try:
        with open_file(path, member) as stream:
            head = stream.read(_HEAD_BYTES)
            stream.seek(0)
            _, page = tiff_pages.parted(path, member)
            with pixels.opened(stream, head, suffix, page) as image:
                header = pixels.header_of(image)
                return pixels.upright(image, header.orientation, header.bits, at_least)
    except FileNotFoundError:
        why = Said("It is gone: import its folder again, or connect the drive.")
    except PermissionError:
        why = Said("It may not be read by you: change its permissions and import again.")
    except NotAFileError:
        why = Said("A folder, a pipe or a device lies in its place.")
    except pixels.NotAPicture:
        why = unread(suffix) or pixels.NOT_A_PICTURE
    except (pixels.BadPicture, archives.ArchiveError) as error:
        why = error.said
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # any decoder may raise anything when a file has changed
        why = pixels.why(error)
    raise StudioError(
        "{path} cannot be read: {reason}", path=display_path(path, member), reason=why
    )


@limited
def pages(path: Path, member: str) -> list[list[int]]:
    """The pages of a TIFF as number, whether it is reduced, whether it is a mask; none where the
    file is none or cannot be read."""
    with contextlib.suppress(OSError, archives.ArchiveError), open_file(path, member) as stream:
        found = tiff_pages.pages_in(stream)
        return [[each.number, each.is_reduced, each.is_mask] for each in found]
    return []


def own_picture(path: Path, *formats: str) -> Image.Image:
    """A picture that the studio wrote into a project, of one of Pillow's formats, as it is.

    Projects come from others too. Raises :class:`OSError` where it is none.
    """
    try:
        return _own(path, formats)
    except StudioError as error:
        raise OSError(errno.EINVAL, str(error), os.fspath(path)) from error


@limited
def _own(path: Path, formats: Sequence[str]) -> Image.Image:
    try:
        with picture(path, tuple(formats)) as image:
            image.load()
            return image
    except OSError as error:
        raise StudioError(
            "{path} cannot be read: {reason}", path=display_path(path), reason=reason(error)
        ) from error


def open_file(path: Path, member: str) -> IO[bytes]:
    """The bytes of a file, all of it where a page is meant, or of a member of an archive."""
    file, _ = tiff_pages.parted(path, member)
    if file:
        return io.BytesIO(archives.read_member(path, file))
    return opened(path, links=True)


def suffix_of(path: Path, member: str) -> str:
    """How the name of a picture ends; a page goes by its file."""
    file, _ = tiff_pages.parted(path, member)
    return PurePosixPath(file).suffix if file else path.suffix


# ---------------------------------------------------------------------- thumbnails


def thumbnail_path(project: Project, item: Item, size: int) -> Path:
    """Where the thumbnail of this version of the file, with what is hidden of it now, lies,
    whether it exists or not."""
    version = f"{item.mtime_ns} {item.bytes} {regions.stored(item.hidden)}"
    suffix = "webp" if item.channels == 4 else "jpg"
    folder, name = _thumbnails_of(project, item)
    return folder / f"{name}-{hashlib.sha256(version.encode()).hexdigest()[:16]}-{size}.{suffix}"


def _thumbnails_of(project: Project, item: Item) -> tuple[Path, str]:
    """The folder of all thumbnails of a picture, and how their names begin."""
    place = os.fsencode(item.path) + b"\0" + item.member.encode("utf-8", "surrogateescape")
    key = hashlib.sha256(place).hexdigest()[:40]
    return inside(project.folder, "cache", "thumbnails", key[:2]), key[2:]


def forget_thumbnails(project: Project, item: Item) -> None:
    """Delete all thumbnails of a picture, of whatever size and version."""
    folder, name = _thumbnails_of(project, item)
    for path in folder.glob(f"{name}-*"):
        path.unlink(missing_ok=True)


def make_thumbnail(item: Item, size: int) -> Image.Image:
    """The picture with its longer side at most `size` pixels; never enlarged.

    What is hidden of it is hidden.
    """
    return regions.covered(shrunk(item, size), item.hidden)


def shrunk(item: Item, size: int) -> Image.Image:
    """As :func:`make_thumbnail`, with all that the file shows: for choosing what to hide."""
    scale = min(1.0, size / max(item.width, item.height, 1))
    wanted = max(1, round(item.width * scale)), max(1, round(item.height * scale))
    with _alone(item):
        return _reduced(item.path, item.member, wanted, size)


@limited
def _reduced(path: Path, member: str, wanted: tuple[int, int], size: int) -> Image.Image:
    found = decoded(path, member, wanted)
    if max(found.size) > size:
        scale = size / max(found.size)
        wanted = (max(1, round(found.width * scale)), max(1, round(found.height * scale)))
        found = found.resize(wanted, Image.Resampling.BOX, reducing_gap=2.0)
    return found


def read_thumbnail(project: Project, item: Item, size: int) -> Path:
    """The cached thumbnail (longer side at most `size`), made when it is not there yet.

    JPEG, or WebP for pictures with transparency. Safe from several threads and
    processes. Raises :class:`StudioError` when the picture cannot be read or the cache
    cannot be written (then :func:`make_thumbnail` gives it without the cache).
    """
    target = thumbnail_path(project, item, size)
    if target.exists():
        return target
    made = make_thumbnail(item, size)
    data = io.BytesIO()
    if target.suffix == ".webp":
        made.save(data, "WEBP", quality=_JPEG_QUALITY, method=2)
    else:
        opaque = made if made.mode in ("L", "RGB") else made.convert("RGB")
        opaque.save(data, "JPEG", quality=_JPEG_QUALITY)
    # A cache needs no fsync: a lost thumbnail is made again, and the rename keeps it whole.
    temporary = target.with_name(f".{uuid.uuid4().hex[:12]}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data.getbuffer())
        temporary.replace(target)
    except OSError as error:
        discard(temporary)
        raise StudioError(
            "The thumbnail {path} cannot be written ({reason}): check that the disk has space.",
            path=target,
            reason=reason(error),
        ) from error
    return target


def read_thumbnails(
    project: Project,
    items: Iterable[Item],
    size: int,
    cancelled: Callable[[], bool] = lambda: False,
    threads: int = 0,
) -> Iterator[tuple[Item, Path | StudioError]]:
    """Thumbnails of many items at once, in their order; a failure takes the place of the path."""

    def one(item: Item) -> Path | StudioError | None:
        if cancelled():
            return None
        try:
            return read_thumbnail(project, item, size)
        except StudioError as error:
            return error

    chosen = list(items)
    with ThreadPoolExecutor(threads or min(8, os.cpu_count() or 1), "thumbnail") as pool:
        for item, result in zip(chosen, pool.map(one, chosen), strict=True):
            if result is None:
                return
            yield item, result

"""The one door to files that somebody else may have made: a project, a checkpoint, a picture.

What the index and the files of a project say of other files is input, not a path: one name in a
folder of the project, no link on the way, an ordinary file at its end.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from studio.engine.errors import StudioError

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

LARGEST_TEXT = 256 << 20
"""Bytes of a diary, a recipe, a list that is read at once."""
_DEVICES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{kind}{n}" for kind in ("com", "lpt") for n in "123456789"),
}
_JUNCTION = 0xA0000003
"""IO_REPARSE_TAG_MOUNT_POINT: what Windows calls a link of folders."""
_READ = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
_APPEND = (
    os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class NotAFileError(OSError):
    """A folder, a link, a device or a pipe lies where a file should."""

    def __init__(self, path: Path | str) -> None:
        super().__init__(errno.EINVAL, "it is not an ordinary file", os.fspath(path))


class OutsideError(StudioError):
    """A name that leads out of the folder that it belongs to."""


def inside(folder: Path, *names: str) -> Path:
    """The path of `names` one below the other in `folder`, there or not.

    Raises :class:`OutsideError` where one of them is no plain name, or a link.
    """
    path = folder
    for name in names:
        if not _is_plain(name):
            raise OutsideError(
                "{name!r} is not a name in {folder}: the project was damaged or made to reach "
                "files outside it; nothing was touched.", name=name, folder=path,
            )  # fmt: skip
        path = path / name
        if _is_link(path):
            raise OutsideError(
                "{path} is a link to another place: a project keeps its files in its own folder; "
                "put the folder itself there. Nothing was touched.", path=path,
            )  # fmt: skip
    return path


def _is_link(path: Path) -> bool:
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION


def _is_plain(name: str) -> bool:
    """Whether it is one name on every system: no separator, drive, stream, device, way up."""
    if name in ("", ".", "..") or any(each in "/\\:\0" for each in name):
        return False
    return name.partition(".")[0].rstrip().lower() not in _DEVICES


def opened(path: Path | str, *, links: bool = False) -> BufferedReader:
    """An ordinary file, open for reading; never waits for what is none.

    Raises :class:`OSError`. With `links` a link to such a file serves too: her own pictures may
    lie anywhere.
    """
    if not stat.S_ISREG(os.stat(path, follow_symlinks=links).st_mode):  # noqa: PTH116  # one call each
        raise NotAFileError(path)
    descriptor = os.open(path, _READ | (0 if links else _NO_LINK))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFileError(path)
    return os.fdopen(descriptor, "rb")


def ordinary(path: Path, *, links: bool = False) -> Path:
    """The path, for a reader that opens by name; raises :class:`OSError` as :func:`opened`."""
    opened(path, links=links).close()
    return path


def appended(path: Path) -> TextIO:
    """An ordinary file, made where there is none, to be read and written on at its end."""
    descriptor = os.open(path, _APPEND | _NO_LINK, 0o666)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotAFileError(path)
    return os.fdopen(descriptor, "a+", encoding="utf-8")


def database(path: Path) -> Path:
    """The path of a database; :class:`NotAFileError` where it or what lies beside it is none."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        part = path.with_name(path.name + suffix)
        if os.path.lexists(part):
            ordinary(part)
    return path


@contextlib.contextmanager
def picture(path: Path, formats: tuple[str, ...], *, links: bool = False) -> Iterator[Picture]:
    """A picture of one of Pillow's `formats`, for reading only; raises :class:`OSError` whatever
    a decoder raises inside."""
    from PIL import Image

    with opened(path, links=links) as stream:
        try:
            with Image.open(stream, formats=formats) as image:
                yield image
        except (OSError, MemoryError):
            raise
        except Exception as error:
            why = str(error) or type(error).__name__
            raise OSError(errno.EINVAL, why, os.fspath(path)) from error


def read_bytes(path: Path, *, most: int = LARGEST_TEXT, links: bool = False) -> bytes:
    """All of an ordinary file of at most `most` bytes; raises :class:`OSError`."""
    with opened(path, links=links) as stream:
        found = stream.read(most + 1)
    if len(found) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), os.fspath(path))
    return found


def read_text(
    path: Path, errors: str = "strict", *, most: int = LARGEST_TEXT, links: bool = False
) -> str:
    """The same as UTF-8, line ends as they come from any system."""
    found = read_bytes(path, most=most, links=links).decode("utf-8", errors)
    return found.replace("\r\n", "\n").replace("\r", "\n")


def delete_folder(folder: Path, *names: str) -> None:
    """Delete a folder in `folder`, as far as the system lets; :class:`OutsideError` otherwise."""
    shutil.rmtree(inside(folder, *names), ignore_errors=True)

"""Durable writes: temporary file, fsync, rename, fsync of the folder.

Everything a project keeps, except its cache, is written through this file, so
that a power cut leaves either the old content or the new, never half of one.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import studio
from studio.engine.door import opened
from studio.engine.errors import StudioError, TakenError
from studio.engine.said import NOTHING, Said, reason


@cache
def resources() -> Path:
    """The folder of icons, translations and samples, in a checkout and in an installed package."""
    package = Path(studio.__file__).resolve().parent
    beside = package / "resources"
    return beside if beside.is_dir() else package.parent / "resources"


def fsync_folder(folder: Path) -> None:
    """Make a rename inside `folder` survive a power cut (POSIX; Windows has no such call)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def beside(target: Path) -> Path:
    """A hidden name for what is to become `target`, free as far as chance goes."""
    return target.with_name(f".{os.urandom(6).hex()}.part{target.suffix}")


@contextlib.contextmanager
def writing(target: Path) -> Iterator[None]:
    """What the system refuses meanwhile becomes a :class:`StudioError` about `target`."""
    try:
        yield
    except OSError as error:
        raise StudioError(
            "Could not write {path}: {reason}.", repr(error), path=target, reason=reason(error)
        ) from error


@contextlib.contextmanager
def atomic_path(target: Path, *, overwrite: bool = True) -> Iterator[Path]:
    """Yield a temporary sibling of `target`; on success it is fsynced and takes the name.

    On any error nothing is left behind and `target` is as it was. With
    `overwrite=False` an existing target raises :class:`TakenError`.
    """
    temporary = beside(target)
    try:
        with writing(target):
            yield temporary
            settle(temporary, target, overwrite=overwrite)
    finally:
        discard(temporary)


def discard(path: Path) -> None:
    """Delete what is in the way, or was only being made, as far as the disk lets.

    While something else is going wrong the same disk may refuse this too; that is not to hide
    what went wrong, and the next start tidies up.
    """
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def settle(temporary: Path, target: Path, *, overwrite: bool = True) -> None:
    """Give what was written its name, durably; raises as :func:`atomic_path`, or :class:`OSError`.

    Without `overwrite` the temporary name may stay beside it, for the caller to remove.
    """
    fsync_file(temporary)
    if overwrite:
        temporary.replace(target)
    else:
        claim(temporary, target)
    fsync_folder(target.parent)


def claim(temporary: Path, target: Path) -> None:
    """The last step of :func:`settle` but one, without overwriting: of many files in a folder, the
    folder is made durable once, after all of them."""
    # A hard link fails when the target exists, so two exporters cannot race into one name.
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise TakenError(
            "{path} already exists: choose another name or folder; nothing was changed.",
            path=target,
        ) from None
    except OSError:  # a file system without hard links (FAT, some network drives)
        if target.exists():
            raise TakenError(
                "{path} already exists: choose another name or folder; nothing was changed.",
                path=target,
            ) from None
        temporary.rename(target)


@contextlib.contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Yield a new temporary folder; on success its files are fsynced and it takes the name.

    `target` must not exist. On any error nothing is left behind.
    """
    temporary = target.with_name(f".{os.urandom(6).hex()}.part")
    try:
        with writing(target):
            temporary.mkdir(parents=True)
            yield temporary
            for path in sorted(temporary.rglob("*")):
                if path.is_file():
                    fsync_file(path)
                else:
                    fsync_folder(path)
            fsync_folder(temporary)
            temporary.rename(target)
            fsync_folder(target.parent)
    finally:
        if temporary.exists():
            shutil.rmtree(temporary, ignore_errors=True)


def write_bytes(target: Path, data: bytes, *, overwrite: bool = True) -> None:
    """Durably write `data` to `target`."""
    with atomic_path(target, overwrite=overwrite) as temporary:
        temporary.write_bytes(data)


def write_text(target: Path, text: str, *, overwrite: bool = True) -> None:
    """Durably write UTF-8 `text` to `target`."""
    write_bytes(target, text.encode("utf-8"), overwrite=overwrite)


def write_json(target: Path, value: Any) -> None:
    """Durably write `value` as indented JSON."""
    write_text(target, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


_UNFINISHED = re.compile(r"\.[0-9a-f]{12}\.(part(\.[\w-]+)?|probe)|\.preflight-\w+")
"""The names that :func:`beside` and its like give to what is being made."""


def clear_unfinished(folder: Path, older: float = 0.0) -> None:
    """Delete what killed work left half-made in `folder`, at least `older` seconds old.

    Only for who alone may write there. A link is no folder of ours.
    """
    with contextlib.suppress(OSError):
        if folder.is_symlink():
            return
        for entry in os.scandir(folder):
            is_old = time.time() - entry.stat(follow_symlinks=False).st_mtime >= older
            if not _UNFINISHED.fullmatch(entry.name) or not is_old:
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                Path(entry.path).unlink(missing_ok=True)


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of a file's content."""
    import hashlib

    with opened(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


FULL = {errno.ENOSPC, errno.EDQUOT}
_ROOM = 64 << 10
"""Bytes without which no project can go on: the log of its index alone begins with as many."""


def refusal(folder: Path) -> Said:
    """Why nothing can be written in `folder`, in the system's words; empty where it can be."""
    probe = folder / f".{os.urandom(6).hex()}.probe"
    try:
        try:
            with probe.open("xb") as stream:
                stream.write(bytes(_ROOM))
                stream.flush()
                os.fsync(stream.fileno())
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        return reason(error)
    return NOTHING


SETTLED = 2_000_000_000
"""Nanoseconds after which a file is no longer being written."""
# (file, inode, size, time of the last change): what was worked out of it.
_worked_out: dict[tuple[Path, int, int, int], str] = {}


def remembered(path: Path, work: Callable[[Path], str]) -> str:
    """What `work` makes of a file, worked out once for as long as the file stays as it is."""
    facts = path.stat()
    stamp = (path, facts.st_ino, facts.st_size, facts.st_mtime_ns)
    if stamp not in _worked_out:
        found = work(path)
        if time.time_ns() - facts.st_mtime_ns < SETTLED:
            return found  # clocks of disks are coarse: another change could have the same time
        _worked_out[stamp] = found
    return _worked_out[stamp]


def is_writable(folder: Path) -> bool:
    """Whether a file can really be created in `folder`: permission bits lie for root."""
    probe = folder / f".{os.urandom(6).hex()}.probe"
    try:
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError:
        return False
    return True


def fsync_file(path: Path) -> None:
    """Make the content of a file survive a power cut."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Durable writes: temporary file, fsync, rename, fsync of the folder.

Everything a project keeps, except its cache, is written through this file, so
that a power cut leaves either the old content or the new, never half of one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import studio
from studio.engine.errors import StudioError, TakenError


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
            "Could not write {path}: {reason}.", repr(error), path=target, reason=_reason(error)
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
            fsync_file(temporary)
            if overwrite:
                temporary.replace(target)
            else:
                _claim(temporary, target)
            fsync_folder(target.parent)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def _claim(temporary: Path, target: Path) -> None:
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


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of a file's content."""
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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


def _reason(error: OSError) -> str:
    return error.strerror or str(error)

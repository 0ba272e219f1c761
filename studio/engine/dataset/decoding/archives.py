"""Zip archives, read in memory only: nothing is ever unpacked to disk under a name it chose.

A listing is checked against names that climb out, links, encryption and bombs before
one byte is inflated, and inflating stops at the size the listing promised.
"""

from __future__ import annotations

import os
import stat
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.engine.said import Said, SaidError

MAX_MEMBERS = 1_000_000
MAX_MEMBER_BYTES = 512 << 20
MAX_TOTAL_BYTES = 256 << 30
# Deflate cannot exceed about 1030:1; honest pictures are far below, bombs sit at the limit.
MAX_RATIO = 200
RATIO_FREE_BYTES = 32 << 20
_LOCAL_HEADER = 30
_KEPT_OPEN = 4


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive, with what is needed to read it without listing again."""

    name: str
    size: int
    packed: int
    offset: int
    method: int
    crc: int


@dataclass(frozen=True)
class Refused:
    """A member that is not read, and why."""

    name: str
    reason: Said


class ArchiveError(SaidError):
    """The archive or a member of it cannot be read; `said` tells why."""


_listings: OrderedDict[tuple[str, int, int], dict[str, Member]] = OrderedDict()
_guard = threading.Lock()


def is_archive(path: Path) -> bool:
    """Whether the content is that of a zip archive."""
    try:
        return zipfile.is_zipfile(path)
    except OSError:
        return False


def members(path: Path) -> Iterator[Member | Refused]:
    """Every file of the archive in its own order; raises :class:`ArchiveError`."""
    infos = _infos(path)
    total = sum(info.file_size for info in infos)
    size = max(1, path.stat().st_size)
    if total > MAX_TOTAL_BYTES or (total > 64 * RATIO_FREE_BYTES and total > MAX_RATIO * size):
        raise ArchiveError("It unpacks to far more than it holds (a zip bomb); it was not opened.")
    last = {info.filename: index for index, info in enumerate(infos)}
    for index, info in enumerate(infos):
        if info.is_dir():
            continue
        reason = _refusal(info)
        if not reason and last[info.filename] != index:
            reason = Said("The archive holds this name twice; only the last one is used.")
        yield Refused(info.filename, reason) if reason else _member(info)


def read_member(path: Path, name: str) -> bytes:
    """The content of one member, at most :data:`MAX_MEMBER_BYTES`.

    Raises :class:`ArchiveError`. Safe from several threads, and keeps no file open.
    """
    try:
        facts = path.stat()
        listing = _listing(path, facts.st_mtime_ns, facts.st_size)
        member = listing.get(name)
        if member is None:
            raise ArchiveError("The archive no longer holds {name}.", name=name)
        return _inflate(path, member)
    except (OSError, zlib.error, zipfile.BadZipFile, EOFError) as error:
        raise ArchiveError("The archive is damaged ({reason}).", reason=error) from error


def _infos(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise ArchiveError("The archive cannot be read ({reason}).", reason=error) from error
    if len(infos) > MAX_MEMBERS:
        raise ArchiveError(
            "The archive holds more than {n} files; it was not opened.", n=MAX_MEMBERS
        )
    return infos


def _refusal(info: zipfile.ZipInfo) -> Said | None:
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if ".." in parts.parts or parts.is_absolute() or info.filename[1:2] == ":":
        return Said("Its name points outside the archive; it was not read.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return Said("It is a link inside an archive; it was not followed.")
    if info.flag_bits & 0x1:
        return Said("It is encrypted: unpack the archive with its password first.")
    if info.file_size > MAX_MEMBER_BYTES:
        return Said("It unpacks to more than {n} MB; it was not read.", n=MAX_MEMBER_BYTES >> 20)
    if info.file_size > RATIO_FREE_BYTES and info.file_size > MAX_RATIO * info.compress_size:
        return Said("It unpacks to far more than it holds (a zip bomb); it was not read.")
    return None


def _member(info: zipfile.ZipInfo) -> Member:
    return Member(
        info.filename,
        info.file_size,
        info.compress_size,
        info.header_offset,
        info.compress_type,
        info.CRC,
    )


def _listing(path: Path, mtime_ns: int, size: int) -> dict[str, Member]:
    key = (os.fspath(path), mtime_ns, size)
    with _guard:
        if key in _listings:
            _listings.move_to_end(key)
            return _listings[key]
    listing = {entry.name: entry for entry in members(path) if isinstance(entry, Member)}
    with _guard:
        _listings[key] = listing
        while len(_listings) > _KEPT_OPEN:
            _listings.popitem(last=False)
    return listing


def _inflate(path: Path, member: Member) -> bytes:
    if member.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(path) as archive, archive.open(member.name) as stream:
            return stream.read(member.size)
    with path.open("rb") as stream:
        stream.seek(member.offset)
        head = stream.read(_LOCAL_HEADER)
        if len(head) < _LOCAL_HEADER or head[:4] != b"PK\x03\x04":
            raise ArchiveError("The archive is damaged (a file header is missing).")
        skip = int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
        stream.seek(skip, os.SEEK_CUR)
        packed = stream.read(min(member.packed, MAX_MEMBER_BYTES))
    if member.method == zipfile.ZIP_STORED:
        data = packed
    else:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, max(1, member.size))
    if len(data) != member.size or zlib.crc32(data) != member.crc:
        raise ArchiveError("The archive is damaged (a checksum does not match).")
    return data

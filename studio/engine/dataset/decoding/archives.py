"""Zip archives, read in memory only: nothing is ever unpacked to disk under a name it chose.

A listing is checked against names that climb out, links, encryption and bombs before
one byte is inflated, and inflating stops at the size the listing promised.
"""

from __future__ import annotations

import lzma
import os
import re
import stat
import struct
import threading
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from studio.engine.dataset.decoding import legacy_text
from studio.engine.door import opened
from studio.engine.said import Said, SaidError

MAX_MEMBERS = 1_000_000
MAX_MEMBER_BYTES = 512 << 20
MAX_TOTAL_BYTES = 256 << 30
# Deflate cannot exceed about 1030:1; honest pictures are far below, bombs sit at the limit.
MAX_RATIO = 200
RATIO_FREE_BYTES = 32 << 20
_LOCAL_HEADER = 30
_KEPT_OPEN = 4
_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
# Systems whose programs may part folders by a backslash: FAT, HPFS, NTFS, VFAT (4.4.2.2).
_WINDOWS = (0, 6, 10, 14)
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
# Methods of PKWARE's APPNOTE.TXT (4.4.5) that no zip library of Python's reads everywhere.
_METHODS = {
    1: "Shrink", 2: "Reduce", 3: "Reduce", 4: "Reduce", 5: "Reduce", 6: "Implode",
    9: "Deflate64", 10: "Implode", 20: "Zstandard", 93: "Zstandard", 94: "MP3", 95: "XZ",
    96: "JPEG", 97: "WavPack", 98: "PPMd", 99: "AES",
}  # fmt: skip
_DAMAGES = (
    OSError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, EOFError, ValueError, RuntimeError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive, with what is needed to read it without listing again.

    `name` is as people read it, folders parted by `/`; `stored` as the library gives it, by
    which projects of earlier versions know it.
    """

    name: str
    stored: str
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
        with opened(path, links=True) as stream:
            return zipfile.is_zipfile(stream)
    except OSError:
        return False


def is_cut_off(path: Path) -> bool:
    """Whether a file begins as a zip archive and has lost the list at its end."""
    try:
        with opened(path, links=True) as stream:
            return stream.read(4) == b"PK\3\4" and not zipfile.is_zipfile(path)
    except OSError:
        return False


def members(path: Path) -> Iterator[Member | Refused]:
    """Every file of the archive in its own order; raises :class:`ArchiveError`."""
    infos = _infos(path)
    total = sum(info.file_size for info in infos)
    size = max(1, path.stat().st_size)
    if total > MAX_TOTAL_BYTES or (total > 64 * RATIO_FREE_BYTES and total > MAX_RATIO * size):
        raise ArchiveError("It unpacks to far more than it holds (a zip bomb); it was not opened.")
    names = _names(infos)
    last = {name: index for index, name in enumerate(names)}
    for index, (info, name) in enumerate(zip(infos, names, strict=True)):
        if name.endswith("/"):
            continue
        reason = _refusal(info, name)
        if not reason and last[name] != index:
            reason = Said("The archive holds this name twice; only the last one is used.")
        yield Refused(name, reason) if reason else _member(info, name)


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
    except _DAMAGES as error:
        raise ArchiveError("The archive is damaged ({reason}).", reason=error) from error


def read_inside(stream: IO[bytes], name: str) -> bytes | None:
    """One member of an archive that is open already; None where there is no such member.

    Raises :class:`ArchiveError`, also above :data:`MAX_MEMBER_BYTES`.
    """
    try:
        with zipfile.ZipFile(stream) as archive:
            info = archive.NameToInfo.get(name)
            if info is None:
                return None
            if reason := _refusal(info, name):
                raise ArchiveError(reason)
            with archive.open(info) as inner:
                return inner.read(info.file_size)
    except _DAMAGES as error:
        raise ArchiveError("The archive is damaged ({reason}).", reason=error) from error


def _infos(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with opened(path, links=True) as stream, zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
    except _DAMAGES as error:
        raise ArchiveError("The archive cannot be read ({reason}).", reason=error) from error
    if len(infos) > MAX_MEMBERS:
        raise ArchiveError(
            "The archive holds more than {n} files; it was not opened.", n=MAX_MEMBERS
        )
    return infos


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """The names as people read them: in their code page, folders parted by `/`."""
    unsaid = [_bytes(info) for info in infos if not info.flag_bits & _UTF8_FLAG]
    codec = legacy_text.code_page(unsaid, legacy_text.WESTERN_NAMES)
    names = [_name(info, codec) for info in infos]
    never = not any("/" in name for name in names)
    return [
        name.replace("\\", "/") if never or info.create_system in _WINDOWS else name
        for name, info in zip(names, infos, strict=True)
    ]


def _name(info: zipfile.ZipInfo, codec: str) -> str:
    """The name of one file; its Unicode extra field (4.6.9) goes before a code page."""
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    raw, extra = _bytes(info), info.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        value, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _UNICODE_PATH and value[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return value[5:].decode("utf-8", "replace")
    return raw.decode(codec, "replace").partition("\0")[0]


def _bytes(info: zipfile.ZipInfo) -> bytes:
    """A name without the flag as it is stored: the library reads it as code page 437."""
    return info.orig_filename.encode("cp437", "replace")


def _refusal(info: zipfile.ZipInfo, name: str) -> Said | None:
    parts = PurePosixPath(name.replace("\\", "/"))
    if ".." in parts.parts or parts.is_absolute() or _DRIVE.match(name):
        return Said("Its name points outside the archive; it was not read.")
    if stat.S_ISLNK(info.external_attr >> 16):
        return Said("It is a link inside an archive; it was not followed.")
    if info.flag_bits & 0x1:
        return Said("It is encrypted: unpack the archive with its password first.")
    if info.compress_type not in _READ:
        return Said(
            "It is packed by a method that is not read ({method}): unpack the archive and import "
            "the folder.",
            method=_METHODS.get(info.compress_type, str(info.compress_type)),
        )
    if info.file_size > MAX_MEMBER_BYTES:
        return Said("It unpacks to more than {n} MB; it was not read.", n=MAX_MEMBER_BYTES >> 20)
    if info.file_size > RATIO_FREE_BYTES and info.file_size > MAX_RATIO * info.compress_size:
        return Said("It unpacks to far more than it holds (a zip bomb); it was not read.")
    return None


def _member(info: zipfile.ZipInfo, name: str) -> Member:
    return Member(
        name,
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
    found = [entry for entry in members(path) if isinstance(entry, Member)]
    listing = {entry.stored: entry for entry in found} | {entry.name: entry for entry in found}
    with _guard:
        _listings[key] = listing
        while len(_listings) > _KEPT_OPEN:
            _listings.popitem(last=False)
    return listing


def _inflate(path: Path, member: Member) -> bytes:
    if member.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        with (
            opened(path, links=True) as whole,
            zipfile.ZipFile(whole) as archive,
            archive.open(member.stored) as inner,
        ):
            return inner.read(member.size)
    with opened(path, links=True) as stream:
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

"""Pictures in a drop or on the clipboard that have no file of their own on this computer.

The data of a drag is gone when it ends, so it is copied here; encoding and saving follow in
a worker.
"""

from __future__ import annotations

import base64
import binascii
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QUrl
from PySide6.QtGui import QImage

from studio.engine.door import read_bytes
from studio.engine.errors import StudioError

FORMATS = (
    "image/png", "image/webp", "image/avif", "image/jpeg", "image/gif", "image/tiff", "image/bmp",
)  # fmt: skip
"""Preferred as they are: nothing is encoded twice. Lossless ones first."""
_MOZILLA = "text/x-moz-url"


@dataclass(frozen=True)
class Received:
    """One picture: bytes as they came, or what Qt made of them."""

    data: bytes
    image: QImage
    name: str
    origin: str

    def encoded(self) -> bytes:
        """The bytes of a file; PNG where there is only an image. Safe in any thread."""
        if self.data:
            return self.data
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not self.image.save(buffer, "PNG"):  # type: ignore[call-overload]  # wants str on 6.8
            raise StudioError("What was received is no picture that can be saved.")
        return bytes(buffer.data().data())


def received(data: QMimeData) -> Received | None:
    """The picture in a drag or on the clipboard; None where it is files, or no picture.

    Of a remote address only what the other program put into the drag is used: nothing is
    downloaded.
    """
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    origin = _origin(data)
    if files and not (origin and len(files) == 1 and _is_temporary(files[0])):
        return None
    if files:  # a browser's own copy, which it will delete
        try:
            return Received(read_bytes(files[0]), QImage(), files[0].name, origin)
        except OSError:
            return None
    for name in FORMATS:
        if data.hasFormat(name):
            found = bytes(data.data(name).data())
            if found:
                return Received(found, QImage(), "", origin)
    for url in data.urls():
        if url.scheme() == "data":
            found = _inline(url.toString())
            if found:
                return Received(found, QImage(), "", "")
    image: Any = data.imageData() if data.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        return Received(b"", QImage(image), "", origin)
    return None


def _origin(data: QMimeData) -> str:
    for url in data.urls():
        if url.scheme() in ("http", "https"):
            return _plain(url)
    if data.hasFormat(_MOZILLA):
        text = bytes(data.data(_MOZILLA).data()).decode("utf-16-le", "replace")
        first = text.splitlines()[0].strip() if text.strip() else ""
        if first.startswith(("http:", "https:")):
            return _plain(QUrl(first))
    return ""


def _plain(url: QUrl) -> str:
    """An address without the name and password that may stand in it."""
    parts = urlsplit(bytes(url.toEncoded().data()).decode("ascii", "replace"))
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _is_temporary(path: Path) -> bool:
    return Path(tempfile.gettempdir()) in path.parents and path.is_file()


def _inline(address: str) -> bytes:
    """The bytes of a `data:` address."""
    head, _, body = address.partition(",")
    if not head.startswith("data:image/"):
        return b""
    raw = unquote_to_bytes(body)
    if not head.endswith(";base64"):
        return raw
    try:
        return base64.b64decode(raw, validate=True)
    except (binascii.Error, ValueError):
        return b""

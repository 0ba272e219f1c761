"""What this installation wrote itself, in projects that may come from anybody.

A path that a project names leads anywhere on the machine of whoever opens it. Where the program
would follow one by itself, it does so only under the seal of this installation: HMAC-SHA-256
(RFC 2104) with a key that is made once and never leaves the folder of the settings.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets

from studio.engine import settings
from studio.engine.door import read_bytes
from studio.engine.files import writing

FILE = "seal.key"
_SIZE = 32


def of(text: str) -> str:
    """64 hex digits; :class:`StudioError` where no key can be kept."""
    return hmac.new(_key(), text.encode("utf-8"), hashlib.sha256).hexdigest()


def holds(seal: str, text: str) -> bool:
    """Whether :func:`of` gave `seal` for this text, here."""
    return hmac.compare_digest(of(text).encode(), seal.encode())


def _key() -> bytes:
    path = settings.home() / FILE
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return read_bytes(path, most=_SIZE)
        with os.fdopen(made, "wb") as stream:
            key = secrets.token_bytes(_SIZE)
            stream.write(key)
    return key

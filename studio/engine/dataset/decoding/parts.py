"""Values on their way from a decoding process: a line of JSON, and behind it the bytes of pixels.

Nothing executable crosses, and no text of a file can pass for a sentence of the program's own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from studio.engine.said import Said, plain, spoken

Head = dict[str, Any]
_STRIP_BYTES = 4 << 20


def packed(value: Any) -> Any:
    """JSON values that stand for `value`: sentences, paths, lists, dictionaries, plain values."""
    if isinstance(value, Said):
        return {"said": plain(value)}
    if isinstance(value, Path):
        return {"path": os.fspath(value)}
    if isinstance(value, dict):
        return {"dict": {str(key): packed(each) for key, each in value.items()}}
    return [packed(each) for each in value] if isinstance(value, list | tuple) else value


def unpacked(value: Any) -> Any:
    """What :func:`packed` was given; tuples are lists."""
    if isinstance(value, list):
        return [unpacked(each) for each in value]
    if not isinstance(value, dict):
        return value
    ((kind, held),) = value.items()
    if kind == "said":
        return Said.of(spoken(held))
    if kind == "path":
        return Path(held)
    return {key: unpacked(each) for key, each in held.items()}


def line(head: Head) -> bytes:
    """One line of JSON; ASCII, whatever bytes a name holds."""
    return json.dumps(head).encode("ascii") + b"\n"


def written(value: Any) -> Iterator[bytes | memoryview]:
    """`value` as a line, and what belongs behind it; a picture in strips, for it may be large."""
    if isinstance(value, Image.Image):
        if value.mode in ("P", "PA"):  # its colours would stay behind
            value = value.convert("RGBA" if value.has_transparency_data else "RGB")
        width, height = value.size
        row = len(value.crop((0, 0, width, 1)).tobytes())
        yield line({"picture": value.mode, "size": [width, height], "bytes": row * height})
        step = max(1, _STRIP_BYTES // row)
        for top in range(0, height, step):
            yield value.crop((0, top, width, min(top + step, height))).tobytes()
    elif isinstance(value, np.ndarray):
        flat = np.ascontiguousarray(value)
        yield line({"array": flat.dtype.str, "shape": flat.shape, "bytes": flat.nbytes})
        if flat.nbytes:
            yield flat.reshape(-1).view(np.uint8).data
    else:
        yield line({"value": packed(value)})


def taken(head: Head, read: Callable[[int], bytearray]) -> Any:
    """The value of a line; `read` gives so many of the bytes that follow."""
    if "picture" in head:
        width, height = head["size"]
        return Image.frombytes(head["picture"], (width, height), read(head["bytes"]))
    if "array" in head:
        return np.frombuffer(read(head["bytes"]), head["array"]).reshape(head["shape"])
    return unpacked(head["value"])

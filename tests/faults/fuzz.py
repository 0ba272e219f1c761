"""Damaged input for every parser of bytes that the program has of its own.

`python -m tests.faults.fuzz [SECONDS [SEED]]` goes round all of them for so long and prints one
JSON object: how many inputs each was given, and what raised anything but what it says it raises.
Good files are changed as a disk or an enemy would: bytes, lengths, cuts, doubled and mixed parts.
"""

from __future__ import annotations

import io
import json
import random
import struct
import sys
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from models.errors import SaidError
from studio.engine.artwork import Artwork
from studio.engine.dataset.decoding import (
    boxes,
    colour_statement,
    float_tiff,
    icc_profile,
    legacy_text,
    metadata,
    packets,
    photoshop,
    png,
    tiff_pages,
)
from studio.engine.dataset.intake import captions, side_files
from studio.engine.live import osc
from studio.engine.pieces import provenance
from studio.engine.pieces.origin import Origin

LEVELS = np.linspace(0, 1, 5)
_INTERESTING = (0, 1, 2, 4, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


@dataclass
class Parser:
    """One of ours: good input, and what it may raise where input is not."""

    name: str
    good: list[bytes]
    read: Callable[[bytes], object]
    says: tuple[type[Exception], ...] = ()
    every: int = 1
    """It is fed in one of so many rounds: a library does most of its work, and slowly."""
    inputs: int = 0
    slowest: float = 0.0
    """Seconds of the processor for the input that took longest, which is `slow`."""
    slow: bytes = b""
    found: dict[str, str] = field(default_factory=dict)
    """Input as hexadecimal digits, by the place that raised."""

    def feed(self, data: bytes) -> None:
        self.inputs += 1
        began = time.thread_time()
        try:
            self.read(data)
        except self.says:
            pass
        except Exception as error:  # noqa: BLE001  # that is what is looked for
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
            self.found.setdefault(place, data.hex())
        took = time.thread_time() - began
        if took > self.slowest:
            self.slowest, self.slow = took, data


def changed(good: bytes, other: bytes, chance: random.Random) -> bytes:
    """One to four changes of `good`, some with parts of `other`."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(8):
            case 0:
                del data[at:]
            case 1:
                del data[at : at + chance.randint(1, 16)]
            case 2:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                layout = chance.choice(("<H", ">H", "<I", ">I"))
                most = 0xFFFF if layout[1] == "H" else 0xFFFFFFFF
                number = struct.pack(layout, chance.choice(_INTERESTING) & most)
                data[at : at + len(number)] = number
            case 4:
                data[at:at] = data[at : at + chance.randint(1, 64)]
            case 5:
                begin = chance.randrange(len(other) + 1)
                data[at:at] = other[begin : begin + chance.randint(1, 64)]
            case 6:
                data[at : at + 8] = bytes(min(8, len(data) - at))
            case _:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
    return bytes(data)


# ---------------------------------------------------------------------- good input


def _saved(kind: str, mode: str = "RGB", **options: Any) -> bytes:
    made = io.BytesIO()
    Image.new(mode, (6, 5), 77).save(made, kind, **options)
    return made.getvalue()


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _heif() -> bytes:
    colr = _box(b"colr", b"nclx" + struct.pack(">HHHB", 9, 16, 9, 128))
    ipma = _box(b"ipma", bytes(4) + struct.pack(">IHBB", 1, 1, 1, 0x81))
    iprp = _box(b"iprp", _box(b"ipco", colr) + ipma)
    meta = _box(b"meta", bytes(4) + _box(b"pitm", bytes(4) + b"\0\1") + iprp)
    return _box(b"ftyp", b"heic" + bytes(8)) + meta


def _curve_profile(curve: bytes) -> bytes:
    head = bytearray(128)
    head[16:20], head[20:24], head[36:40] = b"GRAY", b"XYZ ", b"acsp"
    return bytes(head) + struct.pack(">I4sII", 1, b"kTRC", 144, len(curve)) + curve


def _psd(mode: str) -> bytes:
    from studio.engine.export.formats.psd import Psd

    channels = {"L": 1, "RGB": 3, "RGBA": 4}[mode]
    return _written(Psd(), np.full((5, 6, channels), 90, np.uint8), ".psd")


def _written(kind: Any, pixels: Any, suffix: str) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        kind.write(Artwork.of(pixels), Origin("a", "Ada", "mine", {"seed": 4}), path)
        return path.read_bytes()


def _float_tiffs() -> list[bytes]:
    rows = np.linspace(0, 1, 2 * 2 * 3).astype("<f4").tobytes()
    tags = ((256, 2), (257, 2), (258, 32), (259, 1), (262, 2), (273, 8 + 2 + 12 * 10 + 4),
            (277, 3), (278, 2), (279, len(rows)), (339, 3))  # fmt: skip
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return [b"II*\0" + struct.pack("<IH", 8, len(tags)) + body + bytes(4) + rows]


def _iptc() -> bytes:
    words = ((2, 80, b"Ada"), (2, 116, b"mine"), (1, 90, b"\x1b%G"))
    return b"".join(struct.pack(">BBBH", 28, r, k, len(t)) + t for r, k, t in words)


def _png_with_words() -> bytes:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Raw profile type iptc", f"\niptc\n{len(_iptc()):8}\n{_iptc().hex()}\n", zip=True)
    info.add_itxt("XML:com.adobe.xmp", provenance.xmp_packet(Origin("a", "Ada", "mine")).decode())
    info.add_text("Author", "Ada")
    exif = Image.Exif()
    exif[315], exif[33432], exif[40093] = "Ada; Bo", "mine", "Ada".encode("utf-16-le")
    return _saved("PNG", pnginfo=info, exif=exif, icc_profile=_srgb())


def _srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def _pictures() -> list[bytes]:
    exif = Image.Exif()
    exif[315], exif[33432] = "Ada", "mine"
    words = provenance.xmp_packet(Origin("a", "Ada", "mine", {"seed": 4}))
    return [
        _png_with_words(), _saved("JPEG", exif=exif, xmp=words, icc_profile=_srgb()),
        _saved("WEBP", exif=exif, xmp=words), _saved("TIFF", exif=exif), _saved("GIF", "P"),
        _psd("RGB"),
    ]  # fmt: skip


def _picture(data: bytes) -> object:
    """What is asked of a picture besides its pixels, in the way of an import."""
    stream = io.BytesIO(data)
    try:
        image = Image.open(stream, formats=("PNG", "JPEG", "WEBP", "TIFF", "GIF", "PSD"))
    except Exception:  # noqa: BLE001  # Pillow's own: the door makes one kind of them
        return None
    with image:
        return (
            colour_statement.statements(image, stream), packets.packets_of(image, stream),
            metadata.rights_facts(image, stream),
        )  # fmt: skip


def _profile(data: bytes) -> object:
    return (
        icc_profile.space_of(data), icc_profile.code_points(data),
        icc_profile.light_of_grey(data, LEVELS),
    )  # fmt: skip


def _float(data: bytes) -> object:
    found = float_tiff.found_in(io.BytesIO(data))
    if found is None or found.size[0] * found.size[1] > 1 << 20:
        return None
    return found.packet, found.profile, found.planes()


def _archive(data: bytes) -> object:
    from studio.engine.dataset.decoding import archives

    return archives.read_inside(io.BytesIO(data), "a.txt")


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.txt", b"words " * 40)
        file.writestr("b/ü.txt", b"x")
    return made.getvalue()


def _document(data: bytes) -> object:
    return photoshop.opened(io.BytesIO(data), 1 << 16)


def _facts(data: bytes) -> object:
    found = packets.Packets((data,))
    return provenance.facts_in(found, Path("a")), provenance.further_in(found, Path("a"))


def parsers() -> list[Parser]:
    """All of them, fresh."""
    words = provenance.xmp_packet(Origin("a", "Ada", "mine", {"seed": 4}))
    table = b'file,caption\na.png,a red vase\nb.png,"a\nblue"\n'
    lines = b'{"file_name": "a.png", "text": "a red vase"}\n'
    message = osc.write_message("/z/1", (0.5, 3, "a", True))
    curves = (
        b"curv" + bytes(4) + struct.pack(">IHHH", 3, 0, 30000, 65535),
        b"para" + bytes(4) + struct.pack(">HH5i", 3, 0, 157286, 62119, 3417, 5072, 2651),
    )
    return [
        Parser("boxes", [_heif()], lambda data: boxes.colours(io.BytesIO(data))),
        Parser("png", [_png_with_words()],
               lambda data: (png.bits(data), list(png.chunks(io.BytesIO(data))))),
        Parser("icc", [_srgb(), *map(_curve_profile, curves)], _profile),
        Parser("icc name", [_srgb()], icc_profile.name_of, every=64),
        Parser("photoshop", [_psd("RGB"), _psd("RGBA"), _psd("L"), _saved("TIFF")],
               _document, (photoshop.PhotoshopError,)),
        Parser("photoshop packet", [_psd("RGB")],
               lambda data: photoshop.packet(io.BytesIO(data)), (photoshop.PhotoshopError,)),
        Parser("tiff pages", [*_float_tiffs(), _saved("TIFF")],
               lambda data: tiff_pages.pages_in(io.BytesIO(data)), (OSError,)),
        Parser("float tiff", _float_tiffs(), _float, (OSError,)),
        Parser("words of pictures", _pictures(), _picture),
        Parser("iptc", [_iptc()], packets._in_iptc),
        Parser("xmp", [words], _facts, (SaidError,)),
        Parser("archive", [_zip()], _archive, (SaidError,)),
        Parser("caption table", [table], lambda data: captions.CaptionTable(data, "a.csv"),
               (SaidError,)),
        Parser("caption lines", [lines], lambda data: captions.CaptionTable(data, "a.jsonl"),
               (SaidError,)),
        Parser("side files", [b"0 0.5 0.5 0.2 0.1\n", b'{"text": "a red vase"}'],
               lambda data: (side_files.is_boxes(data), side_files._in_json(data))),
        Parser("legacy text", ["Vase à fleurs, 花瓶".encode("gb18030"), b"caf\xe9"],
               legacy_text.text_of),
        Parser("osc", [message, osc.write_bundle([message, message], 0.0)], osc.read_packet,
               (osc.PacketError,)),
    ]  # fmt: skip


def rounds(all_parsers: list[Parser], seed: int) -> Iterator[None]:
    """One changed input for each parser whose turn it is, for ever."""
    chance = random.Random(seed)
    everything = [data for parser in all_parsers for data in parser.good]
    for number in count():
        for parser in all_parsers:
            if number % parser.every:
                continue
            parser.feed(changed(chance.choice(parser.good), chance.choice(everything), chance))
        yield


def main() -> None:
    """Fuzz for some seconds and say what came of it."""
    given = [int(each) for each in sys.argv[1:3]]
    seconds, seed = [*given, *(60, 16)[len(given) :]]
    warnings.simplefilter("ignore")  # of numpy and Pillow, about what they read over
    all_parsers, began = parsers(), time.monotonic()
    for _ in rounds(all_parsers, seed):
        if time.monotonic() - began > seconds:
            break
    print(json.dumps({
        "seed": seed, "seconds": seconds, "inputs": sum(each.inputs for each in all_parsers),
        "slowest": {each.name: (round(each.slowest, 4), each.slow.hex()) for each in all_parsers},
        "found": {each.name: each.found for each in all_parsers if each.found},
    }))  # fmt: skip


if __name__ == "__main__":
    main()

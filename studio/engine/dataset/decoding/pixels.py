"""From the bytes of a picture file to an upright sRGB picture. Used on both sides of the sandbox.

What Pillow may open is a closed list: formats that start other programs (EPS), that
are documents, or that are only stubs are not in it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import re
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageChops, UnidentifiedImageError
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from studio.engine.dataset.decoding import (
    camera_raw,
    colour_statement,
    float_tiff,
    painting,
    photoshop,
    png,
    tiff,
)
from studio.engine.dataset.decoding.archives import ArchiveError
from studio.engine.dataset.decoding.colour import to_srgb
from studio.engine.extras import needed
from studio.engine.said import Said, SaidError

# Above this a picture is refused by its header, before a byte of it is decoded; JPEG above twice
# as many, for telephones take 200 million and panoramas are larger.
MAX_PIXELS = 178_956_970
MAX_SIDE = 1 << 20
"""A header that claims more is damaged; the table of its rows alone would take the memory."""
_CODESTREAM_HEAD = 1 << 16

# Recognised by their first bytes, whatever the file is called.
_BY_CONTENT = (
    "AVIF", "BLP", "BMP", "CUR", "DCX", "DDS", "DIB", "FLI", "FTEX", "GIF", "HEIF", "ICNS",
    "ICO", "JPEG", "JPEG2000", "MPO", "MSP", "PCX", "PIXAR", "PNG", "PPM", "QOI", "SGI",
    "SUN", "TIFF", "WEBP", "XBM", "XPM",
)  # fmt: skip
# Without a signature, so believed only where the file's name says so too.
_BY_NAME = {".tga": "TGA", ".icb": "TGA", ".vda": "TGA", ".vst": "TGA", ".im": "IM"}
SUFFIXES = frozenset(
    {
        ".avif", ".avifs", ".blp", ".bmp", ".cur", ".dcx", ".dds", ".dib", ".flc", ".fli", ".gif",
        ".heic", ".heif", ".hif", ".icns", ".ico", ".j2c", ".j2k", ".jfif", ".jp2", ".jpe",
        ".jpeg", ".jpf", ".jpg", ".jpx", ".mpo", ".msp", ".pbm", ".pcx", ".pgm", ".png", ".pnm",
        ".ppm", ".psd", ".qoi", ".ras", ".rgb", ".rgba", ".sgi", ".tif", ".tiff", ".webp", ".xbm",
        ".xpm", ".psb", *painting.SUFFIXES, *_BY_NAME,
    }
)  # fmt: skip
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_OWN_HEADS = {_JPEG: "JPEG", _PNG: "PNG"}
_SIGNATURES = (
    b"\x89PNG", _JPEG, b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*", b"8BPS",
    b"\0\0\0\x0cjP  ",
)  # fmt: skip
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION = 0x0112
_BITS_PER_SAMPLE = 258

# Pillow refuses twice as many, also in frames inside files; our own limit comes behind it.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
# Pillow warns about odd metadata of single files; what matters becomes a finding instead.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\..*")


class NotAPicture(Exception):  # noqa: N818  # a verdict about a file, not a fault
    """The file is something else and does not claim to be a picture."""


class BadPicture(SaidError):  # noqa: N818
    """The file claims to be a picture and cannot be used; `said` tells why."""


NOT_A_PICTURE = Said("It is not a picture that can be read.")


@dataclass(frozen=True)
class Header:
    """What is known before decoding. `size` is upright; `frames` is 1 for a still."""

    format: str
    mode: str
    size: tuple[int, int]
    orientation: int
    bits: int


def claims_picture(head: bytes, suffix: str) -> bool:
    """Whether name or first bytes say picture, so that a failure is worth reporting."""
    if suffix.lower() in SUFFIXES | camera_raw.SUFFIXES or head.startswith(_SIGNATURES):
        return True
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def opened(stream: IO[bytes], head: bytes, suffix: str, page: int = 0) -> Image.Image:
    """The picture, not decoded yet; raises :class:`NotAPicture` or :class:`BadPicture`.

    Of a TIFF its `page`, counted from 1; with 0 the first that is a picture of its own.
    """
    suffix = suffix.lower()
    if camera_raw.claims_raw(head, suffix) and head:
        return _developed(stream)
    if head.startswith(photoshop.SIGNATURE):
        return _flattened(stream)
    if painting.claims_painting(head, suffix):
        return _merged(stream, suffix)
    image: Image.Image
    try:
        image = Image.open(stream, formats=_formats_of(head, suffix))
        _mend(image, stream, head, page)
    except UnidentifiedImageError:
        if not claims_picture(head, suffix):
            raise NotAPicture from None
        image = _of_floats(stream, head)
    except Image.DecompressionBombError as error:
        claimed = next(iter(re.findall(r"\d+", str(error))), str(MAX_PIXELS))
        raise BadPicture(_too_many(int(claimed), head)) from None
    except MemoryError:
        raise
    except Exception as error:  # any parser of a format may raise anything on hostile bytes
        if not claims_picture(head, suffix):
            raise NotAPicture from None
        raise BadPicture("Its header is damaged ({reason}).", reason=error) from error
    _check_size(*image.size, head)
    return image


def _check_size(width: int, height: int, head: bytes) -> None:
    """Raises :class:`BadPicture` for a header that no decoder should follow."""
    if width < 1 or height < 1:
        raise BadPicture("It has no pixels.")
    if width * height > _most_pixels(head):
        raise BadPicture(_too_many(width * height, head))
    if max(width, height) > MAX_SIDE:
        raise BadPicture("It is longer than the {n} pixels that are decoded.", n=MAX_SIDE)


def _mend(image: Image.Image, stream: IO[bytes], head: bytes, page: int) -> None:
    """What Pillow does not look at, and what the file states of its colours."""
    if image.format == "PNG":
        png.mend_key(image, png.bits(head))
    elif image.format == "TIFF":
        tiff.show_page(image, page) if page else tiff.show_full_page(image)
    image.info[colour_statement.STATED] = colour_statement.statements(image, stream)


def _of_floats(stream: IO[bytes], head: bytes) -> Image.Image:
    """A TIFF of coloured floats; raises :class:`BadPicture` for everything else."""
    found = float_tiff.found_in(stream)
    if found is None:
        raise BadPicture(_unidentified(head))
    _check_size(*found.size, head)
    try:
        return found.picture()
    except OSError as error:
        raise BadPicture("Its header is damaged ({reason}).", reason=error) from error


def _developed(stream: IO[bytes]) -> Image.Image:
    if not camera_raw.is_available():
        raise BadPicture(camera_raw.NEEDS_LIBRARY)
    try:
        found = camera_raw.opened(stream, MAX_PIXELS)
    except MemoryError:
        raise
    except Exception as error:  # the library may raise anything on hostile bytes
        raise BadPicture(
            "Its camera data cannot be read ({reason}).", reason=_said(error)
        ) from error
    if isinstance(found, int):
        raise BadPicture(_too_many(found))
    return found


def _flattened(stream: IO[bytes]) -> Image.Image:
    try:
        found = photoshop.opened(stream, MAX_PIXELS)
    except photoshop.PhotoshopError as error:
        raise BadPicture(error.said) from error
    if isinstance(found, int):
        raise BadPicture(_too_many(found))
    found.info[colour_statement.STATED] = colour_statement.statements(found, stream)
    return found


def _merged(stream: IO[bytes], suffix: str) -> Image.Image:
    """The merged picture of a painting, not decoded yet."""
    try:
        inner = painting.merged(stream, suffix)
    except ArchiveError as error:
        raise BadPicture(error.said) from error
    head = inner.read(64)
    inner.seek(0)
    if not head.startswith(b"\x89PNG"):
        raise BadPicture(NOT_A_PICTURE)
    image = opened(inner, head, ".png")
    image.format = suffix[1:].upper()
    return image


def _said(error: Exception) -> str:
    """The words of an error of LibRaw, which come as bytes."""
    words = error.args[0] if error.args else ""
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error)


def header_of(image: Image.Image) -> Header:
    orientation = 1
    # Hostile metadata may raise anything; a picture without a readable orientation is upright.
    with contextlib.suppress(Exception):
        orientation = int(image.getexif().get(ORIENTATION, 1))
    orientation = orientation if orientation in _TURNS else 1
    width, height = image.size
    if orientation >= 5 and image.format != "TIFF":  # the plugin gives TIFF's size upright
        width, height = height, width
    return Header(image.format or "", image.mode, (width, height), orientation, _bits(image))


def upright(
    image: Image.Image, orientation: int, bits: int = 0, at_least: tuple[int, int] | None = None
) -> Image.Image:
    """Decode to L, RGB or RGBA, sRGB, turned upright.

    With `at_least` (upright width, height) a JPEG may be decoded at a fraction of its size,
    never smaller than that. Raises whatever the decoder raises.
    """
    if at_least and isinstance(image, Jpeg2KImageFile):
        image.reduce = _halvings(image, at_least)
    if at_least and image.format in ("JPEG", "MPO"):
        width, height = at_least if orientation < 5 else (at_least[1], at_least[0])
        image.draft(None, (width, height))
    turned_by_pillow = image.format == "TIFF"  # its plugin turns while it loads
    image.load()
    if image.format == "TIFF":
        image = tiff.without_unused_alpha(image)
    elif image.format == "XBM":  # its 1 is ink; Pillow takes it for light
        image = ImageChops.invert(image)
    result = to_srgb(image, bits)
    if orientation in _TURNS and not turned_by_pillow:
        result = result.transpose(_TURNS[orientation])
    return result


def _halvings(image: Jpeg2KImageFile, at_least: tuple[int, int]) -> int:
    """How often the sides of a JPEG 2000 picture may be halved: never below what is wanted.

    As many resolutions as the codestream states (ISO/IEC 15444-1, A.6.1) can be left out.
    """
    stream = image.fp
    if stream is None:
        return 0
    before = stream.tell()
    stream.seek(0)
    head = stream.read(_CODESTREAM_HEAD)
    stream.seek(before)
    place = head.find(b"\xff\x52", max(0, head.find(b"\xff\x4f\xff\x51")))
    levels = head[place + 9] if 0 <= place < len(head) - 9 else 0
    scale = min(have // want for have, want in zip(image.size, at_least, strict=True))
    return int(min(levels, 32, max(1, scale).bit_length() - 1))


def why(error: BaseException) -> Said:
    """One sentence for what a decoder raised."""
    text = str(error)
    if isinstance(error, MemoryError):
        return Said("Decoding it needs more memory than a picture may have.")
    if "truncated" in text or "end of file" in text.lower():
        return Said("The file is cut off before its end.")
    if isinstance(error, NotImplementedError):
        return Said("It uses a feature that cannot be read ({reason}).", reason=text)
    return Said("Its picture data is damaged ({reason}).", reason=text or type(error).__name__)


def _bits(image: Image.Image) -> int:
    if photoshop.BITS in image.info:
        return int(image.info[photoshop.BITS])
    tags = getattr(image, "tag_v2", None)
    if image.format != "TIFF" or tags is None:
        return 0
    value = tags.get(_BITS_PER_SAMPLE, 0)
    first = value[0] if isinstance(value, tuple) and value else value
    return first if isinstance(first, int) else 0


def _most_pixels(head: bytes) -> int:
    """A JPEG may be larger: it is decoded at a fraction, and its pixels cost bytes in the file."""
    return MAX_PIXELS * 2 if head.startswith(_JPEG) else MAX_PIXELS


def _too_many(count: int, head: bytes = b"") -> Said:
    return Said(
        "It claims {n} million pixels, more than the {n_high} million that are decoded.",
        n=count // 1_000_000,
        n_high=_most_pixels(head) // 1_000_000,
    )


def _unidentified(head: bytes) -> Said:
    if not head:
        return Said("The file is empty (0 bytes).")
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        if _known("HEIF"):
            return Said("Its picture data is damaged ({reason}).", reason="HEIC")
        return needed("HEIC", "formats")
    return NOT_A_PICTURE


def _formats_of(head: bytes, suffix: str) -> tuple[str, ...]:
    """One format where its first bytes are its own: the plugins of the others need not be loaded,
    which takes as long as decoding twenty photographs.
    """
    by_name = _BY_NAME.get(suffix, "")
    if not by_name:
        for mark, name in _OWN_HEADS.items():
            if head.startswith(mark):
                return (name,)
    return formats(by_name)


@functools.cache
def formats(by_name: str = "") -> tuple[str, ...]:
    """What a file may be, the usual ones first; `by_name` only because its name says so."""
    _allow_heif()
    wanted = dict.fromkeys(("JPEG", "PNG", *_BY_CONTENT, by_name))
    return tuple(name for name in wanted if _known(name))


def _allow_heif() -> None:
    if not _known("HEIF") and importlib.util.find_spec("pi_heif") is not None:
        import pi_heif

        pi_heif.register_heif_opener()


def _known(name: str) -> bool:
    Image.init()  # does nothing the second time
    return name in Image.OPEN

"""Of TIFF what Pillow passes over: pages that are previews, and samples of no stated meaning.

After TIFF 6.0, sections 8 and 18 (NewSubfileType, ExtraSamples).
"""

from __future__ import annotations

from PIL import Image, TiffImagePlugin

_NEW_SUBFILE, _SUBFILE, _EXTRA_SAMPLES, _PROFILE = 254, 255, 338, 34675
_REDUCED_OR_MASK = 0b101
_REDUCED_SUBFILE = 2
_MOST_PAGES = 1000


def _take_unstated_as_alpha() -> None:
    """Let Pillow read a sample behind the colours whose meaning is not stated (0) as straight
    alpha, as libvips and ImageMagick do, instead of dropping it.
    """
    changed = {"LX": ("LA", "LA"), "RGBX": ("RGBA", "RGBA"), "RGBXX": ("RGBA", "RGBAX"),
               "RGBXXX": ("RGBA", "RGBAXX"), "RGBX;16L": ("RGBA", "RGBA;16L"),
               "RGBX;16B": ("RGBA", "RGBA;16B")}  # fmt: skip
    for key, (_, raw) in list(TiffImagePlugin.OPEN_INFO.items()):
        if key[5][:1] == (0,) and raw in changed:
            TiffImagePlugin.OPEN_INFO[key] = changed[raw]


_take_unstated_as_alpha()


def show_full_page(image: Image.Image) -> None:
    """Go to the first page that is neither a preview of another one nor a mask."""
    if not _is_full(image):
        pages = full_pages(image)
        _show(image, pages[0] if pages else 0)


def show_page(image: Image.Image, number: int) -> None:
    """Go to a page, counted from 1; raises :class:`EOFError` where there is none."""
    _show(image, number - 1)


def full_pages(image: Image.Image) -> list[int]:
    """The numbers of the pages that are pictures of their own; the picture stays at its page.

    A damaged page ends the list.
    """
    here, found = image.tell(), []
    for number in range(_MOST_PAGES):
        try:
            image.seek(number)
        except Exception:  # noqa: BLE001  # hostile pages may raise anything; EOFError is the end
            break
        if _is_full(image):
            found.append(number)
    _show(image, here)
    return found


def _show(image: Image.Image, number: int) -> None:
    image.seek(number)
    if _PROFILE not in _tags(image):
        image.info.pop("icc_profile", None)  # it was that of another page


def _is_full(image: Image.Image) -> bool:
    tags = _tags(image)
    kind = tags.get(_NEW_SUBFILE, 0)
    is_part = isinstance(kind, int) and kind & _REDUCED_OR_MASK
    return not is_part and tags.get(_SUBFILE) != _REDUCED_SUBFILE


def without_unused_alpha(image: Image.Image) -> Image.Image:
    """A loaded picture without the alpha that is nothing but an empty unstated sample."""
    stated = _tags(image).get(_EXTRA_SAMPLES, (1,))
    first = stated[0] if isinstance(stated, tuple) else stated
    if image.mode not in ("LA", "RGBA") or first != 0 or image.getchannel("A").getextrema()[1]:
        return image
    kept = image.convert("L" if image.mode == "LA" else "RGB")
    kept.info = dict(image.info)
    return kept


def _tags(image: Image.Image) -> TiffImagePlugin.ImageFileDirectory_v2:
    assert isinstance(image, TiffImagePlugin.TiffImageFile)
    return image.tag_v2

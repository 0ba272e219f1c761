"""How a picture of any shape becomes the shape of the training set; see :mod:`policy`."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from studio.engine.dataset.decoding import linear_light
from studio.engine.dataset.preparation import saliency
from studio.engine.dataset.preparation.policy import Policy, colour

Box = tuple[float, float, float, float]
"""Left, top, right and bottom; pixels of a picture, or shares of its sides from 0 to 1."""
MOST_TILES = 256
"""Of one picture: tiles of a larger one show more of it, smaller."""
# Pillow first halves by whole steps down to three times the target: as good, far faster.
_GAP = 3.0
# Less than this share of a tile that is left over at the edges gets no tile of its own.
_SPARE = 0.25
_BLUR = 0.06


def decode_size(
    picture: tuple[int, int], size: tuple[int, int], policy: Policy, part: Box | None = None
) -> tuple[int, int] | None:
    """The smallest size at which decoding `picture` still has every pixel that `size` needs.

    `part` is the manual crop as shares of the sides. None: every pixel of the file is needed, as
    where somebody's index says that the picture has none.
    """
    # A codec that decodes smaller averages its own values, which are not linear.
    if policy.crop == "tiles" or policy.linear:
        return None
    left, top, right, bottom = part or (0.0, 0.0, 1.0, 1.0)
    seen = picture[0] * (right - left), picture[1] * (bottom - top)
    if min(seen) <= 0:
        return None
    ratios = size[0] / seen[0], size[1] / seen[1]
    if policy.crop == "stretch":
        scales = ratios
    else:
        scale = min(ratios) if policy.crop == "pad" and not policy.fill else max(ratios)
        scales = scale, scale
    return max(1, round(picture[0] * scales[0])), max(1, round(picture[1] * scales[1]))


def shaped(
    picture: Image.Image, size: tuple[int, int], policy: Policy, part: Box | None = None
) -> list[Image.Image]:
    """`picture` as one or (`tiles`) several pictures of exactly `size` (width, height).

    `centre` keeps the middle, `smart` the part with the most detail, `pad` keeps everything
    and adds bars (black, transparent for RGBA, where the policy says nothing), `stretch`
    changes the aspect, `tiles` cuts. `part` is cut out first. Colour under transparent pixels
    never bleeds.
    """
    if policy.flatten and picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, (*colour(policy.flatten), 255))
        picture = Image.alpha_composite(ground, picture).convert("RGB")
    if part:  # a filter that resizes must not see what was cut away
        left, top, right, bottom = pixels_of(picture.size, part)
        picture = picture.crop((int(left), int(top), int(right), int(bottom)))
    if policy.crop == "pad":
        return [_padded(picture, size, policy, pixels_of(picture.size, None))]
    return [_cut(picture, size, policy, box) for box in _boxes(picture, size, policy)]


def frames(
    picture: Image.Image, size: tuple[int, int], policy: Policy, part: Box | None = None
) -> list[Box]:
    """What of `picture` is in each picture of :func:`shaped`, as shares of its sides, 0 to 1."""
    outer = pixels_of(picture.size, part)
    inner = picture
    if part:
        inner = picture.crop((int(outer[0]), int(outer[1]), int(outer[2]), int(outer[3])))
    width, height = picture.size
    return [
        (
            (outer[0] + max(0.0, box[0])) / width, (outer[1] + max(0.0, box[1])) / height,
            min(outer[2], outer[0] + box[2]) / width, min(outer[3], outer[1] + box[3]) / height,
        )
        for box in _boxes(inner, size, policy)
    ]  # fmt: skip


def _boxes(picture: Image.Image, size: tuple[int, int], policy: Policy) -> list[Box]:
    """The parts (pixels) of a picture that its training pictures are made from."""
    whole = pixels_of(picture.size, None)
    if policy.crop in ("pad", "stretch"):
        return [whole]
    if policy.crop == "tiles":
        return tile_boxes(whole, size)
    box = centre_box(whole, size)
    return [saliency.best_box(picture, whole, box) if policy.crop == "smart" else box]


def count_of(
    picture: tuple[int, int], size: tuple[int, int], policy: Policy, part: Box | None = None
) -> int:
    """How many pictures :func:`shaped` makes of one of this size (width, height)."""
    return len(tile_boxes(pixels_of(picture, part), size)) if policy.crop == "tiles" else 1


def pixels_of(picture: tuple[int, int], part: Box | None) -> Box:
    """A manual crop in whole pixels of a picture of this size; all of it without one."""
    left, top, right, bottom = part or (0.0, 0.0, 1.0, 1.0)
    x = min(round(left * picture[0]), picture[0] - 1)
    y = min(round(top * picture[1]), picture[1] - 1)
    return (
        float(x), float(y),
        float(max(x + 1, round(right * picture[0]))),
        float(max(y + 1, round(bottom * picture[1]))),
    )  # fmt: skip


def centre_box(whole: Box, size: tuple[int, int]) -> Box:
    """The largest part of the aspect of `size` in the middle of `whole`."""
    scale = min((whole[2] - whole[0]) / size[0], (whole[3] - whole[1]) / size[1])
    width, height = size[0] * scale, size[1] * scale
    left = whole[0] + (whole[2] - whole[0] - width) / 2
    top = whole[1] + (whole[3] - whole[1] - height) / 2
    return left, top, left + width, top + height


def tile_boxes(whole: Box, size: tuple[int, int]) -> list[Box]:
    """Parts of the size of the training pictures that cover `whole`, row by row.

    They overlap where it is no multiple of them. Where it is smaller than one, or would need
    more than :data:`MOST_TILES`, they are scaled; a strip that needs too many of even the
    largest tiles gives that many, with gaps between them.
    """
    width, height = whole[2] - whole[0], whole[3] - whole[1]
    largest = min(width / size[0], height / size[1])
    scale = min(1.0, largest)
    while _count(width, size[0] * scale) * _count(height, size[1] * scale) > MOST_TILES:
        if scale >= largest:
            break
        scale = min(scale * 1.25, largest)
    tile = size[0] * scale, size[1] * scale
    across, down = _places(width, tile[0]), _places(height, tile[1])
    return [
        (whole[0] + x, whole[1] + y, whole[0] + x + tile[0], whole[1] + y + tile[1])
        for y in down
        for x in across
    ]


def _count(length: float, tile: float) -> int:
    """How many tiles cover one side."""
    return max(1, int(np.ceil(length / tile - _SPARE)))


def _places(length: float, tile: float) -> list[float]:
    """Where the tiles along one side begin."""
    needed = _count(length, tile)
    count = min(needed, MOST_TILES)
    if count == 1 or (count == needed and count * tile <= length):
        margin = (length - count * tile) / 2
        return [max(0.0, margin + number * tile) for number in range(count)]
    return [number * (length - tile) / (count - 1) for number in range(count)]


def _cut(
    picture: Image.Image, size: tuple[int, int], policy: Policy, box: Box | None
) -> Image.Image:
    if box is not None:  # rounding must not reach over the edge
        box = max(0.0, box[0]), max(0.0, box[1]), box[2], box[3]
        box = box[0], box[1], min(box[2], picture.width), min(box[3], picture.height)
    if policy.linear:
        return linear_light.resized(picture, size, box)
    return picture.resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=_GAP)


def _padded(picture: Image.Image, size: tuple[int, int], policy: Policy, whole: Box) -> Image.Image:
    width, height = whole[2] - whole[0], whole[3] - whole[1]
    scale = min(size[0] / width, size[1] / height)
    inner = (
        min(size[0], max(1, round(width * scale))),
        min(size[1], max(1, round(height * scale))),
    )
    small = _cut(picture, inner, policy, None)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    if policy.fill == "mirror":
        return _mirrored(small, size, left, top)
    if policy.fill == "blur":
        canvas = _blurred(_cut(picture, size, policy, centre_box(whole, size)))
    elif policy.fill:
        mode = "RGBA" if small.mode == "RGBA" else "RGB"
        canvas = Image.new(mode, size, colour(policy.fill))
        canvas = canvas if _is_coloured(policy.fill) else canvas.convert(small.mode)
        small = small.convert(canvas.mode)
    else:
        canvas = Image.new(picture.mode, size)
    canvas.paste(small, (left, top))
    return canvas


def _is_coloured(fill: str) -> bool:
    return len(set(colour(fill))) > 1


def _blurred(picture: Image.Image) -> Image.Image:
    radius = max(1.0, _BLUR * max(picture.size))
    if picture.mode != "RGBA":
        return picture.filter(ImageFilter.GaussianBlur(radius))
    clear = picture.convert("RGBa").filter(ImageFilter.GaussianBlur(radius))
    return clear.convert("RGBA")


def _mirrored(small: Image.Image, size: tuple[int, int], left: int, top: int) -> Image.Image:
    """Bars that continue the picture as a mirror at its edge would."""
    right, bottom = size[0] - small.width - left, size[1] - small.height - top
    values = np.asarray(small)
    margins = [(top, bottom), (left, right), (0, 0)][: values.ndim]
    return Image.fromarray(np.pad(values, margins, "symmetric"))


def with_channels(picture: Image.Image, channels: int) -> np.ndarray:
    """uint8 [H, W, C] with 1, 3 or 4 channels; transparency is laid over white where it must go."""
    if channels == 4:
        rgba = np.array(picture.convert("RGBA"))
        rgba[rgba[..., 3] == 0] = 0  # what cannot be seen must not be learnt
        return rgba
    if picture.mode == "RGBA":
        ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
        picture = Image.alpha_composite(ground, picture)
    values = np.asarray(picture.convert("L" if channels == 1 else "RGB"))
    return values[..., None] if channels == 1 else values

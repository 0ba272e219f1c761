"""Draw the sample: 64 vases, each from a handful of numbers that vary continuously.

    python resources/sample/draw.py [FOLDER]

Height, belly, neck, lip, glaze, bands and light are all smooth in these numbers, so that a
small model can learn them and its sliders mean something. The pictures are CC0.
"""

from __future__ import annotations

import colorsys
import math
import random
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

COUNT, SIDE, FINE = 64, 128, 4
BIG = SIDE * FINE
GLAZES = (0.03, 0.08, 0.13, 0.33, 0.46, 0.54, 0.58, 0.95)


def main() -> None:
    """Write all pictures."""
    default = Path(__file__).parent / "pictures"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(COUNT):
        picture = vase(random.Random(1000 + number))
        picture.save(folder / f"vase-{number + 1:02}.png", optimize=True)


def vase(chance: random.Random) -> Image.Image:
    """One picture, SIDE pixels square."""
    ground = chance.uniform(0.05, 0.12), chance.uniform(0.05, 0.22), chance.uniform(0.72, 0.94)
    canvas = backdrop(ground, chance.uniform(0.68, 0.76))
    centre = BIG / 2 + chance.uniform(-0.03, 0.03) * BIG
    foot, top = 0.86 * BIG, chance.uniform(0.16, 0.42) * BIG
    outline = profile(chance)
    shadow(canvas, centre, foot, outline(0.0))
    body = glazed(chance, centre, foot, top, outline)
    canvas.paste(body, (0, 0), body)
    small = canvas.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    return small.quantize(200, dither=Image.Dither.NONE).convert("RGB")


def colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    """HSV in 0 to 1 as RGB bytes."""
    parts = colorsys.hsv_to_rgb(hue % 1.0, min(1.0, saturation), min(1.0, max(0.0, value)))
    red, green, blue = (round(255 * part) for part in parts)
    return red, green, blue


def backdrop(ground: tuple[float, float, float], horizon: float) -> Image.Image:
    """A wall that falls off to the side, and a table."""
    hue, saturation, value = ground
    canvas = Image.new("RGB", (BIG, BIG))
    draw = ImageDraw.Draw(canvas)
    for y in range(BIG):
        part = y / BIG
        table = part > horizon
        light = (
            value * (0.86 + 0.14 * part) if not table else value * (0.94 - 0.2 * (part - horizon))
        )
        draw.line([(0, y), (BIG, y)], fill=colour(hue, saturation + 0.06 * table, light))
    return canvas.filter(ImageFilter.GaussianBlur(FINE * 1.5))


def profile(chance: random.Random):
    """Half width in pixels at a height of 0 (foot) to 1 (lip)."""
    belly, at = chance.uniform(0.15, 0.29), chance.uniform(0.3, 0.6)
    neck, foot = chance.uniform(0.05, 0.15), chance.uniform(0.09, 0.17)
    lip, spread = neck + chance.uniform(0.0, 0.09), chance.uniform(0.2, 0.34)

    def width(height: float) -> float:
        bulge = math.exp(-(((height - at) / spread) ** 2))
        low = foot * max(0.0, 1 - height / 0.25) ** 2
        high = neck + (lip - neck) * max(0.0, (height - 0.82) / 0.18) ** 2
        straight = foot + (high - foot) * height
        return BIG * max(0.3 * low, straight * (1 - bulge) + belly * bulge)

    return width


def shadow(canvas: Image.Image, centre: float, foot: float, half: float) -> None:
    """Soft, to the right, under the foot."""
    dark = Image.new("L", (BIG, BIG), 0)
    reach = half * 2.6
    ImageDraw.Draw(dark).ellipse(
        [centre - half * 1.1, foot - half * 0.28, centre + reach, foot + half * 0.42], fill=120
    )
    dark = dark.filter(ImageFilter.GaussianBlur(FINE * 4))
    canvas.paste(Image.new("RGB", (BIG, BIG), (40, 34, 30)), (0, 0), dark)


def glazed(chance: random.Random, centre: float, foot: float, top: float, outline) -> Image.Image:
    """The body, row by row: a round form lit from the left, with its bands."""
    hue = chance.choice(GLAZES) + chance.uniform(-0.03, 0.03)
    saturation, value = chance.uniform(0.25, 0.75), chance.uniform(0.45, 0.9)
    bands = [
        (chance.uniform(0.12, 0.9), chance.uniform(0.012, 0.06), chance.uniform(-0.4, 0.35))
        for _ in range(chance.randint(0, 4))
    ]
    dip, dip_shade = chance.uniform(0.0, 0.6), chance.uniform(-0.3, 0.3)
    light = chance.uniform(-0.55, -0.25)
    body = Image.new("RGBA", (BIG, BIG), (0, 0, 0, 0))
    pixels = body.load()
    for y in range(int(top), int(foot)):
        height = (foot - y) / (foot - top)
        half = outline(height)
        shade = sum(s for at, wide, s in bands if abs(height - at) < wide)
        shade += dip_shade * (1 / (1 + math.exp(-60 * (height - dip))))
        for x in range(int(centre - half), int(centre + half) + 1):
            across = (x - centre) / half
            form = math.sqrt(max(0.0, 1 - across * across))
            lit = 0.35 + 0.65 * max(0.0, form * 0.8 - across * light * -1.1)
            gloss = 0.5 * math.exp(-((across - light) ** 2) / 0.008) * (0.3 + 0.7 * height)
            rgb = colour(hue, saturation * (1 - 0.5 * gloss), (value + shade) * lit + gloss)
            pixels[x, y] = (*rgb, 255)
    mouth = outline(1.0)
    draw = ImageDraw.Draw(body)
    rim = [centre - mouth, top - mouth * 0.16, centre + mouth, top + mouth * 0.16]
    draw.ellipse(rim, fill=colour(hue, saturation, value * 0.34))
    draw.ellipse(rim, outline=colour(hue, saturation * 0.6, value * 1.05), width=FINE)
    return body


if __name__ == "__main__":
    main()

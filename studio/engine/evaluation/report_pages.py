"""An evaluation as pages of a PDF: the figures as lines, then the closest pairs with captions."""

from __future__ import annotations

import io
import textwrap
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from studio.engine.artwork import Pixels
from studio.engine.evaluation.assessment import Assessment, Figure
from studio.engine.evaluation.gallery import Gallery, Pair
from studio.engine.evaluation.measures.base import PARTS, measures
from studio.engine.files import write_bytes
from studio.engine.pdf import PAGES, Document, words

_WIDTH, _HEIGHT = PAGES["a4"]
_EDGE = 48.0
_ACROSS, _SIDE, _GAP = 3, 74.0, 14.0
"""Pairs beside each other, and points of a picture's side and between pairs."""
_LETTERS = 92
"""Of a line of 9 points."""

Line = tuple[str, int]
"""Words, and their size in points."""


def write(
    path: Path, found: Assessment | None, pairs: Gallery, run_name: str, shown: int, note: str
) -> None:
    """Write the pages, whole or not at all; of `shown` pairs at most."""
    with io.BytesIO() as file:
        pages = _Pages(Document(file))
        for text, size in (*_head(run_name, note, found), *_about(found, pairs)):
            pages.line(text, size)
        pages.pairs(pairs.pairs[:shown])
        pages.end()
        write_bytes(path, file.getvalue())


def _head(run_name: str, note: str, found: Assessment | None) -> Iterator[Line]:
    yield run_name, 18
    for line in note.splitlines():
        yield line, 9
    if found is not None:
        yield (
            (
                f"Checkpoint {found.checkpoint}, after {found.images_seen:,} pictures: "
                f"{found.generated:,} generated pictures against {found.trained:,} that it was "
                f"trained on, beside {found.unseen:,} that it never saw."
            ),
            9,
        )


def _about(found: Assessment | None, pairs: Gallery) -> Iterator[Line]:
    yield from ((str(each), 9) for each in (found.otherwise if found else ()))
    for part, title in PARTS.items() if found else ():
        yield str(title), 13
        for figure in found.figures if found else ():
            if measures()[figure.measure].part == part:
                yield _line(figure), 9
    if found is not None and found.latents.total:
        yield "Latent", 13
        yield f"Numbers in use: {found.latents.active} of {found.latents.total}.", 9
    yield "Closest to a training picture", 13
    yield (
        (
            f"{pairs.copies} of {pairs.compared} generated pictures come too close to one of "
            f"{pairs.known} training pictures. Generated left, original right."
        ),
        9,
    )


def _line(figure: Figure) -> str:
    measure = measures()[figure.measure]
    name = f"{measure.title} ({measure.term}): "
    if figure.value is None or figure.low is None or figure.high is None:
        return f"{name}{figure.refused}"
    value, low, high = (measure.written(each) for each in (figure.value, figure.low, figure.high))
    said = f"{name}{value} (95 %: {low} to {high}, {figure.count:,} pictures)"
    if figure.ceiling is None or figure.matched is None:
        return f"{said}. {figure.no_ceiling}"
    alike, real = measure.written(figure.matched), measure.written(figure.ceiling)
    return f"{said}; in groups of {figure.unseen}: {alike}, real pictures {real}."


class _Pages:
    """Fills pages from above."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._drawn, self._pictures = b"", dict[str, int]()
        self._y = _HEIGHT - _EDGE

    def line(self, text: str, size: int) -> None:
        space = size * (2.0 if size > 9 else 1.4)
        letters = _LETTERS * 9 // size
        if any(unicodedata.east_asian_width(each) in "WF" for each in text):
            letters //= 2
        for part in textwrap.wrap(text, letters) or [""]:
            self._make_room(space)
            self._y -= space
            self._drawn += words(part, size, _EDGE, self._y)
            space = size * 1.4

    def pairs(self, pairs: list[Pair]) -> None:
        for number, pair in enumerate(pairs):
            column = number % _ACROSS
            if column == 0:
                self._make_room(_SIDE + 34)
                self._y -= _SIDE + 34
            left = _EDGE + column * (2 * _SIDE + 3 * _GAP)
            for place, pixels in enumerate((pair.generated, pair.training)):
                self._picture(pixels, left + place * (_SIDE + 4), self._y + 16)
            mirrored = ", mirrored" if pair.likeness.mirrored else ""
            close = " - too close" if pair.likeness.too_close else ""
            said = f"seed {pair.seed}: {pair.likeness.alike:.0f} % alike{mirrored}{close}"
            self._drawn += words(said, 7, left, self._y + 6)

    def end(self) -> None:
        self._turn()
        self._document.finish()

    def _picture(self, pixels: Pixels, x: float, y: float) -> None:
        if not pixels.size:
            return
        rows, columns, channels = pixels.shape
        space = "/DeviceGray" if channels == 1 else "/DeviceRGB"
        name = f"P{len(self._pictures)}"
        self._pictures[name] = self._document.add_picture(pixels, space)
        scale = _SIDE / max(rows, columns)
        wide, high = columns * scale, rows * scale
        self._drawn += f"q {wide:.2f} 0 0 {high:.2f} {x:.2f} {y:.2f} cm /{name} Do Q\n".encode()

    def _make_room(self, points: float) -> None:
        if self._y - points < _EDGE:
            self._turn()

    def _turn(self) -> None:
        self._document.add_page(self._drawn, self._pictures, (_WIDTH, _HEIGHT))
        self._drawn, self._pictures, self._y = b"", {}, _HEIGHT - _EDGE

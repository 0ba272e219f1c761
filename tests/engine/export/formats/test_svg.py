"""SVG as Qt draws it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from defusedxml.ElementTree import parse
from PySide6.QtGui import QImage

from studio.engine.artwork import Artwork
from studio.engine.errors import StudioError
from studio.engine.export.file_origin import read_provenance
from studio.engine.export.formats.outlines import outlines, simplified
from studio.engine.export.formats.svg import LARGEST, Svg
from studio.engine.pieces.origin import TRAINED, Origin

ORIGIN = Origin("Vase <7>", "Ada & Co", "© Ada", {"latent": {"seed": 7}})
COLOURS = np.array([(250, 10, 90), (0, 128, 255), (255, 255, 255), (20, 20, 20)], np.uint8)


def flat(alpha: bool = False) -> np.ndarray:
    """Blocks and a ring of four colours, with holes and touching corners."""
    y, x = np.mgrid[:40, :56]
    ring = (np.hypot(x - 28, y - 20) < 15) & (np.hypot(x - 28, y - 20) > 8)
    numbers = np.where(ring, 2, ((x // 8 + y // 8) % 2).astype(int))
    numbers[18:22, 26:30] = 3
    made = COLOURS[numbers]
    if not alpha:
        return made
    return np.dstack([made, np.where(x < 20, 0, np.where(x < 40, 128, 255)).astype(np.uint8)])


def drawn(path: Path) -> np.ndarray:
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 4].reshape(image.height(), -1, 4).copy()


def test_edges_of_pixels_are_kept_exactly(tmp_path: Path) -> None:
    Svg(smoothness=0, specks=0).write(Artwork.of(flat()), ORIGIN, tmp_path / "a.svg")
    assert np.array_equal(drawn(tmp_path / "a.svg")[..., :3], flat())


def test_opacity_is_kept_and_does_not_add_up(tmp_path: Path) -> None:
    Svg(smoothness=0, specks=0).write(Artwork.of(flat(alpha=True)), ORIGIN, tmp_path / "a.svg")
    made = drawn(tmp_path / "a.svg").astype(int)
    assert (made[:, :20, 3] == 0).all()
    assert np.abs(made[:, 20:40, 3] - 128).max() <= 1
    assert (made[:, 40:, 3] == 255).all()
    assert np.abs(made[:, 20:, :3] - flat()[:, 20:]).max() <= 2


def test_smooth_lines_leave_no_gap_between_shapes(tmp_path: Path) -> None:
    Svg(smoothness=2).write(Artwork.of(flat()), ORIGIN, tmp_path / "a.svg")
    assert (drawn(tmp_path / "a.svg")[2:-2, 2:-2, 3] == 255).all(), "no ground shows through"
    rough, smooth = tmp_path / "b.svg", tmp_path / "a.svg"
    Svg(smoothness=0).write(Artwork.of(flat()), ORIGIN, rough)
    assert smooth.stat().st_size < rough.stat().st_size


def test_it_is_xml_and_says_where_it_comes_from(tmp_path: Path) -> None:
    Svg().write(Artwork.of(flat()), ORIGIN, tmp_path / "a.svg")
    root = parse(tmp_path / "a.svg").getroot()
    assert (root.get("viewBox"), root.get("width")) == ("0 0 56 40", "56")
    found = read_provenance(tmp_path / "a.svg")
    assert (found["title"], found["creator"]) == ("Vase <7>", "Ada & Co")
    assert (found["digital_source_type"], found["recipe"]) == (TRAINED, ORIGIN.recipe)
    assert "verified" not in found, "there are no pixels to be verified"
    assert Svg.read_picture(tmp_path / "a.svg").size == (56, 40)


def test_noise_has_few_colours_and_no_specks(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (48, 48, 3), np.uint8)
    Svg(colours=4).write(Artwork.of(noise), ORIGIN, tmp_path / "a.svg")
    fills = {each.get("fill") for each in parse(tmp_path / "a.svg").getroot().iter()} - {None}
    assert 1 < len(fills) <= 4


def test_outlines_have_holes_and_corners() -> None:
    mask = np.zeros((6, 6), bool)
    mask[1:5, 1:5] = True
    mask[2:4, 2:4] = False
    lines = list(outlines(mask))
    assert sorted(len(each) for each in lines) == [4, 4]
    stairs = np.tri(20, dtype=bool)
    (line,) = outlines(stairs)
    assert len(line) > 30
    assert len(simplified(line, 1.0)) <= 6
    assert np.array_equal(simplified(line, 0), line)


def test_what_is_too_large_or_foreign_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match=r"2049 × 1 pixels is too large to be traced"):
        Svg().write(Artwork.of(np.zeros((1, LARGEST + 1, 3), np.uint8)), ORIGIN, tmp_path / "a")
    (tmp_path / "b.svg").write_text("<svg><rect/></svg>")
    with pytest.raises(StudioError, match=r"b\.svg is no picture that can be read"):
        Svg.read_picture(tmp_path / "b.svg")
    with pytest.raises(StudioError, match="There is no file"):
        read_provenance(tmp_path / "c.svg")

"""The curves of a run as files that other programs open."""

from __future__ import annotations

import csv
import math
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.facts import Curve
from studio.engine.errors import TakenError, UsageError
from studio.engine.events import Metrics
from studio.engine.training.record.curve_chart import COLOURS, Chart, ticks, write_chart
from studio.engine.training.record.curves import read_curves, term
from studio.engine.training.record.statistics import Diary

TERMS = {"l1": "reconstruction (l1)", "kl": "<divergence> & more"}
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def chart(tmp_path: Path) -> Chart:
    diary = Diary(tmp_path, 0)
    for step in range(1, 400):
        values = {"l1": 1 / step, "kl": math.nan if step == 200 else 2.0 + step / 400}
        diary.write(Metrics(step * 10, values if step % 2 else {"l1": values["l1"]}))
    diary.close()
    return Chart("Vases, first try", read_curves(tmp_path), TERMS, ["l1", "kl"])


def test_a_table_has_every_number_as_it_was_measured(chart, tmp_path):
    write_chart(chart, tmp_path / "new" / "curves.csv")
    with (tmp_path / "new" / "curves.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["images_seen", "l1", "kl"]
    assert len(rows) == 399
    assert rows[0] == ["10", "1", "2.0025"]
    assert rows[1] == ["20", "0.5", ""]


def test_a_drawing_has_a_line_and_a_legend_for_each(chart, tmp_path):
    write_chart(chart, tmp_path / "curves.svg")
    root = ElementTree.parse(tmp_path / "curves.svg").getroot()
    words = [each.text for each in root.iter(f"{SVG}text")]
    assert {"Vases, first try", "images seen", *TERMS.values()} <= set(words)
    lines = [each for each in root.iter(f"{SVG}polyline") if each.get("stroke") == COLOURS[0]]
    assert len(lines[0].get("points", "").split()) == 399
    lefts = [float(pair.split(",")[0]) for pair in lines[0].get("points", "").split()]
    assert lefts == sorted(lefts)


def test_a_picture_shows_its_lines_in_their_colours(chart, tmp_path):
    write_chart(chart, tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3).astype(int)
        assert image.size == (1200, 675)
    for colour in COLOURS[:2]:
        wanted = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
        assert (np.abs(pixels - wanted).max(1) < 12).sum() > 15
    assert (pixels == 255).all(1).mean() > 0.7
    write_chart(replace(chart, title="花瓶", plain="vases"), tmp_path / "b.png")
    write_chart(replace(chart, title="vases"), tmp_path / "c.png")
    assert (tmp_path / "b.png").read_bytes() == (tmp_path / "c.png").read_bytes()


def test_heights_may_be_logarithmic_and_one_value_is_enough(chart, tmp_path):
    log = Chart("a", chart.curves, TERMS, ["l1"], window=5, log=True)
    write_chart(log, tmp_path / "log.svg")
    assert ">0.01<" in (tmp_path / "log.svg").read_text()
    (tmp_path / "flat").mkdir()
    diary = Diary(tmp_path / "flat", 0)
    diary.write(Metrics(10, {"l1": 0.0}))
    diary.close()
    flat = Chart("a", read_curves(tmp_path / "flat"), {}, ["l1"], log=True)
    write_chart(flat, tmp_path / "flat.svg")
    write_chart(flat, tmp_path / "flat.csv")


def test_what_cannot_be_saved_is_said_and_nothing_written_over(chart, tmp_path):
    with pytest.raises(UsageError, match=r"one of \.png, \.svg, \.csv"):
        write_chart(chart, tmp_path / "curves.pdf")
    with pytest.raises(UsageError, match="no curves to save"):
        write_chart(Chart("a", {}, {}, []), tmp_path / "curves.png")
    (tmp_path / "curves.png").write_bytes(b"mine")
    with pytest.raises(TakenError):
        write_chart(chart, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").read_bytes() == b"mine"


def test_a_legend_says_the_term_and_the_name():
    known = {"r1_penalty": Curve("gradient penalty")}
    assert term("r1_penalty", known) == "gradient penalty (r1_penalty)"
    assert term("unseen_psnr", {}) == "PSNR of unseen pictures, dB (unseen_psnr)"
    assert term("some_loss", {}) == "some loss"


def test_ticks_are_round():
    assert ticks(0, 1000) == [0, 200, 400, 600, 800, 1000]
    assert ticks(-0.3, 0.3) == pytest.approx([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3])

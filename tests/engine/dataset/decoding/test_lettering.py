"""Pages, screens and captions are told from photographs, drawings and patterns."""

from __future__ import annotations

import io
import random

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from studio.engine.dataset.decoding import lettering, measures
from studio.engine.dataset.doctor import fixes, thresholds
from studio.engine.dataset.doctor.checks import base as checks
from studio.engine.dataset.index import store

LETTERS = {
    "Latin": "the quick brown fox jumps over a lazy dog while seven wizards mix quartz",
    "accented": "Größe über Straße šťastný kůň źdźbło naïve façade ąęłóśżć déjà vu",
    "capitals": "NO PARKING ON WEEKDAYS FROM EIGHT TO SIX EXCEPT FOR RESIDENTS",
}
LIMIT = checks.limited()["text_heavy"].default


def page(words, size=(700, 900), letter=20, ink="black", ground="white", top=0, seed=0):
    """Lines of words in no order; from `top` on."""
    generator = random.Random(seed)
    font = ImageFont.load_default(letter)
    picture = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(picture)
    for y in range(top + letter, size[1] - 2 * letter, round(letter * 1.4)):
        line = " ".join(generator.choices(words.split(), k=60))
        while draw.textlength(line, font=font) > size[0] * 0.88:
            line = line[:-4]
        draw.text((size[0] * 0.06, y), line, ink, font)
    return picture


def packed(picture, quality=50):
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=quality)
    return Image.open(data).convert("RGB")


def soft(size=(400, 300), seed=0):
    coarse = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def share(picture):
    return measures.measurements(picture)[0]["lettering"]


@pytest.mark.parametrize("words", LETTERS.values(), ids=LETTERS)
@pytest.mark.parametrize("letter", [13, 20, 34])
def test_pages_in_any_size_are_found(words, letter):
    for turn in (0, 3, -2):
        for ink, ground in (("black", "white"), ("#d0d0d0", "#202028"), ("#303060", "#f4ecd8")):
            drawn = page(words, letter=letter, ink=ink, ground=ground)
            found = share(packed(drawn.rotate(turn, fillcolor=ground)))
            assert found > 2 * LIMIT, (turn, ink)


def test_a_panel_of_lettering_below_a_photograph_is_found():
    picture = page(LETTERS["Latin"], (600, 800), 26, top=450)
    picture.paste(soft((600, 450)), (0, 0))
    assert share(packed(picture)) > LIMIT


def stripes(step):
    return Image.fromarray((np.indices((256, 256))[0] // step % 2 * 255).astype(np.uint8))


def squares(step):
    return Image.fromarray((np.indices((256, 256)) // step % 2).sum(0).astype(np.uint8) % 2 * 255)


def ring():
    picture = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(picture).ellipse((40, 40, 210, 210), "#e0a000", "black", 8)
    return picture


def grain():
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    "picture",
    [
        soft(), ring(), grain(), stripes(2), stripes(6), squares(1), squares(3), squares(8),
        Image.new("RGB", (300, 300), "white"), soft().convert("1").convert("L"),
    ],
    ids=["soft", "drawing", "grain", "lines", "stripes", "halftone", "small", "board", "blank",
         "dithered"],
)  # fmt: skip
def test_what_is_no_lettering_is_not_found(picture):
    assert share(picture) <= LIMIT / 2


@pytest.mark.parametrize("size", [(1, 1), (47, 900), (900, 47), (48, 48), (49, 255), (255, 3)])
def test_any_size_has_a_number_and_small_ones_are_not_judged(size):
    grey = np.asarray(page(LETTERS["Latin"], size, 12).convert("L"))
    assert 0.0 <= lettering.share(grey) <= 100.0
    facts = {"lettering": 90.0, "deviation": 60.0}
    result = {"width": size[0], "height": size[1], "mode": "RGB", "facts": facts}
    judged = checks.judged("text_heavy", result, {})
    assert judged == (90.0 if min(size) >= lettering.SMALLEST_SIDE else None)


def test_the_finding_says_how_much_and_is_fixed_and_taken_back(project, take_in, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    page(LETTERS["Latin"]).save(folder / "page.png")
    soft().save(folder / "scene.png")
    done = take_in(folder)
    number = done.dataset.id
    assert done.findings["text_heavy"] == 1
    items = {item.name: item.id for item in store.items(project, number)}
    [finding] = [
        each for each in store.findings(project, number)[items["page.png"]]
        if each.kind == "text_heavy"
    ]  # fmt: skip
    share = finding.data["lettering"]
    assert finding.sentence == f"Lettering takes {share} % of it (limit 10 %)."
    assert len(thresholds.values(project, number, "text_heavy")) == 2
    assert thresholds.apply(project, number, {"text_heavy": 100.0}).counts == {"text_heavy": 0}
    thresholds.apply(project, number, {"text_heavy": 10.0})
    assert fixes.fix(project, number, "text_heavy").item_ids == [items["page.png"]]
    assert [item.name for item in store.chosen_items(project, number)] == ["scene.png"]
    fixes.undo(project, number)
    assert len(store.chosen_items(project, number)) == 2


def test_a_picture_from_before_lettering_was_measured_is_measured_once(project, take_in, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    page(LETTERS["Latin"]).save(folder / "page.png")
    number = take_in(folder).dataset.id
    project.write("UPDATE item SET facts = json_remove(facts, '$.lettering')")
    project.write("DELETE FROM finding WHERE kind = 'text_heavy'")
    assert take_in(folder).findings["text_heavy"] == 1
    assert [item.included for item in store.items(project, number)] == [True]
    project.write("DELETE FROM finding WHERE kind = 'text_heavy'")
    assert "text_heavy" not in take_in(folder).findings  # nothing was decoded again

"""Labels, captions, rights and marks of many pictures: planned, written, taken back, kept."""

from __future__ import annotations

import codecs
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.curation import bulk_decisions, edits, no_training_marks, rights, summary
from studio.engine.dataset.curation.edits import Change
from studio.engine.dataset.index import settings, store
from studio.engine.dataset.intake import caption_files, importer
from studio.engine.dataset.papers import dataset_card, report
from studio.engine.dataset.preparation import policy, prepare, shape, split
from studio.engine.dataset.preparation.policy import Policy, parse
from studio.engine.errors import StudioError, UsageError
from studio.engine.project import Project


def bring_in(project: Project, folder: Path) -> list[store.Item]:
    for _ in importer.import_sources(project, [folder], "set"):
        pass
    return store.items(project, store.dataset(project, "set").id)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "in"
    for number in range(12):
        path = place / ("left" if number < 6 else "right") / f"{number:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (40, 60, 3), np.uint8)
        Image.fromarray(pixels).save(path)
        path.with_suffix(".txt").write_text(f"A Red door {number}")
    return place


@pytest.fixture
def project(tmp_path: Path):
    with Project.open(tmp_path / "project", create=True) as opened:
        yield opened


@pytest.fixture
def items(project, folder):
    return bring_in(project, folder)


# ------------------------------------------------------------------ texts


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (Change("set", "x"), "y", "x"),
        (Change("append", "at dusk"), "a door", "a door, at dusk"),
        (Change("append", "at dusk"), "", "at dusk"),
        (Change("append", ", at dusk"), "a door,", "a door, at dusk"),
        (Change("prepend", "photo"), "a door", "photo, a door"),
        (Change("replace", r"\1", "RED"), "a Red door, red", r"a \1 door, \1"),
        (Change("replace", "", "a.b"), "axb a.b", "axb "),
    ],
)
def test_a_change_of_a_text(change: Change, before: str, after: str) -> None:
    assert change.of(before) == after


@pytest.mark.parametrize(
    "wrong", [("replace", "x", " "), ("append", "  ", ""), ("prepend", "", ""), ("swap", "x", "")]
)
def test_changes_that_make_no_sense(wrong: tuple[str, str, str]) -> None:
    with pytest.raises(UsageError):
        Change(*wrong)


def test_a_plan_names_only_what_changes_and_writes_nothing(project, items) -> None:
    ids = [item.id for item in items]
    before, after = edits.planned(project, ids, "caption", Change("replace", "blue", "door 1"))
    assert sorted(before.values()) == ["A Red door 1", "A Red door 10", "A Red door 11"]
    assert sorted(after.values()) == ["A Red blue", "A Red blue0", "A Red blue1"]
    assert store.items(project, items[0].dataset_id) == items
    assert edits.planned(project, [], "label", Change("set", "x")) == ({}, {})
    with pytest.raises(UsageError, match="at most 10000"):
        edits.planned(project, ids, "caption", Change("append", "x" * 10_000))


def test_what_was_written_by_hand_outlives_a_change_of_the_file(project, folder, items) -> None:
    first = items[0]
    edits.set_texts(project, "label", {first.id: "mine"})
    edits.set_texts(project, "caption", {first.id: "written"})
    Image.new("RGB", (50, 50), (9, 80, 9)).save(first.path)
    os.utime(first.path, ns=(first.mtime_ns + 10**9, first.mtime_ns + 10**9))
    for _ in range(2):
        again = bring_in(project, folder)[0]
        assert (again.label, again.caption) == ("mine", "written")
        assert again.sha256 != first.sha256


# ------------------------------------------------------------------ caption files


def test_captions_from_tables_and_text_files(project, items, tmp_path) -> None:
    table = tmp_path / "words.csv"
    table.write_bytes(
        codecs.BOM_UTF16_LE
        + "file,caption\nleft/00.png,Straße\n07.png,b\n99.png,c".encode("utf-16-le")
    )
    (tmp_path / "11.txt").write_text("eleven")
    lines = tmp_path / "more.JSONL"
    lines.write_text(json.dumps({"file_name": "00.png", "text": "later wins"}))
    set_id = items[0].dataset_id
    found = caption_files.read(project, set_id, [table, tmp_path / "11.txt"])
    names = {item.id: item.name for item in items}
    assert {names[n]: text for n, text in found.texts.items()} == {
        "00.png": "Straße", "07.png": "b", "11.png": "eleven",
    }  # fmt: skip
    assert found.rows == 4
    both = caption_files.read(project, set_id, [table, lines])
    assert both.texts[items[0].id] == "later wins"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.csv", b"picture,words\n1.png,x\n", "no columns file and caption"),
        ("a.csv", b"", "no columns file and caption"),
        ("a.csv", b"file,caption\n", "no caption in"),
        ("a.jsonl", b"{torn", "line 1 is not JSON"),
        ("a.jsonl", b'{"x": 1}', "No line has both"),
        ("a.txt", b" \n", "no words in"),
        ("a.docx", b"x", "no caption file"),
        ("gone.csv", None, "cannot be read"),
    ],
)
def test_caption_files_that_do_not_fit(project, items, tmp_path, name, data, says) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(StudioError, match=says):
        caption_files.read(project, items[0].dataset_id, [path])
    with pytest.raises(StudioError, match="stopped"):
        caption_files.read(project, items[0].dataset_id, [path], lambda: True)


# ------------------------------------------------------------------ rights and marks


def test_marks_leave_out_survive_an_import_and_are_taken_back(project, folder, items) -> None:
    ids = [item.id for item in items]
    store.set_included(project, ids[:1], False)
    done = no_training_marks.set_marks(project, ids[:3], True)
    assert (done.item_ids, done.left_out) == (ids[:3], ids[1:3])
    assert no_training_marks.set_marks(project, ids[:3], True).item_ids == []
    items[0].path.write_bytes(items[5].path.read_bytes())
    again = bring_in(project, folder)
    assert [item.included for item in again[:4]] == [False, False, False, True]
    found = store.findings(project, items[0].dataset_id)
    assert all(
        [f.kind for f in found[n] if f.kind == no_training_marks.KIND] == [no_training_marks.KIND]
        for n in ids[:3]
    )
    facts = dataset_card.card(project, store.dataset(project, "set"))
    assert facts["marked_against_training"] == {"left_out": 3, "included_by_hand": 0}
    no_training_marks.put_back(project, done)
    back = store.items(project, items[0].dataset_id)
    assert [item.included for item in back[:3]] == [False, True, True]
    assert not any(item.rights for item in back)
    kinds = {f.kind for each in store.findings(project, back[0].dataset_id).values() for f in each}
    assert no_training_marks.KIND not in kinds


def test_what_pictures_have_in_common(project, items) -> None:
    ids = [item.id for item in items]
    before = rights.set_items(project, ids[:2], {"licence": "CC0-1.0", "author": "Ada"})
    rights.set_source(project, items[0].source_id, {"author": "Everyone", "url": "https://x"})
    both = summary.common(project, ids[:2])
    assert (both.count, both.label, both.caption) == (2, "left", None)
    assert both.rights == {"licence": "CC0-1.0", "author": "Ada", "url": "", "consent": ""}
    assert both.inherited["author"] == "Everyone"
    every = summary.common(project, ids)
    assert (every.label, every.rights["licence"], every.marked) == (None, None, False)
    assert summary.common(project, [99_999]) == summary.Common()
    rights.put_back(project, before)
    assert summary.common(project, ids).rights["licence"] == ""


# ------------------------------------------------------------------ preparation and division


def test_the_training_size_belongs_to_the_dataset(project, items) -> None:
    set_id = items[0].dataset_id
    assert policy.read_size(project, set_id) == (64, 64)
    assert policy.change_size(project, set_id, (96, 48)) == (64, 64)
    assert policy.read_size(project, set_id) == (96, 48)
    for wrong in ((7, 64), (64, 4096)):
        with pytest.raises(UsageError, match="no training size"):
            policy.change_size(project, set_id, wrong)
    for odd in ("64", [1], [None, 2], {"a": 1}):
        settings.TRAINING_SIZE.put(project, set_id, odd)
        assert policy.read_size(project, set_id) == policy.USUAL_SIZE


@pytest.mark.parametrize("text", ["centre", "smart", "pad:blur", "stretch", "tiles"])
@pytest.mark.parametrize("part", [None, (0.25, 0.0, 0.75, 1.0)])
def test_frames_are_what_the_pictures_are_cut_from(text: str, part) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (90, 130, 3), np.uint8)
    picture = Image.fromarray(pixels)
    size, wanted = (32, 24), parse(text)
    made = shape.shaped(picture, size, wanted, part)
    boxes = shape.frames(picture, size, wanted, part)
    assert len(made) == len(boxes) == shape.count_of(picture.size, size, wanted, part)
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        if part:
            assert left >= part[0] - 1 / 130
            assert right <= part[2] + 1 / 130


def test_a_look_is_what_is_prepared(project, items) -> None:
    found = prepare.prepare(project, items[0].dataset_id, (16, 16), "tiles")
    seen = prepare.look(project, items[0], (16, 16), Policy("tiles"))
    rows = [row for row, number in enumerate(found.item_ids) if number == items[0].id]
    assert np.array_equal(found.images[rows], seen.images)
    assert len(seen.frames) == len(rows) > 1


def test_a_division_is_put_back(project, items) -> None:
    set_id = items[0].dataset_id
    before = split.read(project, set_id)
    assert before.cut is None
    split.put_back(project, set_id, None)
    changed = split.change(project, set_id, 0.5)
    assert changed.held_out == 6
    assert split.put_back(project, set_id, before.cut).item_ids == before.item_ids
    assert changed.cut in split.known_cuts(project, set_id)
    assert split.put_back(project, set_id, changed.cut).item_ids == changed.item_ids


def test_report_and_card_end_when_they_are_stopped(project, items, tmp_path) -> None:
    dataset = store.dataset(project, "set")
    no_training_marks.set_marks(project, [items[0].id], True)
    told: list[tuple[int, int]] = []
    report.write(
        project, dataset, tmp_path / "r.html", progress=lambda done, of: told.append((done, of))
    )
    assert told[0] == (0, told[0][1])
    for name in ("x.html", "x.json"):
        with pytest.raises(StudioError, match="stopped"):
            report.write(project, dataset, tmp_path / name, lambda: True)
        assert not (tmp_path / name).exists()
    with pytest.raises(StudioError, match="stopped"):
        dataset_card.write(project, dataset, tmp_path / "card", lambda: True)
    assert not (tmp_path / "card").exists()


def test_decisions_about_many_name_what_differs(project, items) -> None:
    ids = [item.id for item in items]
    store.set_rating(project, ids[:2], 4)
    assert bulk_decisions.differing(project, "rating", ids, 4) == dict.fromkeys(ids[2:], 0)
    bulk_decisions.write(project, "included", ids[:3], False)
    assert bulk_decisions.differing(project, "included", ids, True) == dict.fromkeys(ids[:3], 0)
    bulk_decisions.write(project, "rating", ids, 1)
    assert {item.rating for item in store.items_by_id(project, ids)} == {1}
    with pytest.raises(UsageError, match="to decide on"):
        bulk_decisions.differing(project, "name; DROP TABLE item", ids, 1)


def test_a_text_that_is_put_back_is_no_longer_by_hand(project, folder, items) -> None:
    first, second = items[0].id, items[1].id
    edits.set_texts(project, "label", {second: "mine"})
    by_hand = edits.written(project, [first, second], "label")
    before, after = edits.planned(project, [first, second], "label", Change("set", "door"))
    edits.set_texts(project, "label", after)
    edits.put_back(project, "label", before, by_hand)
    edits.set_texts(project, "caption", {first: "x"})
    again = bring_in(project, folder)
    assert (again[0].label, again[1].label) == ("left", "mine")
    assert edits.written(project, [first, second], "label") == {second}

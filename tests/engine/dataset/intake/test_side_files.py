"""What other programs leave beside pictures: captions, classes, masks and boxes."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from studio.engine.dataset.index import store
from studio.engine.dataset.intake.captions import CaptionTable, caption_of
from studio.engine.dataset.intake.side_files import is_boxes


def said(project, done) -> dict[str, tuple[str, str]]:
    items = store.items(project, done.dataset.id)
    return {item.name: (item.caption, item.label) for item in items}


def as_archive(root: Path) -> Path:
    target = root.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as packed:
        for file in sorted(root.rglob("*")):
            if file.is_file():
                packed.write(file, file.relative_to(root))
    return target


@pytest.fixture(params=["folder", "archive"])
def sealed(request):
    """The folder itself, or an archive of it."""
    return as_archive if request.param == "archive" else lambda root: root


def test_captions_under_the_names_that_programs_give_them(project, draw, take_in, tmp_path, sealed):
    root = tmp_path / "set"
    pairs = [
        ("a.png", "a.caption"), ("b.jpg", "b.jpg.txt"), ("C.JPG", "C.TXT"), ("d.png", "d.txt"),
        ("E.png", "e.Caption"), ("f.png", "f.png.caption"),
    ]  # fmt: skip
    for number, (name, side) in enumerate(pairs):
        draw(root / name, number)
        (root / side).write_text(f" words\n{number} ")
    draw(root / "g.jpg", 7)
    (root / "g.json").write_text(json.dumps({"url": "x", "caption": "from the web"}))
    (root / "g.cls").write_text("3")
    done = take_in(sealed(root))
    found = said(project, done)
    assert [found[name][0] for name, _ in pairs] == [f"words {n}" for n in range(6)]
    assert found["g.jpg"] == ("from the web", "3")
    assert done.left_out == []


def test_the_text_goes_before_other_endings_and_exact_capitals_before_others(
    project, draw, take_in, tmp_path
):
    root = tmp_path / "set"
    draw(root / "a.png")
    for name in ("a.caption", "a.txt", "A.TXT"):
        (root / name).write_text(name)
    assert said(project, take_in(root))["a.png"] == ("a.txt", "")


BOXES = {
    "YOLO": "0 0.512 0.433 0.2 0.31\n2 0.1 0.2 0.3 0.4\n",
    "YOLO with confidence": "0 0.5 0.4 0.2 0.3 0.98\n",
    "YOLO outlines": "1 0.1 0.1 0.2 0.1 0.2 0.2 0.1 0.2\n",
    "KITTI": "Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.7 -1.59\n",
    "MOT": "1,1,912,484,97,109,0,7,1\r\n",
    "DOTA": "imagesource:GoogleEarth\ngsd:0.14\n937 913 921 912 923 874 940 875 small-car 0\n",
}


@pytest.mark.parametrize("text", BOXES.values(), ids=BOXES)
def test_boxes_are_no_captions_and_that_is_said(project, draw, take_in, tmp_path, sealed, text):
    root = tmp_path / "set"
    for number in range(2):
        draw(root / f"{number}.png", number)
        (root / f"{number}.txt").write_text(text)
    done = take_in(sealed(root))
    assert set(said(project, done).values()) == {("", "")}
    ((kind, count, reason),) = [(one.kind, one.count, str(one.reason)) for one in done.left_out]
    assert (kind, count) == ("boxes", 2)
    assert reason == "Numbers of an annotation tool, not words: not taken as a caption."


@pytest.mark.parametrize(
    "text", ["a red house", "3 houses, 2 doors", "1girl, 2 cats", "12", "", "1890 1 2", "4 x 5 cm"]
)
def test_words_with_numbers_are_captions(text):
    assert not is_boxes(text.encode())


def test_masks_of_onetrainer_are_no_pictures(project, draw, take_in, tmp_path, sealed):
    root = tmp_path / "set"
    for number, name in enumerate(["a.jpg", "a-masklabel.png", "b-masklabel.png"]):
        draw(root / name, number)
    done = take_in(sealed(root))
    assert set(said(project, done)) == {"a.jpg", "b-masklabel.png"}
    assert [(one.kind, one.count) for one in done.left_out] == [("mask", 1)]


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_table_as_any_spreadsheet_saves_it(separator, encoding):
    text = separator.join(("File", "Caption")) + "\r\n"
    text += separator.join(("x0.png", '"zwei Häuser, schön; alt"')) + "\r\n"
    for head in ("", f"sep={separator}\r\n"):
        table = CaptionTable((head + text).encode(encoding))
        assert table.find("x0.png") == "zwei Häuser, schön; alt"


def test_tables_by_other_names(project, draw, take_in, tmp_path, sealed):
    root = tmp_path / "set"
    for number in range(3):
        draw(root / f"{number}.png", number)
    (root / "Captions.CSV").write_text("file;caption\n0.png;zero\n")
    (root / "metadata.tsv").write_text("filename\ttext\n1.png\tone\n")
    (root / "meta_cap.json").write_text(json.dumps({"2": {"caption": "two"}, "/x/1.png": {}}))
    done = take_in(sealed(root))
    found = [caption for caption, _ in said(project, done).values()]
    assert (found, done.left_out, done.rejected) == (["zero", "one", "two"], [], [])


def test_captions_in_the_code_page_of_their_country():
    assert caption_of("一座红色的房子，前面有树".encode("gb18030")) == "一座红色的房子，前面有树"
    assert caption_of("赤い屋根の家".encode("cp932")) == "赤い屋根の家"
    table = CaptionTable("file,caption\na.png,两座房子\n".encode("gbk"))
    assert table.find("a.png") == "两座房子"


@pytest.mark.parametrize(
    ("rows", "labels"),
    [([["00000/a.png", 1], ["00001/b.png", 0], ["c.png", True], [1]], ["1", "0", ""]),
     (None, ["", "", ""])],
)  # fmt: skip
def test_classes_of_nvidia(project, draw, take_in, tmp_path, sealed, rows, labels):
    root = tmp_path / "set"
    for number, name in enumerate(["00000/a.png", "00001/b.png", "00001/c.png"]):
        draw(root / name, number)
    (root / "dataset.json").write_text(json.dumps({"labels": rows}))
    done = take_in(sealed(root))
    assert [label for _, label in said(project, done).values()] == labels
    assert (done.left_out, done.rejected) == ([], [])


@pytest.mark.parametrize("content", ['{"images": []}', "[1]", "{", "[" * 100_000, '{"labels": 3}'])
def test_a_dataset_file_of_another_program_is_none_of_ours(
    project, draw, take_in, tmp_path, content
):
    for number, name in enumerate(["cat/a.png", "dog/b.png"]):
        draw(tmp_path / "set" / name, number)
    (tmp_path / "set" / "dataset.json").write_text(content)
    done = take_in(tmp_path / "set")
    ours = content == '{"labels": 3}'
    assert {label for _, label in said(project, done).values()} == (
        {""} if ours else {"cat", "dog"}
    )
    assert [one.kind for one in done.left_out] == ([] if ours else [".json"])


LAYOUTS = {
    "parts": (["train/images", "valid/images", "test/images"], [""] * 3),
    "parts with classes": (["train/cat", "train/dog", "val/cat"], ["cat", "dog", "cat"]),
    "test without classes": (["train/cat", "train/dog", "test"], ["cat", "dog", ""]),
    "parts below": (["images/train", "images/val2017"], ["", ""]),
    "one part": (["set/train/cat", "set/train/dog"], ["cat", "dog"]),
    "capitals": (["Training Set/cat", "Test Set/dog"], ["cat", "dog"]),
    "no parts": (["train", "bus"], ["train", "bus"]),
    "classes above": (["cat/train", "dog/train"], ["cat", "dog"]),
    "pictures at the end": (["cat/images", "dog/images"], ["cat", "dog"]),
}


@pytest.mark.parametrize(("folders", "labels"), LAYOUTS.values(), ids=LAYOUTS)
def test_parts_of_a_set_are_no_classes(project, draw, take_in, tmp_path, folders, labels, sealed):
    for number, folder in enumerate(folders):
        draw(tmp_path / "s" / folder / f"{number}.png", number)
    found = said(project, take_in(sealed(tmp_path / "s")))
    assert [found[f"{number}.png"][1] for number in range(len(folders))] == labels


def test_metadata_beside_a_picture_is_read_however_the_picture_is_met(
    project, draw, take_in, tmp_path
):
    marked = b"<plus:DataMining>DMI-PROHIBITED</plus:DataMining>"
    lone, folder = draw(tmp_path / "lone" / "a.jpg", 1), draw(tmp_path / "set" / "b.jpg", 2)
    for picture in (lone, folder):
        picture.with_suffix(".xmp").write_bytes(marked)
    draw(tmp_path / "plain" / "c.jpg", 3)
    done = take_in(lone, folder.parent, tmp_path / "plain")
    barred = {
        item.name: item.facts.get("no_training") for item in store.items(project, done.dataset.id)
    }
    assert barred == {"a.jpg": "DMI-PROHIBITED", "b.jpg": "DMI-PROHIBITED", "c.jpg": None}

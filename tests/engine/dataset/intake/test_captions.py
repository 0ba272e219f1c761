"""Caption texts and tables in whatever encoding they come."""

from __future__ import annotations

import zipfile

import pytest

from studio.engine.dataset.index import store
from studio.engine.dataset.intake.captions import (
    LARGEST_TABLE,
    CaptionError,
    CaptionTable,
    caption_of,
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    assert caption_of("  ein grünes\r\nHaus \n".encode(encoding)) == "ein grünes Haus"
    table = CaptionTable("file,caption\r\na.png,grün\r\n".encode(encoding))
    assert table.find("a.png") == "grün"


def test_a_table_finds_by_path_and_by_name():
    table = CaptionTable(
        b'FILE, Caption\nsub\\a.png,one\nb.png,"two, with\nbreak"\n./c.png,three\n'
    )
    assert len(table) == 3
    assert table.find("sub/a.png") == "one"
    assert table.find("other/b.png") == "two, with break"
    assert table.find("c.png") == "three"
    assert table.find("d.png") == ""


@pytest.mark.parametrize(
    "content",
    [b"", b"picture,text\na,b\n", b"\0\0\0", b"\xff\xfe\x00", b'file,caption\n"' + b"x" * 200_000],
)
def test_what_is_no_caption_table_is_refused(content):
    with pytest.raises(CaptionError, match=r"was not used|can be read"):
        CaptionTable(content)


def test_a_huge_table_is_not_read():
    with pytest.raises(CaptionError, match="larger than"):
        CaptionTable(b"x" * (LARGEST_TABLE + 1))


def test_rows_that_are_too_short_or_long_are_survived():
    table = CaptionTable(b"file,caption\na.png\nb.png,yes,more,columns\n,nothing\n")
    assert table.find("a.png") == ""
    assert table.find("b.png") == "yes"


def test_lines_of_json_as_hugging_face_writes_them():
    table = CaptionTable(
        b'{"file_name": "a/0.png", "text": "a  red\\n fox"}\n\n'
        b'{"file_name": "1.png", "text": "\xc3\xa9t\xc3\xa9", "objects": {"bbox": []}}\n'
        b'{"file_name": "2.png"}\n[1, 2]\n{"file_name": 3, "text": 4}\n',
        "metadata.jsonl",
    )
    assert len(table) == 2
    assert table.find("a/0.png") == "a red fox"
    assert table.find("deep/1.png") == "été"
    wide = '{"file": "x.png", "caption": "ü"}'.encode("utf-16")
    assert CaptionTable(wide, "captions.jsonl").find("x.png") == "ü"
    assert CaptionTable(b"file_name,text\nx.png,fox\n", "metadata.csv").find("x.png") == "fox"
    assert len(CaptionTable(b"", "metadata.jsonl")) == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [(b'{"file_name": "a", "text"', "line 1"), (b'{"a": 1}\n', "file_name"), (b"[" * 9999, "line")],
)
def test_lines_that_are_no_captions_are_one_sentence(data, words):
    with pytest.raises(CaptionError, match=words):
        CaptionTable(data, "metadata.jsonl")


def test_tables_of_every_name_reach_the_pictures(project, draw, take_in, tmp_path):
    folder = tmp_path / "in"
    for number in range(3):
        draw(folder / "train" / f"{number}.png", number)
    lines = "".join(f'{{"file_name": "{n}.png", "text": "line {n}"}}\n' for n in range(3))
    (folder / "train" / "metadata.jsonl").write_text(lines, "utf-8")
    (folder / "captions.csv").write_text("file,caption\ntrain/2.png,row 2\n", "utf-8")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as packed:
        for path in folder.rglob("*.*"):
            packed.write(path, path.relative_to(folder).as_posix())
    for source in (folder, tmp_path / "packed.zip"):
        done = take_in(source, name=source.name)
        captions = {item.name: item.caption for item in store.items(project, done.dataset.id)}
        # The nearest table is believed, the one above where that says nothing.
        assert captions == {"0.png": "line 0", "1.png": "line 1", "2.png": "line 2"}
        assert done.rejected == []
    item = take_in(folder / "train" / "1.png", name="lone").dataset.id
    assert store.items(project, item)[0].caption == "line 1"

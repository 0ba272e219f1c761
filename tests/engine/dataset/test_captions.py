"""Caption texts and tables in whatever encoding they come."""

from __future__ import annotations

import pytest

from studio.engine.dataset.captions import LARGEST_TABLE, CaptionError, CaptionTable, caption_of


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

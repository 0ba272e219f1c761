"""Names and captions from before UTF-8 come out as they were written."""

from __future__ import annotations

import pytest

from studio.engine.dataset.decoding import legacy_text

CHINESE = ["照片/立面_1.png", "照片/门窗.png", "新建文件夹/图像 2.jpg", "猫", "北京的桥"]
JAPANESE = ["写真/表紙.png", "ソフト/能面.jpg", "新しいフォルダ/画像1.png", "機能", "東京の橋"]
WESTERN = ["bögen/été_1.png", "türen/façade.png", "Häuser", "España/niño.png", "Überstraße 1"]


@pytest.mark.parametrize(
    ("names", "codec"),
    [(CHINESE, "gb18030"), (CHINESE, "gbk"), (JAPANESE, "cp932"), (WESTERN, "cp437"),
     (WESTERN, "cp850"), (WESTERN, "cp1252"), (WESTERN, "utf-8"), (JAPANESE, "utf-8")],
)  # fmt: skip
def test_names_of_an_archive_are_read_in_the_code_page_that_wrote_them(names, codec):
    raw = [name.encode(codec) for name in names]
    found = legacy_text.code_page(raw, legacy_text.WESTERN_NAMES)
    assert [each.decode(found) for each in raw] == names


@pytest.mark.parametrize("names", [CHINESE[:2], JAPANESE[:2], JAPANESE[2:3]])
def test_two_names_are_enough(names):
    codec = "gb18030" if names is CHINESE[:2] or names[0] in CHINESE else "cp932"
    raw = [name.encode(codec) for name in names]
    found = legacy_text.code_page(raw, legacy_text.WESTERN_NAMES)
    assert [each.decode(found) for each in raw] == names


@pytest.mark.parametrize(
    ("words", "codec"),
    [("两座房子，蓝色的门", "gb18030"), ("zwei Häuser", "cp1252"),
     ("“deux” maisons — été", "cp1252"), ("青い扉のある家", "cp932"), ("two houses", "ascii"),
     ("zwei Häuser", "utf-8")],
)  # fmt: skip
def test_a_caption_is_read_in_the_code_page_that_wrote_it(words, codec):
    assert legacy_text.text_of(words.encode(codec)) == words

"""A finished sentence of the engine is found again among the templates, and shown."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator
from functools import cache

import pytest
from PySide6.QtWidgets import QWidget

from models.parameters import Param, ParameterError
from studio.desktop import i18n
from studio.desktop.notices.notice_view import NoticeCard, NoticeView
from studio.desktop.notices.notices import Notices
from studio.engine.files import resources

CODE = "zh_CN"


@cache
def pairs() -> list[tuple[str, str]]:
    path = resources() / "translations" / CODE / i18n.SENTENCES
    return list(json.loads(path.read_text("utf-8")).items())


def places(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


@pytest.fixture
def chinese() -> Iterator[None]:
    i18n.set_language(CODE)
    yield
    i18n.set_language("en")


def filled(template: str, key: str, folder: str) -> str:
    """`template` with what the places of `key` are given."""
    given = {name: f"Zz{at}" for at, name in enumerate(places(key))}
    for at, name in enumerate(places(key)):
        if name == "n" or name.startswith("n_"):
            given[name] = f"{7 + at}"
        elif name in ("folder", "path"):
            given[name] = folder
    return template.format(**given)


@pytest.mark.parametrize("folder", ["Zz", "/a b/v. 2 (old): 50% {x} in y", r"C:\画\new"])
def test_the_finished_text_finds_its_own_template(chinese: None, folder: str) -> None:
    """The most specific wins, and a path may have spaces, brackets and full stops."""
    for key, value in pairs():
        assert i18n.sentence(filled(key, key, folder)) == filled(value, key, folder)


def test_a_reason_is_translated_inside_its_sentence(chinese: None) -> None:
    said = "Could not write /x/Blue: No space left on device. Check that the disk has space."
    assert i18n.sentence(said) == "无法写入 /x/Blue：磁盘空间已满。请检查磁盘是否还有空间。"
    said = "No picture in 3 sources can be used: a.jpg: It has no pixels. 2 more are like it."
    assert i18n.sentence(said) == (
        "3 个来源 里没有一张图片可以使用：a.jpg：它没有像素。还有 2 个文件也是这样。"
    )
    said = "The run 'a' ended. The training process ended unexpectedly (signal 9): "
    said += "resume the run to go on from its last checkpoint."
    assert i18n.sentence(said) == (
        "The run 'a' ended. 训练进程意外结束（信号 9）：请继续该训练，会从最后的检查点接着进行。"
    )


def test_several_wrong_parameters_are_said_one_after_the_other(chinese: None) -> None:
    wrong = []
    for kind in (int, float, str, bool):
        for facts in ({}, {"low": 1}, {"high": 2}, {"low": 1, "high": 2.5, "unit": "px"}):
            one = Param("q", kind, 1, "", "", **facts)
            with pytest.raises(ParameterError) as caught:
                one.check(object)
            wrong.append(str(caught.value))
    told = [i18n.sentence(each) for each in wrong]
    assert i18n.sentence(" ".join(wrong[:4])) == "".join(told[:4])
    assert not re.search("[a-z]{4}", "".join(told).replace(str(object), ""))
    assert told[0] == f"q 不能是 {object}：应为整数。"
    assert told[3] == f"q 不能是 {object}：应为整数，1 到 2.5 像素。"


def test_what_was_done_about_trouble_is_a_list(chinese: None) -> None:
    said = (
        "It went back to its best checkpoint, Evenness (kl_weight) is now 0.5, "
        "Free detail (free_bits) is now 0.25."
    )
    assert i18n.sentence(said) == (
        "已回到最佳检查点；均匀度（kl_weight）现为 0.5；免费细节（free_bits）现为 0.25。"
    )


def test_names_are_never_translated(chinese: None) -> None:
    assert i18n.sentence("There is no run 'Pictures' in /Training. Known: none yet.") == (
        "/Training 中没有训练 'Pictures'。现有：暂无。"
    )


def test_unknown_text_stays(chinese: None) -> None:
    for text in ("", "No such text.", "One. Two.", "已保留为 a。", "OSError: [Errno 5] x", "a: b"):
        assert i18n.sentence(text) == text


def test_lines_are_files_with_reasons(chinese: None) -> None:
    assert i18n.lines("a.jpg: It has no pixels.\nb: c\n") == "a.jpg: 它没有像素。\nb: c\n"


def test_what_the_window_said_before_a_switch_is_translated_both_ways(chinese: None) -> None:
    said = i18n.tr("Kept as {name}.", name="Blue")
    assert i18n.sentence("Kept as Blue.") == said == "已保留为 Blue。"
    reason = "无法写入 /画/x：磁盘空间已满。"
    i18n.set_language("en")
    assert i18n.sentence(said) == "Kept as Blue."
    assert i18n.sentence(reason) == "Could not write /画/x: No space left on device."
    assert i18n.word("撤销") == "Undo"
    assert i18n.word("Undo") == "Undo"


def test_english_needs_no_catalogue() -> None:
    i18n.templates.cache_clear()
    assert i18n.sentence("The device ran out of memory.") == "The device ran out of memory."
    assert i18n.templates.cache_info().currsize == 0


# ------------------------------------------------------------------ on the screen


def test_a_notice_follows_the_language(qtbot) -> None:
    notices = Notices()
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    view = NoticeView(notices, window)
    notice = notices.error(
        "The device ran out of memory.", "a.jpg: It has no pixels.", ("Undo", lambda: None)
    )
    card = window.findChild(NoticeCard)
    view.show_history()
    try:
        for code, words, act, reason in (
            ("en", "The device ran out of memory.", "Undo", "It has no pixels."),
            ("zh_CN", "设备内存不足。", "撤销", "它没有像素。"),
            ("en", "The device ran out of memory.", "Undo", "It has no pixels."),
        ):
            i18n.set_language(code)
            view.retranslate()
            assert card.words.text() == words
            assert card.act_button.text() == act
            assert view.history.list.item(0).text().endswith(words)
            assert view.history.detail.toPlainText() == f"a.jpg: {reason}"
            copied = notice.as_text().splitlines()
            assert copied[0].endswith(words)
            assert any("The device ran out of memory." in line for line in copied)
    finally:
        i18n.set_language("en")


@pytest.mark.parametrize(
    ("count", "shown"), [("1 picture", "1 张图片"), ("1,249 pictures", "1,249 张图片")]
)
def test_a_count_of_pictures_in_a_notice_follows_the_language(count, shown) -> None:
    i18n.set_language("zh_CN")
    assert shown in i18n.sentence(f"mixed has {count}; one file cannot be used.")
    told = i18n.sentence(f"mixed now has {count}.")
    assert shown in told
    i18n.set_language("en")
    assert i18n.sentence(told) == f"mixed now has {count}."

"""What the engine says reads in the language of the window, with all that stands in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from models.image_spec import ImageSpec
from models.parameters import Param, ParameterError
from studio.desktop import i18n
from studio.desktop.i18n import said, tr
from studio.desktop.notices.notice_view import NoticeCard, NoticeView
from studio.desktop.notices.notices import Notices
from studio.engine.dataset.decoding import decode
from studio.engine.errors import ReadOnlyError, StudioError
from studio.engine.events import Failed, Health, from_line, to_line
from studio.engine.project import Project
from studio.engine.said import (
    Said,
    from_text,
    lines,
    listed,
    plain,
    reason,
    sentences,
    spoken,
    to_text,
)


@pytest.fixture
def chinese() -> Iterator[None]:
    i18n.set_language("zh_CN")
    yield
    i18n.set_language("en")


def test_a_name_with_a_full_stop_is_no_end_of_a_sentence(chinese: None, tmp_path: Path) -> None:
    folder = tmp_path / "Paris. 2024: 50% {x} (old)"
    with Project.open(folder, create=True), Project.open(folder) as second:
        english = second.read_only_reason
        assert english.startswith(f"The project {folder} is open in another window or command: it")
        assert said(english) == (
            f"项目 {folder} 已在另一个窗口或命令中打开：在那边关闭之前只能查看。"
        )
        with pytest.raises(ReadOnlyError) as caught:
            second.write("DELETE FROM piece")
    assert said(caught.value.said) == said(english)


def test_a_stopped_import_of_a_name_with_a_full_stop_is_said_again() -> None:
    words = tr("{dataset} now has {pictures}.", dataset="Paris. 2024", pictures="3")
    told = sentences([tr("The import was stopped."), words])
    assert told == "The import was stopped. Paris. 2024 now has 3."
    i18n.set_language("zh_CN")
    try:
        assert said(told) == "导入已停止。Paris. 2024 现有 3可用。"
    finally:
        i18n.set_language("en")


def test_a_reason_in_a_reason_is_translated(chinese: None) -> None:
    why = Said("Its header is damaged ({reason}).", reason=Said("it is empty"))
    told = said(Said("{path} cannot be used: {reason}", path="It is gone.", reason=why))
    assert told == "It is gone. 无法使用：它的文件头已损坏（它是空的）。"
    full = OSError(28, "No space left on device")
    error = StudioError("Could not write {path}: {reason}.", path="/x/Blue", reason=reason(full))
    assert str(error) == "Could not write /x/Blue: No space left on device."
    assert said(error.said) == "无法写入 /x/Blue：磁盘空间已满。"


def test_a_damaged_picture_says_all_of_it_in_chinese(chinese: None, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(StudioError) as caught:
        decode.read_picture(tmp_path / "a.png")
    assert str(caught.value) == (
        f"{tmp_path / 'a.png'} cannot be read: The file is empty (0 bytes)."
    )
    assert not re.search("[a-z]{3}", said(caught.value.said).replace(str(tmp_path / "a.png"), ""))


def test_sides_that_are_not_possible_are_listed_without_english(chinese: None) -> None:
    with pytest.raises(ParameterError) as caught:
        ImageSpec(3, 72, 100)
    assert "; try 96 or 112." in str(caught.value)
    assert "96 或 112" in said(caught.value.said)
    assert not re.search("[a-wyz]", said(caught.value.said))


def test_several_wrong_parameters_are_said_one_after_the_other(chinese: None) -> None:
    wrong = []
    for kind in (int, float, str, bool):
        for facts in ({}, {"low": 1}, {"high": 2}, {"low": 1, "high": 2.5, "unit": "px"}):
            with pytest.raises(ParameterError) as caught:
                Param("q", kind, 1, "", "", **facts).check(object)
            wrong.append(caught.value.said)
    told = [said(each) for each in wrong]
    assert not re.search("[a-z]{4}", "".join(told).replace(str(object), ""))
    assert told[0] == f"q 不能是 {object}：应为整数。"
    assert told[3] == f"q 不能是 {object}：应为整数，1 到 2.5 像素。"


def test_what_was_done_about_trouble_is_a_list(chinese: None) -> None:
    changed = [
        Said("{label} ({key}) is now {value:.4g}", label=Said(label), key=key, value=value)
        for label, key, value in (
            ("KL weight (beta)", "kl_weight", 0.5),
            ("Free bits", "free_bits", 0.25),
        )
    ]
    done = Said("{what}.", what=listed([Said("It went back to its best checkpoint"), *changed]))
    assert done == (
        "It went back to its best checkpoint, KL weight (beta) (kl_weight) is now 0.5, "
        "Free bits (free_bits) is now 0.25."
    )
    assert said(done) == (
        "已回到最佳检查点；KL 权重（beta）（kl_weight）现为 0.5；自由比特（free_bits）现为 0.25。"
    )


def test_an_event_crosses_the_pipe_with_its_template(chinese: None) -> None:
    why = Said("signal {n}", n=9)
    hope = Said("resume the run to go on from its last checkpoint.")
    ended = Said(
        "The training process ended unexpectedly ({reason}): {hope}", reason=why, hope=hope
    )
    for event in (Failed(ended), Health("memory", Said("The device ran out of memory."), ended, 3)):
        assert from_line(to_line(event)) == event
    back = from_line(to_line(Failed(ended)))
    assert (
        said(back.message) == "训练进程意外结束（信号 9）：请继续该训练，会从最后的检查点接着进行。"
    )
    assert said(from_text(to_text(ended))) == said(ended)
    assert spoken(json.loads(json.dumps(plain({"a": [ended]}))))["a"][0].template == ended.template


def test_what_earlier_versions_wrote_is_shown(chinese: None) -> None:
    """Their texts are English; those without names and numbers are still looked up."""
    old = from_line('{"type": "Health", "kind": "memory", "sentence": "It has no pixels.", '
                    '"action": "It now looks at 4 pictures.", "images_seen": 3}')  # fmt: skip
    assert (said(old.sentence), said(old.action)) == ("它没有像素。", "It now looks at 4 pictures.")
    assert said(from_text("It has no pixels.")) == "它没有像素。"
    for text in ("", "No such text.", "One. Two.", '{"template": 3', "a: {b}", "已保留为 a。"):
        assert said(from_text(text)) == text


# ------------------------------------------------------------------ on the screen


def test_a_notice_follows_the_language(qtbot) -> None:
    notices = Notices()
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    view = NoticeView(notices, window)
    broken = Said("{file}: {reason}", file="a.jpg", reason=Said("It has no pixels."))
    notice = notices.error(
        "The device ran out of memory.", lines([broken]), (tr("Undo"), lambda: None)
    )
    card = window.findChild(NoticeCard)
    view.show_history()
    try:
        for code, words, act, why in (
            ("en", "The device ran out of memory.", "Undo", "a.jpg: It has no pixels."),
            ("zh_CN", "设备内存不足。", "撤销", "a.jpg：它没有像素。"),
            ("en", "The device ran out of memory.", "Undo", "a.jpg: It has no pixels."),
        ):
            i18n.set_language(code)
            view.retranslate()
            assert card.words.text() == words
            assert card.act_button.text() == act
            assert view.history.list.item(0).text().endswith(words)
            assert view.history.detail.toPlainText() == why
            copied = notice.as_text().splitlines()
            assert copied[0].endswith(words)
            assert any("The device ran out of memory." in line for line in copied)
    finally:
        i18n.set_language("en")


@pytest.mark.parametrize(
    ("count", "shown"), [("1 picture", "1 张图片"), ("1,249 pictures", "1,249 张图片")]
)
def test_what_the_window_said_before_a_switch_is_said_again(count: str, shown: str) -> None:
    number = count.partition(" ")[0]
    words = tr("1 picture") if number == "1" else tr("{n} pictures", n=number)
    told = tr("{dataset} now has {pictures}.", dataset="mixed", pictures=words)
    assert told == f"mixed now has {count}."
    i18n.set_language("zh_CN")
    try:
        again = said(told)
        assert shown in again
    finally:
        i18n.set_language("en")
    assert said(again) == told

"""The sums above the grid: all of them where there is room, whole words where there is less."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.desktop import i18n, theme
from studio.desktop.dataset.grid.header import Header

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
TOTALS = {"found": 123_456, "trains": 120_001, "excluded": 3_402, "unusable": 53, "held_out": 0}
SHOWN = {"en": "1,234 of 123,456 pictures", "zh_CN": "1,234 / 123,456 张图片"}
WHOLE = {
    "en": "120,001 will train · 3,402 excluded · 53 cannot be used",
    "zh_CN": "120,001 张参与训练 · 3,402 张已排除 · 53 张无法使用",
}


@pytest.fixture(params=["en", "zh_CN"])
def header(request, qapp, qtbot) -> Iterator[Header]:
    i18n.set_language(request.param)
    theme.apply("dark")
    made = Header(128)
    qtbot.addWidget(made)
    made.setProperty("language", request.param)
    with qtbot.waitExposed(made):
        made.show()
    made.retranslate()
    yield made
    i18n.set_language("en")


def at(header: Header, width: int, qtbot, shown: int = 1_234) -> str:
    header.resize(width, header.height())
    header.show_totals(TOTALS, shown)
    qtbot.wait(10)  # the layout comes first
    facts, language = header.facts, header.property("language")
    assert facts.fontMetrics().horizontalAdvance(facts.text()) <= facts.width()
    assert header.count.sizeHint().width() <= header.count.width() + 1
    assert facts.accessibleName() == WHOLE[language]
    if shown == 1_234:
        assert facts.toolTip() == f"{SHOWN[language]} · {WHOLE[language]}"
        assert header.count.toolTip() == facts.toolTip()
        assert header.count.accessibleName() == SHOWN[language]
    return facts.text()


def test_a_wide_window_says_everything_in_one_line(header, qtbot) -> None:
    language = header.property("language")
    assert at(header, 1300, qtbot) == WHOLE[language]
    assert header.count.text() == SHOWN[language]
    assert abs(header.facts.y() - header.count.y()) < 8


def test_at_1280_a_filter_costs_no_figure(header, qtbot) -> None:
    language = header.property("language")
    said = at(header, 704, qtbot)  # beside the panels of a window of 1280 points
    assert header.facts.y() > header.count.y() + 8
    assert header.facts.geometry().bottom() <= header.height()
    assert said == WHOLE[language]
    assert header.count.text() == SHOWN[language]


def test_less_room_takes_words_before_figures(header, qtbot) -> None:
    said = at(header, 660, qtbot)
    assert said != WHOLE[header.property("language")]
    assert [word for word in said.split() if word[0].isdigit()] == ["120,001", "3,402", "53"]


def test_the_narrower_the_fewer(header, qtbot) -> None:
    counts = [at(header, width, qtbot).count("·") for width in (1300, 728, 640, 548)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 2
    assert counts[-1] < 2
    assert at(header, 548, qtbot).endswith(" …")
    assert header.count.text() in ("1,234 of 123,456", "1,234 / 123,456 张")


def test_without_a_filter_all_pictures_are_counted_once(header, qtbot) -> None:
    at(header, 728, qtbot, shown=123_456)
    assert header.count.text() in ("123,456 pictures", "123,456 张图片")
    assert header.facts.toolTip().count("123,456") == 1


def test_the_list_of_orders_is_wider_than_its_box(header) -> None:
    assert header.sort.view().minimumWidth() >= header.sort.view().sizeHintForColumn(0)

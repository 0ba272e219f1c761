"""The sums above the grid: all of them where there is room, whole words where there is less."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.desktop import i18n, theme
from studio.desktop.dataset.header import Header

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
TOTALS = {"found": 123_456, "trains": 120_001, "excluded": 3_402, "unusable": 53, "held_out": 0}
WHOLE = {
    "en": "120,001 will train · 3,402 excluded · 53 cannot be used · 1,234 shown",
    "zh_CN": "120,001 张参与训练 · 3,402 张已排除 · 53 张无法使用 · 显示 1,234 张",
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
    facts = header.facts
    assert facts.fontMetrics().horizontalAdvance(facts.text()) <= facts.width()
    assert header.count.sizeHint().width() <= header.count.width() + 1
    assert facts.toolTip() == facts.accessibleName()
    return facts.text()


def test_a_wide_window_says_everything_in_one_line(header, qtbot) -> None:
    assert at(header, 1300, qtbot) == WHOLE[header.property("language")]
    assert abs(header.facts.y() - header.count.y()) < 8


def test_at_1280_the_sums_stand_below_and_break_at_no_word(header, qtbot) -> None:
    said = at(header, 728, qtbot)  # beside the panels of a window of 1280 points
    whole = WHOLE[header.property("language")]
    assert header.facts.toolTip() == whole
    assert header.facts.y() > header.count.y() + 8
    assert header.facts.geometry().bottom() <= header.height()
    parts = said.removesuffix(" …").split(" · ")
    assert len(parts) >= 3
    assert set(parts) <= set(whole.split(" · "))
    assert said.endswith(" …") == (len(parts) < 4)
    assert whole.split(" · ")[0] in parts
    assert whole.split(" · ")[-1] in parts  # what the filter leaves


def test_the_narrower_the_fewer(header, qtbot) -> None:
    counts = [at(header, width, qtbot).count("·") for width in (1300, 728, 640, 548)]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == 3
    assert counts[-1] < 2


def test_the_list_of_orders_is_wider_than_its_box(header) -> None:
    assert header.sort.view().minimumWidth() >= header.sort.view().sizeHintForColumn(0)

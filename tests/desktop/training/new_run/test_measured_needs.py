"""The figures of a pre-flight, and what follows from them."""

from __future__ import annotations

import dataclasses

import pytest

from studio.desktop import i18n
from studio.desktop.training import side
from studio.desktop.training.new_run.measured_needs import MeasuredCard
from studio.engine.events import ROUND, Health, Preflight

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
FOUND = Preflight(
    family="gan", device="cpu", batch_size=32, part_size=16, images_per_second=4.1,
    memory=710_000_000, checkpoint_bytes=9_000_000, disk=38_000_000,
    first_picture_seconds=14_760.0, images=2462, seconds=600.0,
)  # fmt: skip


def test_a_short_run_promises_no_picture_within_it() -> None:
    assert side._first(FOUND) == "after the run's end"
    assert side._first(dataclasses.replace(FOUND, seconds=60_000.0)) == "after 4.1 h"
    assert side._first(None) == ""


def test_a_run_that_would_end_too_early_is_warned_of(qapp, qtbot) -> None:
    card = MeasuredCard()
    qtbot.addWidget(card)
    card.retranslate()
    card.show_figures(FOUND)
    assert "before anything can be recognised: give it about 6.2 h" in card.notes.text()
    assert card.facts.values["batch"].text() == "32, 16 at a time"
    assert card.facts.values["memory"].text() == "710 MB"
    i18n.set_language("zh_CN")
    card.retranslate()
    assert "6.2 小时" in card.notes.text()
    i18n.set_language("en")
    card.show_figures(
        dataclasses.replace(FOUND, seconds=60_000.0),
        [Health("memory", "The device ran out of memory.", "It goes on.")],
    )
    assert card.notes.text() == "The device ran out of memory. It goes on."
    card.show_figures(dataclasses.replace(FOUND, seconds=60_000.0))
    assert card.notes.isHidden()
    card.show_figures(None)
    assert card.isHidden()


def test_few_steps_are_said_to_be_few(qapp, qtbot) -> None:
    card = MeasuredCard()
    qtbot.addWidget(card)
    card.retranslate()
    rough = dataclasses.replace(FOUND, seconds=60_000.0, steps=5)
    card.show_figures(rough)
    assert card.notes.text().startswith("Only 5 steps were timed")
    assert card.notes.property("tone") == ""
    i18n.set_language("zh_CN")
    card.retranslate()
    assert "只计时了 5 步" in card.notes.text()
    i18n.set_language("en")
    card.show_figures(dataclasses.replace(rough, steps=ROUND))
    assert card.notes.isHidden()

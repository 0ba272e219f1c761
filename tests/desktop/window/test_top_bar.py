"""The bar of the places: what stands on it is true."""

from __future__ import annotations

from PySide6.QtWidgets import QMenu

from studio.desktop.window.top_bar import PLACES, TopBar, place_title


def test_a_tab_shows_its_key_only_as_it_is_pressed(studio, qtbot) -> None:
    """A bare figure beside the name was taken for a shortcut, where it rates a picture."""
    bar = TopBar(QMenu())
    qtbot.addWidget(bar)
    bar.retranslate()
    assert [bar.places[key].text() for key in PLACES] == [place_title(key) for key in PLACES]
    assert "(Ctrl+4)" in bar.places["generation"].toolTip()

"""A seed is typed, stepped and shown, up to the largest that a recipe holds."""

from __future__ import annotations

from PySide6.QtCore import Qt

from studio.desktop.widgets.seed_box import SeedBox
from studio.engine.seeds import LARGEST_SEED


def test_any_seed_is_typed_and_nothing_else(qtbot) -> None:
    box, said = SeedBox(), []
    qtbot.addWidget(box)
    box.seedEntered.connect(said.append)
    for text, seed in (
        ("4294967301", 4294967301), (str(LARGEST_SEED), LARGEST_SEED), ("-12x", 12),
        (f"{LARGEST_SEED}7", LARGEST_SEED), ("007", 7),
    ):  # fmt: skip
        box.selectAll()
        qtbot.keyClicks(box, text)
        qtbot.keyClick(box, Qt.Key.Key_Return)
        assert box.seed() == seed
    assert said == [4294967301, LARGEST_SEED, 12, LARGEST_SEED, 7]
    box.insert("٣")  # a digit, of another script
    assert box.text() == "007"
    box.clear()
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert len(said) == 5


def test_the_arrow_keys_step_and_end_at_the_ends(qtbot) -> None:
    box, said = SeedBox(), []
    qtbot.addWidget(box)
    box.seedEntered.connect(said.append)
    box.show_seed(LARGEST_SEED - 1)
    for _ in range(2):
        qtbot.keyClick(box, Qt.Key.Key_Up)
    box.show_seed(1)
    for _ in range(2):
        qtbot.keyClick(box, Qt.Key.Key_Down)
    assert said == [LARGEST_SEED, 0]
    box.show_seed(None)
    assert (box.text(), box.seed()) == ("", 0)

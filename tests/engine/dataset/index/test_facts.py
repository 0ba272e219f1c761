"""What is stored about a picture stands in one list, and only the engine asks the index."""

from __future__ import annotations

import re
from pathlib import Path

from studio.engine.dataset.index.facts import Facts

STUDIO = Path(__file__).resolve().parents[4] / "studio"
KEY = re.compile(r"facts, '\$\.([a-z_]+)")
STATEMENT = re.compile(r"\"(?:SELECT|INSERT|UPDATE|DELETE FROM) ")


def test_every_fact_that_is_asked_for_is_declared() -> None:
    asked = {
        key
        for path in (STUDIO / "engine").rglob("*.py")
        for key in KEY.findall(path.read_text("utf-8"))
    }
    assert {"sharpness", "colour", "label_by_hand"} <= asked
    assert asked <= Facts.__annotations__.keys()


def test_the_window_and_the_command_line_leave_the_index_to_the_engine() -> None:
    others = [path for part in ("desktop", "verbs") for path in (STUDIO / part).rglob("*.py")]
    assert len(others) > 100
    assert not [path for path in others if STATEMENT.search(path.read_text("utf-8"))]

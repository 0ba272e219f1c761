"""Parameters that are inherited, and kinds that are found by name."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.parameters import Declared, param
from models.registry import Registry


@dataclass(frozen=True)
class Shared(Declared):
    """Of several."""

    shift: float = param(0.1, label="Shift", help="So far.", low=0.0, high=0.5, live=True)
    batch: int = param(8, label="Batch", help="So many.", low=1)


@dataclass(frozen=True)
class Own(Shared):
    """Of one of them."""

    shift: float = 0.2
    batch: int = param(16, low=2, help="At least two.")
    extra: bool = param(True, label="Extra", help="Its own.")


def test_a_subclass_keeps_what_it_does_not_say_again() -> None:
    shift, batch, extra = Own.params().values()
    assert (shift.default, shift.label, shift.high, shift.live) == (0.2, "Shift", 0.5, True)
    assert (batch.default, batch.low, batch.help, batch.label) == (16, 2, "At least two.", "Batch")
    assert extra.label == "Extra"
    with pytest.raises(ValueError, match="batch=1 is not possible"):
        Own(batch=1)
    assert Shared(batch=1).shift == 0.1
    assert Own.from_mapping({"shift": "0.3"}).as_dict() == {
        "shift": 0.3,
        "batch": 16,
        "extra": True,
    }


def test_kinds_are_found_in_folders_when_they_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / "shapes_of_a_test" / "round"
    deep.mkdir(parents=True)
    (deep.parent / "__init__.py").write_text(
        "from models.registry import Registry\n"
        "SHAPES = Registry(__name__, lambda name, known: KeyError(f'{name} is not in {known}'))\n"
    )
    (deep / "__init__.py").write_text("")
    for name in ("wheel", "ball"):
        (deep / f"{name}.py").write_text(
            "from shapes_of_a_test import SHAPES\n"
            f"@SHAPES.register\nclass {name.title()}:\n    name = {name!r}\n"
        )
    monkeypatch.syspath_prepend(str(tmp_path))
    from shapes_of_a_test import SHAPES  # type: ignore[import-not-found]

    assert isinstance(SHAPES, Registry)
    assert "shapes_of_a_test.round.ball" not in sys.modules
    assert list(SHAPES.all()) == ["ball", "wheel"]
    assert SHAPES.one("wheel").__name__ == "Wheel"
    with pytest.raises(KeyError, match="'cube' is not in ball, wheel"):
        SHAPES.one("cube")
    for name in [name for name in sys.modules if name.startswith("shapes_of_a_test")]:
        monkeypatch.delitem(sys.modules, name)

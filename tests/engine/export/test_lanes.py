"""Files are written beside the making of the next pictures, in the order that was asked for."""

from __future__ import annotations

import threading

import pytest

from studio.engine.errors import StudioError
from studio.engine.export import lanes
from studio.engine.export.lanes import in_lanes


@pytest.fixture(autouse=True)
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LANES", 2)


def test_the_next_is_made_while_one_is_written_and_few_wait() -> None:
    made, written, both = [], [], threading.Event()
    here = threading.current_thread()

    def make(place: int) -> int:
        assert threading.current_thread() is here
        made.append(place)
        assert len(made) - len(written) <= lanes.LANES + 2
        if place == 1:
            both.set()
        return place * 10

    def write(place: int, thing: int) -> None:
        assert both.wait(10)  # would never come if the first had to be written first
        written.append((place, thing))

    in_lanes(20, make, write)
    assert made == list(range(20))
    assert sorted(written) == [(n, n * 10) for n in range(20)]


@pytest.mark.parametrize("side", ["make", "write"])
def test_the_first_error_ends_it(side: str) -> None:
    written: list[int] = []

    def make(place: int) -> int:
        if side == "make" and place == 3:
            raise StudioError("The model is gone.")
        return place

    def write(place: int, thing: int) -> None:
        if side == "write" and place == 3:
            raise StudioError("The disk is full.")
        written.append(thing)

    with pytest.raises(StudioError):
        in_lanes(100, make, write)
    assert 3 not in written
    assert len(written) <= 3 + lanes.LANES
    assert not [each for each in threading.enumerate() if each.name.startswith("export")]


def test_nothing_is_nothing() -> None:
    in_lanes(0, lambda place: place, lambda place, thing: None)

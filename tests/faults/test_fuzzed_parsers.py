"""Our own parsers of bytes on damaged input, from one seed; `fuzz.py` goes on for hours."""

from __future__ import annotations

import contextlib
import struct
import warnings
from itertools import islice

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.faults.fuzz import Parser, parsers, rounds

ROUNDS = 250


def test_no_parser_raises_what_it_does_not_say() -> None:
    found = parsers()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's, about what it reads over
        for _ in islice(rounds(found, 16), ROUNDS):
            pass
    assert {each.name: each.found for each in found if each.found} == {}
    assert all(each.inputs == -(-ROUNDS // each.every) for each in found)


def test_good_input_is_read_to_its_end() -> None:
    """Otherwise nothing behind the first check would ever be reached."""
    found = {each.name: each for each in parsers()}
    assert found["boxes"].read(found["boxes"].good[0])
    assert found["iptc"].read(found["iptc"].good[0]) == (("Ada",), "mine")
    assert found["float tiff"].read(found["float tiff"].good[0]) is not None
    assert found["archive"].read(found["archive"].good[0]) == b"words " * 40
    for data in found["words of pictures"].good:
        assert found["words of pictures"].read(data) is not None
    for name in ("photoshop", "xmp", "caption table", "caption lines", "osc"):
        assert found[name].read(found[name].good[0])


FOUND = {
    "boxes": struct.pack(">I4sQ", 1, b"ftyp", 1 << 63),
    "side files": b",\n",
    "photoshop": (
        struct.pack(">4sH6xHIIHHIIII", b"8BPS", 2, 4, 5, 6, 8, 3, 0, 0, 0, 8)
        + struct.pack(">QhI", (1 << 64) - 300, 0, 0)
    ),
}
"""What the long runs met: 1,081,995 inputs of seed 2026, and 9,297,375 of seed 20261201."""


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_stays_mended(name: str) -> None:
    parser = next(each for each in parsers() if each.name == name)
    parser.feed(FOUND[name])
    assert not parser.found


@settings(max_examples=60, deadline=None, derandomize=True,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(st.binary(max_size=200))
@example(b"")
def test_any_bytes_at_all(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for parser in _fresh():
            parser.feed(data)
            assert not parser.found


_KEPT: list[Parser] = []


def _fresh() -> list[Parser]:
    """Made once: good input takes longer than all the rest."""
    if not _KEPT:
        _KEPT.extend(parsers())
    return _KEPT


def test_the_fuzzer_finds_what_it_looks_for() -> None:
    def careless(data: bytes) -> int:
        return data[data[0]]

    parser = Parser("careless", [bytes([2, 5, 7])], careless)
    for _ in islice(rounds([parser], 16), 200):
        pass
    assert any("IndexError" in place for place in parser.found)
    with contextlib.suppress(IndexError):
        careless(bytes.fromhex(next(iter(parser.found.values()))))

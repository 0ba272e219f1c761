"""Stacks under a name: kept, found again, never overwritten."""

from __future__ import annotations

import pytest

from studio.engine.errors import UsageError
from studio.engine.refinement import presets
from studio.engine.refinement.stack import Stack

SHARP = Stack.from_toml('[[steps]]\nop = "sharpen"\nparams = { amount = 1.5 }\n')


def test_a_stack_is_kept_found_and_removed() -> None:
    assert presets.names() == []
    path = presets.save(" Für Druck 印刷 ", SHARP)
    assert path.is_file()
    presets.save("crisp", SHARP)
    assert presets.names() == ["crisp", "Für Druck 印刷"]
    assert presets.load("Für Druck 印刷") == SHARP
    presets.remove("crisp")
    presets.remove("crisp")
    assert presets.names() == ["Für Druck 印刷"]


def test_nothing_is_overwritten() -> None:
    path = presets.save("Print", SHARP)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="already"):
        presets.save("print", Stack())
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["", "  ", ".hidden", "a/b", "..", "a\\b", "x" * 61, "a\nb", "a:b"]
)
def test_names_that_no_file_can_have(name: str) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        presets.save(name, SHARP)
    assert presets.names() == []


def test_one_that_is_not_there_or_damaged_is_a_sentence() -> None:
    with pytest.raises(UsageError, match="There is no stack called 'x'"):
        presets.load("x")
    path = presets.save("x", SHARP)
    for content in (b"= =", b"\xff\xfe\x00"):
        path.write_bytes(content)
        with pytest.raises(UsageError, match=r"x\.toml"):
            presets.load("x")

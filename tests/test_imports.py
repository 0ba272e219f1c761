"""No file needs, by whatever way, a file that needs it: not for types alone, nor inside a function.

import-linter keeps the order of the rooms; it sees neither of both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def modules() -> dict[str, Path]:
    """Every file of the program by the name that it is imported by."""
    found: dict[str, Path] = {}
    for top in ("studio", "models"):
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """The modules of the program that a file imports anywhere."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in known else node.module


def circles(needs: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules of which each needs every other (Tarjan's components of two or more)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        number[name] = low[name] = len(number)
        path.append(name)
        for other in needs[name]:
            if other not in number:
                visit(other)
            if other in path:
                low[name] = min(low[name], low[other])
        if low[name] == number[name]:
            at = path.index(name)
            group, path[at:] = path[at:], []
            if len(group) > 1:
                found.append(sorted(group))

    for name in needs:
        if name not in number:
            visit(name)
    return found


def test_a_circle_is_found() -> None:
    needs = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": set(), "e": {"a"}}
    assert circles(needs) == [["a", "b", "c"]]


def test_no_file_needs_a_file_that_needs_it() -> None:
    known = modules()
    assert len(known) > 300
    needs = {name: set(imported(path, known)) - {name} for name, path in known.items()}
    assert circles(needs) == []

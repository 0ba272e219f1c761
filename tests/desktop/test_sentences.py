"""Every sentence that the engine can say has a Chinese one, with the same places to fill."""

from __future__ import annotations

import ast
import itertools
import json
import re
import string
from functools import cache
from pathlib import Path

from studio.desktop import i18n

ROOT = Path(__file__).resolve().parents[2]
CODE = "zh_CN"
HOLE = "\0"
"""What stands in a shape for anything that is filled in."""
SAYERS = {
    "StudioError": (0,), "UsageError": (0,), "ReadOnlyError": (0,), "ParameterError": (0,),
    "ArchiveError": (0,), "CaptionError": (0,), "Failed": (0,), "Health": (1, 2),
    "Problem": (1,), "Finding": (1,),
}  # fmt: skip
"""Who is given a sentence, and at which places."""
KEYWORDS = {"message", "sentence", "action", "reason", "advice"}
DOCUMENTS = {
    "studio/engine/doctor.py",
    "studio/engine/dataset/papers/dataset_card.py",
    "studio/engine/dataset/papers/report.py",
}  # fmt: skip
"""What they write is for a terminal or a file; only their errors come to the window."""
SAID_BY_ANOTHER = {
    f"{HOLE}: {HOLE} are {HOLE}.",  # too general: there is one for each of its two beginnings
    f"The stack cannot be used: {HOLE}: {HOLE}.",  # a parameter may be said so, its words may not
    "the stack",  # its place
}
"""Shapes that a template of another shape translates."""
BY_HAND = {
    # Words of the operating system and of SQLite, in `error.strerror` and `error`.
    "No space left on device", "Disk quota exceeded", "Permission denied",
    "Operation not permitted", "Read-only file system", "No such file or directory",
    "File exists", "Is a directory", "Not a directory", "File name too long", "File too large",
    "Input/output error", "Too many open files", "disk I/O error", "database or disk is full",
    "database is locked", "database disk image is malformed", "file is not a database",
    "attempt to write a readonly database", "unable to open database file",
    # What a function of the window returns, in a notice from before a switch of the language.
    "1 picture",
    # What a function returns and a sentence holds.
    "it was not made by Latent Studio", "it is empty", "too many pixels", "one of {choices}",
    "between {n} and {n_high}", "between {n} and {n_high} {unit}",
    "at least {n}", "at least {n} {unit}", "at most {n}", "at most {n} {unit}",
    *(
        f"it takes {kind}{more}"
        for kind in ("yes or no", "a whole number", "a number", "a text")
        for more in ("", ", {range}")
    ),
    "{n} more are like it.", "its decoding ended unexpectedly", "it could not be decoded further",
    # What was done about trouble, joined.
    "It went back to its best checkpoint.", "It went back to its best checkpoint, {rest}",
    "{label} ({key}) is now {value}.", "{label} ({key}) is now {value}, {rest}",
    # Why a family was chosen.
    "{title}: {n} picture of {width}x{height} are {reason}.",
    "{title}: {n} pictures of {width}x{height} are {reason}.",
    "too few for new ones: it redraws and mixes them", "as few as it was made for",
    "enough for the sharpest new ones", "enough for sharp new ones whose styles can be mixed",
    "adversarial pair", "style mixer", "few-picture pair", "variational autoencoder",
}  # fmt: skip
"""Templates for texts that are put together where no reader of the code sees it."""


# ------------------------------------------------------------------ what the engine can say


class Reader(ast.NodeVisitor):
    """Collects the shapes of all sentences of one module, with their lines."""

    def __init__(self, *, only_errors: bool) -> None:
        self._only_errors = only_errors
        self.found: dict[str, int] = {}
        self._assigned: list[dict[str, list[ast.expr]]] = [{}]

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        names: dict[str, list[ast.expr]] = {}
        for each in ast.walk(node):
            if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
                names.setdefault(each.targets[0].id, []).append(each.value)
        self._assigned.append(names)
        self.generic_visit(node)
        self._assigned.pop()

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring says nothing
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        for place in SAYERS.get(name, ()):
            if place < len(node.args):
                self._take(node.args[place])
        for given in node.keywords:
            if name in SAYERS and given.arg in KEYWORDS:
                self._take(given.value)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        self._sentence(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        self._sentence(node)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if any(shape != HOLE for shape in self._shapes(node)):
            self._sentence(node)
        else:
            self.generic_visit(node)

    def _sentence(self, node: ast.expr) -> None:
        """Anything that reads like a sentence is one, wherever it is written."""
        shapes = [] if self._only_errors else self._shapes(node)
        if any(re.search(r"[a-z]+ .*\.$", shape, re.DOTALL) for shape in shapes):
            self._take(node)

    def _take(self, node: ast.expr) -> None:
        for shape in self._shapes(node):
            if re.search("[a-z]", shape) and not re.match(r"\s*[<.{]", shape):
                self.found.setdefault(shape.strip(), node.lineno)
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name):
                for value in self._assigned[-1].get(inner.id, ()):
                    if value is not node and not isinstance(value, ast.Call):
                        self._fragment(value)
            elif isinstance(inner, ast.BoolOp):
                for value in inner.values:
                    self._fragment(value)

    def _fragment(self, node: ast.expr) -> None:
        for value in node.values if isinstance(node, ast.BoolOp) else ():
            self._fragment(value)
        for shape in self._shapes(node):
            if re.search("[a-z]+ |[a-z]{3}", shape):
                self.found.setdefault(shape.strip(), node.lineno)

    def _shapes(self, node: ast.expr) -> list[str]:
        """What the expression may read, as far as it is written out."""
        if isinstance(node, ast.Constant):
            # A text that is filled in later has named places.
            text = node.value if isinstance(node.value, str) else HOLE
            return [re.sub(r"\{\w+\}", HOLE, text)]
        if isinstance(node, ast.JoinedStr):
            parts = [
                self._shapes(part.value) if isinstance(part, ast.FormattedValue)
                else self._shapes(part)
                for part in node.values
            ]  # fmt: skip
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            parts = [self._shapes(node.left), self._shapes(node.right)]
        elif isinstance(node, ast.IfExp):
            return [*self._shapes(node.body), *self._shapes(node.orelse)]
        else:
            return [HOLE]
        joined = ("".join(each) for each in itertools.product(*parts))
        return list(dict.fromkeys(re.sub(HOLE + "+", HOLE, each) for each in joined))


@cache
def said() -> dict[str, str]:
    """Shape -> where it is written first."""
    found: dict[str, str] = {}
    for package in ("studio/engine", "models"):
        for path in sorted((ROOT / package).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            reader = Reader(only_errors=where in DOCUMENTS)
            reader.visit(ast.parse(path.read_text("utf-8")))
            for shape, line in reader.found.items():
                found.setdefault(shape, f"{where}:{line}")
    return found


def shape(template: str) -> str:
    """A template without the names of its places."""
    return re.sub(HOLE + "+", HOLE, re.sub(r"\{\w+\}", HOLE, template))


@cache
def pairs() -> list[tuple[str, str]]:
    """The catalogue as written, with keys that stand twice."""
    path = ROOT / "resources" / "translations" / CODE / i18n.SENTENCES
    found: list[tuple[str, str]] = json.loads(path.read_text("utf-8"), object_pairs_hook=list)
    return found


# ------------------------------------------------------------------ completeness


def test_every_sentence_of_the_engine_is_translated() -> None:
    assert len(said()) > 150
    have = {shape(key) for key in i18n.templates(CODE) | i18n.catalogue(CODE)}
    missing = [
        f"{each.replace(HOLE, '{…}')!r} ({where})"
        for each, where in said().items()
        if each not in have and each not in SAID_BY_ANOTHER
    ]
    assert not missing, f"{len(missing)} sentences have no Chinese: " + "; ".join(missing)


def test_no_sentence_is_left_over() -> None:
    unused = [key for key, _ in pairs() if key not in BY_HAND and shape(key) not in said()]
    assert not unused, "nobody says: " + "; ".join(unused)


def test_what_is_written_by_hand_is_in_the_catalogue() -> None:
    assert BY_HAND - {key for key, _ in pairs()} == set()
    assert set(said()) >= SAID_BY_ANOTHER


def test_a_sentence_stands_once() -> None:
    keys = [key for key, _ in pairs()]
    assert len(keys) == len(set(keys))


def places(text: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def test_places_are_kept_and_words_are_not() -> None:
    for key, value in pairs():
        assert sorted(places(key)) == sorted(places(value))
        assert len(set(places(key))) == len(places(key)), key
        assert re.search(r"[\u4e00-\u9fff]", value), key
        assert "您" not in value

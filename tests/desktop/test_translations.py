"""Every word of the window is in the Chinese catalogue, once, with the same places to fill."""

from __future__ import annotations

import ast
import json
import re
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from models import base as families
from models.parameters import Declared, Param
from studio.desktop import i18n
from studio.desktop.base.studio import Studio
from studio.desktop.generation.tools.tool import tools
from studio.desktop.window.main_window import MainWindow
from studio.engine.dataset.doctor.checks.base import checks
from studio.engine.evaluation.measures.base import PARTS, measures
from studio.engine.export import ways
from studio.engine.export.choices import Choices
from studio.engine.export.destinations import DESTINATIONS
from studio.engine.generation.directions import kind as directions
from studio.engine.generation.film import easing
from studio.engine.generation.film.formats import base as films
from studio.engine.generation.iteration.way import ways as iteration_ways
from studio.engine.generation.sound import heard
from studio.engine.generation.transforms.base import transforms
from studio.engine.live import tempo
from studio.engine.live.mapping import Fields
from studio.engine.refinement import base as operations
from studio.engine.refinement.blend_modes import NAMES as BLENDS
from studio.engine.refinement.masks.base import mask_kinds
from studio.engine.training.record.options import RunOptions

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

ROOT = Path(__file__).resolve().parents[2]
CODE = "zh_CN"
PROGRAM_NAMES = {"Latent Studio", "StyleGAN2", "Soft-IntroVAE", "VAE", *i18n.LANGUAGES.values()}
"""Never translated."""
OF_THE_SYSTEM = {
    "No space left on device", "Disk quota exceeded", "Permission denied",
    "Operation not permitted", "Read-only file system", "No such file or directory",
    "File exists", "Is a directory", "Not a directory", "File name too long", "File too large",
    "Input/output error", "Too many open files", "disk I/O error", "database or disk is full",
    "database is locked", "database disk image is malformed", "file is not a database",
    "attempt to write a readonly database", "unable to open database file",
    "it was not made by Latent Studio", "it is empty",
}  # fmt: skip
"""Reasons that come from the operating system or through SQLite."""
SAME_IN_BOTH = {
    "SHA-256", "TensorBoard", "sRGB", "Display P3", "Adobe RGB (1998)", "GIF", "MP4 (H.264)",
    "MIDI", "ProRes 4444", "WebM (VP9)",
}  # fmt: skip
"""Terms that Chinese writes as English does, beside formats, units and choices of parameters."""


def literals(node: ast.expr) -> Iterator[str]:
    """The texts an expression may be, as far as they are written out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """(place, node) of the whole program."""
    return [
        (f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}", node)
        for package in ("models", "studio")
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call | ast.ClassDef)
    ]


def named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


@cache
def sayers() -> set[str]:
    """`tr`, `Said`, and every error that carries one."""
    kinds = [node for _, node in nodes() if isinstance(node, ast.ClassDef)]
    found, before = {"SaidError"}, 0
    while len(found) > before:
        before = len(found)
        found |= {kind.name for kind in kinds if found & set(map(named, kind.bases))}
    return found | {"Said", "tr"}


def calls() -> list[tuple[str, ast.Call]]:
    """Every call that makes a sentence."""
    return [
        (where, node) for where, node in nodes()
        if isinstance(node, ast.Call) and node.args and named(node.func) in sayers()
    ]  # fmt: skip


@cache
def said() -> dict[str, str]:
    """Every literal given to `tr`, to `Said` or to an error, with the place of its first use.

    What `studio/verbs` says is for a terminal.
    """
    found: dict[str, str] = {}
    for where, call in calls():
        if not where.startswith("studio/verbs/"):
            for text in literals(call.args[0]):
                found.setdefault(text, where)
    return found


def kinds() -> list[tuple[str, str, str, type[Declared]]]:
    """(where, title, summary, parameters) of everything that is registered."""
    listed = [
        *((f"family {n}", f.title, f.summary, f.Config) for n, f in families.families().items()),
        *(
            (f"sampling {n}", f.title, f.summary, f.Sampling)
            for n, f in families.families().items()
        ),
        *((f"format {n}", f.title, f.summary, f) for n, f in ways.kinds().items()),
        *((f"op {n}", o.title, o.summary, o) for n, o in operations.operations().items()),
        *((f"transform {n}", t.title, t.summary, t) for n, t in transforms().items()),
        *((f"mask {n}", m.title, m.summary, m) for n, m in mask_kinds().items()),
        *((f"way to iterate {n}", w.title, w.summary, w) for n, w in iteration_ways().items()),
        *((f"tool {t.name}", t.title, t.title, t.Options) for t in tools() if t.title),
        ("options of a run", "New run", "More settings", RunOptions),
        ("a rule of playing live", "Live", "Live", Fields),
        ("proof of origin", "Proof of origin in every file", "Export", Choices),
    ]
    assert len(listed) >= 10
    return listed


def words_of(param: Param) -> Iterator[str]:
    """What the form shows of a parameter. `term` is the field's own word and stays as it is."""
    yield param.label
    yield param.help
    yield from (param.names.get(choice, choice) for choice in param.choices)
    yield from param.names.values()
    if param.unit:
        yield param.unit


@cache
def declared() -> dict[str, str]:
    """Titles, summaries and parameters of everything that is registered."""
    found = dict.fromkeys(BLENDS.values(), "blend mode")
    found |= dict.fromkeys(operations.GROUPS, "group of operations")
    found |= {tool.finds: f"tool {tool.name}" for tool in tools() if tool.finds}
    for name, family in families.families().items():
        for text in (curve.words for curve in family.facts.curves.values()):
            found.setdefault(text, f"family {name}")
    for name, way in directions.kinds().items():
        for text in (way.title, way.summary):
            found.setdefault(text, f"kind of directions {name}")
    for where, title, summary, kind in kinds():
        for text in (title, summary):
            found.setdefault(text, where)
        for param in kind.params().values():
            for text in words_of(param):
                found.setdefault(text, f"{where}, {param.name}")
    found |= {each.title: f"film format {name}" for name, each in films.formats().items()}
    found |= dict.fromkeys(easing.TITLES.values(), "easing")
    found |= dict.fromkeys(heard.TITLES.values(), "source of a sound")
    found |= dict.fromkeys(tempo.TITLES.values(), "step of the beat")
    for place in DESTINATIONS:
        for text in (place.title, place.summary):
            found.setdefault(text, f"destination {place.name}")
    return found


def families_in_sentences() -> dict[str, str]:
    """Why one is chosen, and which would suit better."""
    return {
        text: f"family {name}" for name, kind in families.families().items()
        for text in (kind.title, kind.facts.why) if text
    }  # fmt: skip


def findings() -> dict[str, str]:
    """What the engine says of a picture, as templates, and of what a model is measured by.

    A broken picture gives its own reason.
    """
    found: dict[str, str] = {}
    for kind, each in checks().items():
        words = [each.title, each.badge, each.help, each.advice, each.sentence]
        words += [each.limit.unit] if each.limit else []
        found |= {text: f"finding {kind}" for text in words if text != "{reason}"}
    found |= dict.fromkeys(PARTS.values(), "part of an evaluation")
    for name, measure in measures().items():
        found |= dict.fromkeys((measure.title, measure.help), f"measure {name}")
    return found


def registered(language: str, qtbot) -> dict[str, str]:
    """id -> English text of every action, in a window that opened in `language`."""
    studio = Studio()
    studio.set_language(language)
    window = MainWindow(studio)
    qtbot.addWidget(window)
    window.make_rooms()
    found = {entry.id: entry.text for entry in studio.actions.all()}
    window.close()
    studio.set_language("en")
    studio.deleteLater()
    return found


@pytest.fixture
def actions(qtbot) -> dict[str, str]:
    found = registered("en", qtbot)
    assert len(found) > 60
    return {text: f"action {id_}" for id_, text in found.items()}


@cache
def files() -> dict[str, list[tuple[str, str]]]:
    """File name -> its pairs as written, with keys that stand twice."""
    return {
        path.name: json.loads(path.read_text("utf-8"), object_pairs_hook=list)
        for path in i18n.catalogue_files(CODE)
    }


def places(text: str) -> list[str]:
    """The `{name}` places of a text."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


# ------------------------------------------------------------------ completeness


def test_every_text_of_the_window_is_translated(actions) -> None:
    wanted = said() | declared() | findings() | families_in_sentences() | actions
    wanted |= dict.fromkeys(OF_THE_SYSTEM, "the system")
    catalogue = i18n.catalogue(CODE)
    missing = [
        f"{text!r} ({where})"
        for text, where in wanted.items()
        if text not in catalogue and text not in PROGRAM_NAMES and text.strip()
    ]
    assert not missing, f"{len(missing)} texts have no Chinese: " + "; ".join(missing)


def test_no_translation_is_left_over(actions) -> None:
    used = said() | declared() | findings() | families_in_sentences() | actions
    used |= dict.fromkeys(OF_THE_SYSTEM, "the system")
    unused = [
        f"{key!r} ({name})" for name, pairs in files().items() for key, _ in pairs
        if key not in used
    ]  # fmt: skip
    assert not unused, "nobody says: " + "; ".join(unused)


def test_a_text_has_one_translation() -> None:
    seen: dict[str, tuple[str, str]] = {}
    differing = []
    for name, pairs in files().items():
        for key, value in pairs:
            before = seen.setdefault(key, (value, name))
            if before[0] != value:
                differing.append(f"{key!r} in {before[1]} and {name}")
    assert not differing, "; ".join(differing)


def test_translations_have_the_places_of_their_source() -> None:
    wrong = [
        f"{key!r} -> {value!r}"
        for key, value in i18n.catalogue(CODE).items()
        if places(key) != places(value)
    ]
    assert not wrong, "; ".join(wrong)


def test_translations_are_chinese() -> None:
    """A word copied over in English is a translation that was forgotten."""
    names = {each.title for each in (*ways.kinds().values(), *DESTINATIONS)} | SAME_IN_BOTH
    for _, _, _, kind in kinds():
        for param in kind.params().values():
            names.update((*param.choices, param.unit))
    wrong = [
        f"{key!r} -> {value!r}"
        for key, value in i18n.catalogue(CODE).items()
        if re.search(r"[a-zA-Z]", re.sub(r"\{.*?\}", "", key))
        and not re.search(r"[\u4e00-\u9fff]", value)
        and key not in names
    ]
    assert not wrong, "; ".join(wrong)


def test_what_is_short_in_english_is_short_in_chinese() -> None:
    """Buttons and labels are laid out for words, so a word does not become a paragraph."""
    long = [
        key for key, value in i18n.catalogue(CODE).items() if len(value) > max(8, 1.4 * len(key))
    ]
    assert not long


# ------------------------------------------------------------------ sentences


def test_a_sentence_is_never_put_together() -> None:
    """What is joined has no template that another language could look up."""
    joined = (ast.JoinedStr, ast.BinOp)
    wrong = [where for where, call in calls() if isinstance(call.args[0], joined)]
    assert not wrong, "give a template and values: " + ", ".join(wrong)


def test_every_place_of_a_sentence_is_filled() -> None:
    wrong = []
    for where, call in calls():
        given = {each.arg for each in call.keywords}
        for text in literals(call.args[0]):
            if None not in given and set(places(text)) != given:
                wrong.append(f"{where}: {set(places(text)) ^ given}")
    assert not wrong, "; ".join(wrong)


# ------------------------------------------------------------------ the machinery


def test_actions_are_the_same_in_whatever_language_the_window_opens(qtbot) -> None:
    assert registered("zh_CN", qtbot) == registered("en", qtbot)


def test_an_unknown_language_is_english() -> None:
    i18n.set_language("tlh")
    assert i18n.language() == "en"
    assert i18n.tr("Undo") == "Undo"


def test_a_text_without_translation_is_shown_as_it_is() -> None:
    i18n.set_language("zh_CN")
    try:
        assert i18n.tr("Undo") == "撤销"
        assert i18n.tr("No such text {n}", n=3) == "No such text 3"
    finally:
        i18n.set_language("en")


def test_braces_in_what_is_filled_in_are_left_alone() -> None:
    assert i18n.tr("Kept as {name}.", name="{odd}") == "Kept as {odd}."

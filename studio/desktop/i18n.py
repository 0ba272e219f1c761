"""Words of the window in the chosen language, switched without a restart.

English is the source language and stands in the code; a catalogue is a folder
`resources/translations/<code>/` of flat JSON files `{"English": "translated"}`.

The engine knows of no language: what it says arrives here as finished English.
`sentences.json` holds those sentences as templates, and :func:`sentence` finds the
one that a text was made from. A place of a template is read by its name:
`{n}` and `{n_…}` hold a number, those of `_SPOKEN` a sentence or a part of one, those
of `_WORDS` a word of the window; any other holds a name or a path and is left alone.
A path may hold what stands beside it, such as a bracket, so it takes all it can.
"""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path

from studio.engine.files import resources
from studio.engine.said import Said

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
_OTHERS = [code for code in LANGUAGES if code != "en"]

SENTENCES = "sentences.json"
_SPOKEN = frozenset(
    {
        "reason",
        "what",
        "hope",
        "many",
        "known",
        "expected",
        "range",
        "rest",
        "where",
        "pictures",
    }
)
_PATHS = frozenset({"folder", "path"})
_WORDS = frozenset({"label", "title", "unit"})
_FEWEST_LETTERS = 8
_FEWEST_CHARACTERS = 4
_DEEPEST = 4
"""A reason in a reason in a notice is real; more than this is a text that feeds on itself."""


class _Current:
    code = "en"
    words: dict[str, str] = {}
    sources: dict[str, str] = {}


def tr(text: str, **values: object) -> str:
    """`text` in the current language, with `{name}` places filled from `values`."""
    found = _Current.words.get(text, text)
    return found.format(**values) if values else found


def said(text: Said) -> str:
    """What the engine says, in the current language, with all that stands in it."""
    return tr(
        text.template,
        **{name: said(v) if isinstance(v, Said) else v for name, v in text.values.items()},
    )


def source(text: str) -> str:
    """The English that `text` was translated from; `text` itself when it is English already."""
    return _Current.sources.get(text, text)


def language() -> str:
    """The code of the current language."""
    return _Current.code


def set_language(code: str) -> None:
    """Use the catalogue of `code`; an unknown code gives English.

    Windows that are open do not change by themselves: `Studio.set_language` tells them.
    """
    _Current.code = code if code in LANGUAGES else "en"
    _Current.words = catalogue(_Current.code)
    _Current.sources = {translated: english for english, translated in _Current.words.items()}


def system_language() -> str:
    """The catalogue that fits the system's own language."""
    from PySide6.QtCore import QLocale

    chinese = QLocale.system().language() == QLocale.Language.Chinese
    return "zh_CN" if chinese else "en"


@cache
def catalogue(code: str) -> dict[str, str]:
    """All files of one language, merged; English has none."""
    merged: dict[str, str] = {}
    for path in catalogue_files(code):
        merged.update(json.loads(path.read_text("utf-8")))
    return merged


def catalogue_files(code: str) -> list[Path]:
    """The JSON files of one language, by name, without the sentences of the engine."""
    found = (resources() / "translations" / code).glob("*.json")
    return sorted(path for path in found if path.name != SENTENCES)


# ------------------------------------------------------------------ what the engine says


def sentence(text: str) -> str:
    """A finished text of the engine, or of the window before a switch, in the current language.

    `text` may be several sentences one after the other. What is not known stays as it is.
    """
    # No catalogue is read for English in English, which is nearly all there is.
    is_english = _Current.code == "en" and text.isascii()
    return text if is_english or not text else _said(_Current.code, text)


def lines(text: str) -> str:
    """As `sentence`, for lines of which each may be `file: reason`."""
    if _Current.code == "en" and text.isascii():
        return text
    return "\n".join(_line(line) for line in text.split("\n"))


def word(text: str) -> str:
    """A word of the window, said before a switch, in the current language."""
    if _Current.code == "en" and not text.isascii():
        return _english().get(text, text)
    return tr(text)


def _line(text: str) -> str:
    whole = _said(_Current.code, text, 1)
    head, colon, reason = text.partition(": ")
    inner = _said(_Current.code, reason, 1) if colon and whole == text else ""
    return f"{head}{colon}{inner}" if inner else whole


@cache
def templates(code: str) -> dict[str, str]:
    """What the engine says, the texts with most words of their own first.

    To another language from English; to English from every other one.
    """
    if code == "en":
        return _ordered({said: key for other in _OTHERS for key, said in templates(other).items()})
    path = resources() / "translations" / code / SENTENCES
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return _ordered(found)


@cache
def _window_templates(code: str) -> dict[str, str]:
    """Whole sentences of the window, which may stand in a notice from before a switch.

    Also the findings of a picture. Those with hardly a word of their own would fit anything.
    """
    pairs, mark, least = catalogue(code), ".", _FEWEST_LETTERS
    if code == "en":
        pairs, mark, least = _english(), "。", _FEWEST_CHARACTERS
    whole = {key: said for key, said in pairs.items() if key.endswith(mark)}
    return _ordered({key: said for key, said in whole.items() if _own_words(key) >= least})


def _ordered(found: dict[str, str]) -> dict[str, str]:
    return {key: found[key] for key in sorted(found, key=_own_words, reverse=True)}


@cache
def _english() -> dict[str, str]:
    return {said: key for code in _OTHERS for key, said in catalogue(code).items()}


def _own_words(template: str) -> int:
    return sum(map(len, _parts(template)[::2]))


@cache
def _parts(template: str) -> tuple[str, ...]:
    """Literal, name, literal, name, …, literal."""
    return tuple(re.split(r"\{(\w+)\}", template))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = _parts(template)
    body = re.escape(parts[0])
    for name, literal in zip(parts[1::2], parts[2::2], strict=True):
        held = "(.+)" if name in _PATHS else "(.+?)"
        if name == "n" or name.startswith("n_"):
            held = r"(-?\d[\d.,e+-]*?)"
        body += held + re.escape(literal)
    return re.compile(body, re.DOTALL)


@lru_cache(maxsize=512)
def _said(code: str, text: str, depth: int = 0) -> str:
    pieces = re.split(r"(?<=\.) ", text)
    told = _in_turn(code, pieces, depth)
    if None in told:
        # A name with a full stop in it looks like the end of a sentence.
        whole = _one(code, text, depth, loose=True)
        if whole is not None:
            return whole
    said = ""
    for place, (piece, words) in enumerate(zip(pieces, told, strict=True)):
        gap = " " if place and (words is None or told[place - 1] is None) else ""
        said += gap + (piece if words is None else words)
    return said


def _in_turn(code: str, pieces: list[str], depth: int) -> list[str | None]:
    """The translation of each piece, None where there is none.

    A template may be several sentences: its translation stands at the first of them and
    the others are empty.
    """
    told: list[str | None] = []
    while len(told) < len(pieces):
        first = len(told)
        for end in range(len(pieces), first, -1):
            found = _one(code, " ".join(pieces[first:end]), depth, loose=False)
            if found is not None:
                told += [found, *[""] * (end - first - 1)]
                break
        else:
            told.append(None)
    return told


def _one(code: str, text: str, depth: int, *, loose: bool) -> str | None:
    """`text` by one template; unless `loose`, no place may hold the end of a sentence."""
    tables = [templates(code), *([_window_templates(code)] if depth == 0 else [])]
    for table in tables:
        if text in table:
            return table[text]
    for template, translated in chain.from_iterable(table.items() for table in tables):
        parts = _parts(template)
        likely = len(parts) > 1 and text.startswith(parts[0]) and text.endswith(parts[-1])
        if not likely or not all(part in text for part in parts[2:-1:2]):
            continue
        found = _pattern(template).fullmatch(text)
        if found is None or not (loose or all(". " not in held for held in found.groups())):
            continue
        held = zip(parts[1::2], found.groups(), strict=True)
        return translated.format(**{name: _held(code, name, each, depth) for name, each in held})
    return None


def _held(code: str, name: str, text: str, depth: int) -> str:
    if name in _WORDS:
        return word(text)
    return _said(code, text, depth + 1) if name in _SPOKEN and depth < _DEEPEST else text

"""Words of the window in the chosen language, switched without a restart.

English is the source language and stands in the code; a catalogue is a folder
`resources/translations/<code>/` of flat JSON files `{"English": "translated"}`. The engine
knows of no language: what it says carries its template, and that is looked up here.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from studio.engine.files import resources
from studio.engine.said import Said

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}


class _Current:
    code = "en"
    words: dict[str, str] = {}


def tr(text: str, **values: object) -> str:
    """`text` in the current language, with `{name}` places filled from `values`.

    What comes back knows what it was made from: :func:`said` says it again after a switch.
    """
    if values:
        return said(Said(text, **values))
    return Said.reading(_Current.words.get(text, text), text, values={})


def said(text: str) -> str:
    """What the engine or the window said, in the current language.

    Also a text from the disk of an earlier version, which is English, where nothing but words
    stands in it; any other text stays as it is.
    """
    if not isinstance(text, Said):
        return tr(text)
    found = _Current.words.get(text.template, text.template)
    held = {
        name: said(value) if isinstance(value, Said) else value
        for name, value in text.values.items()
    }
    return Said.reading(found.format(**held) if held else found, text.template, text.values)


def language() -> str:
    return _Current.code


def set_language(code: str) -> None:
    """Use the catalogue of `code`; an unknown code gives English.

    Windows that are open do not change by themselves: `Studio.set_language` tells them.
    """
    _Current.code = code if code in LANGUAGES else "en"
    _Current.words = catalogue(_Current.code)


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
    """The JSON files of one language, by name."""
    return sorted((resources() / "translations" / code).glob("*.json"))

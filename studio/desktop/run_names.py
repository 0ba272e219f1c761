"""What a run is called wherever it is shown, and when it was begun."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Mapping

from models.families import titles
from studio.desktop.i18n import tr

_OWN = re.compile(r"(\d{4}-\d\d-\d\d)-.+-(a\d+)")
"""The own name of a run."""


def family_name(family: str) -> str:
    """What a family is called; its own name where its folder does not say."""
    return tr(titles().get(family, family))


def run_name(name: str, family: str, title: str = "") -> str:
    """`2026-11-23-vae-64-a1` as `VAE 64`, `…-a2` as `VAE 64 a2`; a title goes before both."""
    if title:
        return title
    _, found, rest = name.partition(f"-{family}-")
    return f"{family_name(family)} {rest.removesuffix('-a1').replace('-', ' ')}" if found else name


def distinct(texts: Mapping[str, str]) -> dict[str, str]:
    """What stands for each run in a list, by its own name; no two alike: those that would be say
    the day and the number of their own names, `2026-11-23 a2`, or all of it."""
    alike = Counter(texts.values())
    found = {}
    for name, text in texts.items():
        if alike[text] > 1:
            parts = _OWN.fullmatch(name)
            text = f"{text} · {f'{parts[1]} {parts[2]}' if parts else name}"
        found[name] = text
    # Of different sizes or families on one day, under one title.
    alike = Counter(found.values())
    return {
        name: text if alike[text] == 1 else f"{texts[name]} · {name}"
        for name, text in found.items()
    }


def when(created: str) -> str:
    """An ISO moment as `today 14:02`, `yesterday` or a date."""
    try:
        moment = datetime.datetime.fromisoformat(created)
    except ValueError:
        return created
    now = datetime.datetime.now(moment.tzinfo)
    days = (now.date() - moment.date()).days
    if days == 0:
        return tr("today {time}", time=f"{moment:%H:%M}")
    if days == 1:
        return tr("yesterday")
    return f"{moment:%Y-%m-%d}"

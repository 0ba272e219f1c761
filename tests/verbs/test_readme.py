"""What README and guide say of the command line and of numbers is so."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path

import pytest

from tests.verbs.support import ROOT, call, done

PAGES = [ROOT / "README.md", *sorted((ROOT / "resources" / "guide").glob("*/*.md"))]


@cache
def told(*words: str) -> str:
    """What the help of a verb, or of an action of it, says; empty where there is none."""
    said = call(*words, "--help")
    return said.out if said.code == 0 else ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_has_its_verb_and_options(page: Path) -> None:
    text = page.read_text("utf-8")
    lines = re.findall(r"^    latent-studio (.*?)(?: +#.*)?$", text, re.MULTILINE)
    lines += re.findall(r"`latent-studio ([^`]+)`", text)
    for line in lines:
        verb, *words = shlex.split(line)
        if verb.startswith("-"):
            continue
        assert told(verb), line
        helps = told(verb) + (told(verb, words[0]) if words and words[0].isalpha() else "")
        options = {word.partition("=")[0] for word in words if re.match(r"--[a-z]", word)}
        assert not [option for option in options if option not in helps], line


def test_the_numbers_of_the_readme() -> None:
    text = " ".join((ROOT / "README.md").read_text("utf-8").split())
    (steps,) = re.findall(r"a stack of (\d+) kinds of steps", text)
    assert int(steps) == len(done("operations")["operations"])

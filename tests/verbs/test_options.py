"""Kinds of options: what is taken, and the sentence about what is not."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from studio.engine.errors import UsageError
from studio.verbs.options import Parser, folder, number, pair, size, whole, words


@pytest.mark.parametrize(
    ("text", "found"),
    [("64", (64, 64)), ("48x64", (48, 64)), ("48X64", (48, 64)), ("48×64", (48, 64))],
)
def test_sizes(text, found):
    assert size(text) == found


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        *((size, text) for text in ("", "x", "64x", "x64", "1x2x3", "-64", "6.4", "٦٤", "64 x 64")),
        *((pair, text) for text in ("", "lr", "=", "=1", "  =1")),
        *((whole(1, 9), text) for text in ("", "0", "10", "1.0", "one", "1e0")),
        *((number(0, 1), text) for text in ("", "-0.1", "1.1", "nan", "inf", "one")),
        *((folder, text) for text in ("", "a\0b")),
        *((words, text) for text in ("a\udcff", "\ud800")),
    ],
)
def test_what_is_not_taken(kind, text):
    with pytest.raises(argparse.ArgumentTypeError):
        kind(text)


def test_numbers_at_their_ends():
    assert (whole(1, 9)("1"), whole(1, 9)("9")) == (1, 9)
    assert (number(0, 1)("0"), number(0, 1)("1"), number(0, 1)("5e-1")) == (0.0, 1.0, 0.5)


def test_pairs_keep_what_follows_the_first_equals_sign():
    assert pair(" lr = 0.1 ") == ("lr", "0.1")
    assert pair("note=a=b") == ("note", "a=b")
    assert pair("note=") == ("note", "")


def test_folders_are_absolute_and_know_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    assert folder("a b") == tmp_path / "a b"
    assert folder("~") == tmp_path / "home"
    assert folder(str(tmp_path)) == Path(tmp_path)
    assert folder("~nobody is called so/a") == tmp_path / "~nobody is called so" / "a"


def test_the_parser_speaks_in_one_sentence():
    parser = Parser(prog="thing")
    parser.add_argument("--count", type=whole(1, 9))
    with pytest.raises(UsageError, match=r"^argument --count: 0 is not .* see `thing --help`\.$"):
        parser.parse_args(["--count", "0"])

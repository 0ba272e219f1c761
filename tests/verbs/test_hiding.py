"""`dataset hide` from the command line."""

from __future__ import annotations

import pytest

from tests.verbs.support import call, done, draw


@pytest.fixture
def project(tmp_path):
    (tmp_path / "in").mkdir()
    for number in range(3):
        draw(tmp_path / "in" / f"{number}.png", number)
    done("import", tmp_path / "project", tmp_path / "in", "--name", "set")
    return tmp_path / "project"


def test_hide_more_and_clear(project):
    facts = done("dataset", "hide", project, "--items", "0.png", "--box", "0,0,0.5,0.5")
    assert [len(each["regions"]) for each in facts["hidden"]] == [1]
    more = ("--polygon", "0.1,0.1,0.9,0.1,0.5,0.9", "--way", "fill")
    facts = done("dataset", "hide", project, "--items", "0.png", "1.png", *more)
    assert [len(each["regions"]) for each in facts["hidden"]] == [2, 1]
    assert facts["hidden"][1]["regions"][0]["way"] == "fill"
    assert "2 pictures with hidden parts" in call("dataset", "hide", project).out
    facts = done("dataset", "hide", project, "--items", "0.png", "1.png", "--clear")
    assert facts["hidden"] == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--items", "0.png"), 2, "--box"),
        (("--box", "0,0,1,1"), 2, "--items"),
        (("--items", "0.png", "--box", "0,0,1"), 2, "four numbers"),
        (("--items", "0.png", "--box", "a,b"), 2, "row of numbers"),
        (("--items", "0.png", "--polygon", "0,0,1"), 2, "pairs"),
        (("--items", "0.png", "--box", "0,0,1,1", "--way", "smear"), 2, "blur or fill"),
        (("--items", "no.png", "--clear"), 1, "no.png"),
        (("--items", "0.png", "--detect"), 1, "opencv-python-headless"),
    ],
)
def test_what_cannot_be_hidden_is_one_sentence(project, words, code, said):
    call("dataset", "hide", project, *words).refused(code, said)

"""`dataset hide` from the command line."""

from __future__ import annotations

import pytest
from PIL import Image

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


def test_copies_hide_the_same_and_say_so(project, tmp_path):
    (tmp_path / "in" / "copy.png").write_bytes((tmp_path / "in" / "0.png").read_bytes())
    done("import", project, tmp_path / "in", "--name", "set")
    said = call("dataset", "hide", project, "--items", "0.png", "--box", "0,0,0.5,0.5")
    assert "The same holds in identical copies: 1 picture." in said.out
    (tmp_path / "in" / "late.png").write_bytes((tmp_path / "in" / "0.png").read_bytes())
    facts = done("import", project, tmp_path / "in", "--name", "set")
    assert facts["findings"]["hidden_copy"] == 2
    facts = done("dataset", "hide", project)
    assert [each["file"].rsplit("/", 1)[1] for each in facts["hidden"]] == [
        "0.png", "copy.png", "late.png",
    ]  # fmt: skip
    facts = done("dataset", "hide", project, "--items", "late.png", "--clear")
    assert (facts["hidden"], len(facts["copies"]), len(facts["changed"])) == ([], 2, 3)


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
        (("--items", "0.png", "--detect"), 1, "extras install faces"),
    ],
)
def test_what_cannot_be_hidden_is_one_sentence(project, words, code, said):
    call("dataset", "hide", project, *words).refused(code, said)


@pytest.mark.parametrize("kind", ["jpg", "png", "webp"])
def test_where_a_picture_was_taken_never_leaves_it(tmp_path, kind):
    """Whatever is made of a picture that states its place, the place is not in it."""
    tags = Image.Exif()
    tags[0x010F] = "Maker of cameras"
    tags.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    source = tmp_path / f"photo.{kind}"
    Image.new("RGB", (64, 48), (90, 120, 40)).save(source, exif=tags)
    with Image.open(source) as stated:
        assert stated.getexif().get_ifd(0x8825)
    if kind == "jpg":
        about = done("inspect", source)["about"]
        assert (about["camera"], about["has_place"]) == ("Maker of cameras", True)
        assert "52" not in str(about)
    stack = tmp_path / "stack.toml"
    stack.write_text('[[steps]]\nop = "sharpen"\n', "utf-8")
    (file,) = done("refine", source, "--stack", stack, "--out", tmp_path / "out")["files"]
    with Image.open(file) as made:
        assert not made.getexif().get_ifd(0x8825)
        assert 0x8825 not in made.getexif()

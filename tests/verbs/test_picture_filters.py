"""`dataset list` and `dataset findings` of only those pictures that are asked for."""

from __future__ import annotations

import shutil

import pytest

from tests.verbs.support import call, done, draw


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Pictures 0 to 3 and a copy of 0 in `in`, 4 in `more`; each of the first says something."""
    folder = tmp_path_factory.mktemp("choosing")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("LATENT_STUDIO_HOME", str(folder / "home"))
        _make(folder / "project", folder)
    return folder


@pytest.fixture
def project(place):
    """The project; tests only read it."""
    return place / "project"


def _make(place, folder):
    for number in range(4):
        draw(folder / "in" / f"{number}.png", number)
    shutil.copy(folder / "in" / "0.png", folder / "in" / "copy.png")
    draw(folder / "more" / "4.png", 4)
    done("import", place, folder / "in", folder / "more", "--name", "set")
    done("dataset", "rights", place, "--source", folder / "in", "--author", "Ada",
         "--url", "https://www.a.example/doors")  # fmt: skip
    done("dataset", "rights", place, "--items", "1.png", "--licence", "CC0-1.0",
         "--consent", "Signed", "--no-training")  # fmt: skip
    done("dataset", "label", place, "--items", "2.png", "--set", "door")
    done("dataset", "caption", place, "--items", "3.png", "--set", "An Ochre façade")


def listed(project, *options):
    found = done("dataset", "list", project, *options)["pictures"]
    return sorted(each["file"].rpartition("/")[2].removesuffix(".png") for each in found)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--licence", "CC0-1.0"), "1"),
        (("--licence", ""), "0 2 3 4 copy"),
        (("--author", "Ada"), "0 1 2 3 copy"),
        (("--author", ""), "4"),
        (("--site", "a.example", "--consent", ""), "0 2 3 copy"),
        (("--site", "https://www.a.example/doors"), "0 1 2 3 copy"),
        (("--site", "www.a.example", "--no-training"), "1"),
        (("--consent", "Signed"), "1"),
        (("--no-training",), "1"),
        (("--label", "door"), "2"),
        (("--text", "OCHRE"), "3"),
        (("--kind", "duplicate"), "0 copy"),
        (("--kind", "no_training", "--author", "Ada"), "1"),
        (("--rating", "1"), ""),
        (("--dataset", "set", "--label", "gate"), ""),
    ],
)
def test_only_what_is_asked_for_is_listed(project, options, wanted):
    assert listed(project, *options) == wanted.split()


def test_a_source_and_what_holds_for_its_pictures(project, place):
    facts = done("dataset", "list", project, "--source", place / "more")
    assert (facts["found"], len(facts["pictures"])) == (6, 1)
    assert facts["filters"] == {"source": str(place / "more")}
    assert facts["pictures"][0]["holds"] == {}
    facts = done("dataset", "list", project, "--licence", "CC0-1.0")
    (picture,) = facts["pictures"]
    assert facts["filters"] == {"licence": "CC0-1.0"}
    assert picture["holds"] == {
        "licence": "CC0-1.0", "author": "Ada", "url": "https://www.a.example/doors",
        "consent": "Signed",
    }  # fmt: skip
    assert (picture["no_training"], picture["included"]) == (True, False)
    said = call("dataset", "list", project, "--licence", "CC0-1.0")
    assert said.out.endswith("1.png 40x36 no_training\n1 of 6 pictures\n")
    call("dataset", "list", project, "--source", place).refused(1, "no source of set")


def test_findings_of_only_these_pictures(project):
    every = done("dataset", "findings", project)
    facts = done("dataset", "findings", project, "--no-training")
    assert {each["file"].rpartition("/")[2] for each in facts["findings"]} == {"1.png"}
    assert facts["counts"] == every["counts"]  # of the whole dataset
    assert (facts["filters"], every["filters"]) == ({"no_training": True}, {})
    said = call("dataset", "findings", project, "--no-training", "--kind", "no_training").out
    assert said.startswith("set: no_training: 1\n")
    assert "duplicate" not in said
    said = call("dataset", "findings", project, "--label", "gate").out
    assert said == "set: nothing was found.\n"


def test_thousands_are_read_in_portions(project, monkeypatch):
    from studio.verbs import picture_filters

    monkeypatch.setattr(picture_filters, "_PORTION", 2)
    assert listed(project, "--author", "Ada") == ["0", "1", "2", "3", "copy"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--kind", "nonsense"), "nonsense"),
        (("--rating", "6"), "between 0 and 5"),
        (("--rating", "many"), "many"),
        (("--licence", "\udcff"), "UTF-8"),
        (("--licence",), "--licence"),
    ],
)
def test_what_is_wrong_is_one_sentence(project, options, words):
    call("dataset", "list", project, *options).refused(2, words)


def test_several_datasets_have_to_be_told_apart(place, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(place / "project", project)
    done("import", project, place / "more", "--name", "second")
    call("dataset", "list", project, "--author", "Ada").refused(2, "second")
    assert listed(project, "--dataset", "set", "--author", "Ada", "--label", "door") == ["2"]


def test_help_names_every_field_of_the_json(project):
    (picture, *_) = done("dataset", "list", project, "--dataset", "set")["pictures"]
    facts = done("dataset", "findings", project)
    for action, names in (("list", picture), ("findings", {**facts, **facts["findings"][0]})):
        said = call("dataset", action, "--help").out
        assert [name for name in names if name not in said] == []

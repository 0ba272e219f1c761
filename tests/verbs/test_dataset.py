"""`dataset`: what it lists, finds and puts right, and what it refuses."""

from __future__ import annotations

import shutil

import pytest
from PIL import Image

from tests.verbs.support import call, done, draw


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        draw(folder / f"{number}.png", number)
    shutil.copy(folder / "0.png", folder / "zcopy.png")
    Image.new("RGB", (90, 80), (40, 90, 40)).save(folder / "plain.png")
    place = tmp_path / "project"
    done("import", place, folder, "--name", "set")
    return place


def test_list_of_datasets_and_of_pictures(project, tmp_path):
    (facts,) = done("dataset", "list", project)["datasets"]
    assert (facts["name"], facts["found"], facts["included"]) == ("set", 5, 5)
    assert facts["sources"] == [{"path": str(tmp_path / "in"), "kind": "folder", "rights": {}}]
    pictures = done("dataset", "list", project, "--dataset", "set")["pictures"]
    assert len(pictures) == 5
    assert {"id", "file", "width", "height", "included", "findings"} <= pictures[0].keys()
    said = call("dataset", "list", project)
    assert said.out == "set: 5 of 5 pictures will train\n"


def test_findings_and_thresholds(project):
    facts = done("dataset", "findings", project)
    assert facts["counts"]["duplicate"] == 1
    assert {each["kind"] for each in facts["findings"]} == set(facts["counts"])
    only = done("dataset", "findings", project, "--kind", "duplicate")["findings"]
    assert [each["kind"] for each in only] == ["duplicate"]
    assert only[0]["sentence"].startswith("The same file, byte for byte, as ")
    facts = done("dataset", "findings", project, "--set", "tiny=500", "--set", "blurred=0")
    assert (facts["limits"]["tiny"], facts["counts"]["tiny"]) == (500, 5)
    assert done("dataset", "findings", project)["limits"] == facts["limits"]
    assert "set: tiny: 5" in call("dataset", "findings", project).out


def test_fix_and_undo(project):
    facts = done("dataset", "fix", project, "--kind", "duplicate")
    assert [each["file"].rpartition("/")[2] for each in facts["changed"]] == ["zcopy.png"]
    assert (facts["included"], facts["undone"]) == (4, False)
    facts = done("dataset", "fix", project, "--undo")
    assert (facts["included"], facts["undone"], facts["kind"]) == (5, True, "duplicate")
    said = call("dataset", "fix", project, "--kind", "flat")
    assert said.out.startswith("1 picture left out; 4 will train. No file was touched.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("findings", "--kind", "nonsense"), 2, "nonsense"),
        (("findings", "--set", "nonsense=1"), 2, "nonsense"),
        (("findings", "--set", "tiny=many"), 2, "tiny=many"),
        (("findings", "--set", "tiny=-4"), 2, "tiny"),
        (("findings", "--dataset", "gone"), 1, "set"),
        (("fix",), 2, "--kind"),
        (("fix", "--kind", "broken"), 2, "broken"),
        (("fix", "--kind", "flat", "--undo"), 2, "--undo"),
        (("fix", "--undo"), 1, "no fix to undo"),
    ],
)
def test_what_is_wrong_is_one_sentence(project, arguments, code, words):
    action, *rest = arguments
    call("dataset", action, project, *rest).refused(code, words)


def test_no_action_no_project_and_several_datasets(project, tmp_path):
    call("dataset").refused(2, "ACTION")
    call("dataset", "list", tmp_path / "nowhere").refused(1, "no project")
    done("import", project, tmp_path / "in", "--name", "second")
    call("dataset", "findings", project).refused(2, "second")


def test_split(project, tmp_path):
    assert done("dataset", "split", project)["held_out"] == 0
    for number in range(10, 30):
        draw(tmp_path / "in" / f"{number}.png", number)
    done("import", project, tmp_path / "in", "--name", "set")
    facts = done("dataset", "split", project, "--share", "0.2")
    assert (facts["train"], facts["held_out"], facts["settled"]) == (20, 5, True)
    assert len(facts["held_out_files"]) == 5
    assert done("dataset", "split", project) == facts
    call("dataset", "split", project, "--share", "0.9").refused(2, "0.5")


def test_card_and_rights(project, tmp_path):
    facts = done("dataset", "card", project, "--licence", "CC0-1.0", "--author", "Ada")
    assert facts["card"]["rights"]["licence"] == {"CC0-1.0": 5}
    facts = done("dataset", "card", project, "--source", tmp_path / "in", "--url", "https://a.b",
                 "--out", tmp_path / "card")  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "card").iterdir()) == [
        "dataset.json", "dataset.md"
    ]  # fmt: skip
    assert "https://a.b" in (tmp_path / "card" / "dataset.md").read_text("utf-8")
    assert call("dataset", "card", project).out.startswith("# set\n")
    call("dataset", "card", project, "--source", tmp_path, "--url", "u").refused(1, "no source")


def test_report(project, tmp_path):
    for name in ("report.html", "report.json"):
        facts = done("dataset", "findings", project, "--report", tmp_path / name)
        assert facts["report"] == str(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 500
    call("dataset", "findings", project, "--report", tmp_path / "r.txt").refused(2, ".html")


def test_labels_and_captions(project, tmp_path):
    facts = done("dataset", "label", project, "--items", "0.png", "1.png", "--set", "door")
    assert len(facts["changed"]) == 2
    facts = done("dataset", "label", project)
    assert [each["label"] for each in facts["pictures"]] == ["door", "door", "", "", ""]
    table = tmp_path / "captions.csv"
    table.write_text("file,caption\n0.png,A red door\nplain.png,green\n")
    facts = done("dataset", "caption", project, "--from", table)
    assert (facts["rows"], len(facts["changed"])) == (2, 2)
    done("dataset", "caption", project, "--replace", "red", "blue")
    done("dataset", "caption", project, "--items", "0.png", "--append", "at night")
    said = call("dataset", "caption", project, "--items", "0.png").out
    assert said.endswith("0.png: A blue door, at night\n")


def test_words_that_cannot_be_written(project, tmp_path):
    table = tmp_path / "wrong.csv"
    table.write_text("picture,words\n0.png,x\n")
    call("dataset", "caption", project, "--from", table).refused(1, "wrong.csv", "columns")
    table.write_text("file,caption\nnobody.png,x\n")
    call("dataset", "caption", project, "--from", table).refused(2, "None of the 1 captions")
    call("dataset", "caption", project, "--append", " ").refused(2, "added")
    call("dataset", "label", project, "--items", "gone.png", "--set", "x").refused(1, "gone.png")
    call("dataset", "label", project, "--set", "x", "--append", "y").refused(2, "not allowed")


def test_marks_against_training_and_the_training_size(project):
    done("dataset", "rights", project, "--items", "0.png", "--no-training")
    (facts,) = done("dataset", "list", project)["datasets"]
    assert (facts["included"], facts["findings"]["no_training"]) == (4, 1)
    done("dataset", "rights", project, "--items", "0.png", "--allow-training")
    (facts,) = done("dataset", "list", project)["datasets"]
    assert "no_training" not in facts["findings"]
    call("dataset", "rights", project, "--no-training").refused(2, "--items")
    (source,) = facts["sources"]
    said = done("dataset", "rights", project, "--source", source["path"], "--no-training")
    assert said["sources"][0]["rights"] == {"no_training": "by hand"}
    assert all(each["rights"] == {"no_training": "by source"} for each in said["pictures"])
    (facts,) = done("dataset", "list", project)["datasets"]
    assert (facts["included"], facts["findings"]["no_training"]) == (0, facts["usable"])
    done("dataset", "rights", project, "--source", source["path"], "--allow-training")
    call("dataset", "rights", project, "--source", "/none", "--no-training").refused(1, "no source")
    assert done("dataset", "crop", project, "--size", "48x32")["size"] == [48, 32]
    assert done("dataset", "crop", project)["size"] == [48, 32]
    call("dataset", "crop", project, "--size", "4").refused(2, "training size")


def test_previews_of_what_the_network_sees(project, tmp_path):
    place = tmp_path / "seen"
    asked = ("dataset", "crop", project, "--policy", "tiles", "--size", "32")
    files = done(*asked, "--items", "plain.png", "--preview", place)["previews"]
    assert len(files) > 1
    with Image.open(files[0]) as seen:
        assert seen.size == (32, 32)
    call(*asked, "--items", "plain.png", "--preview", place).refused(1, "is there already")
    call("dataset", "crop", project, "--items", "0.png").refused(2, "--box")
    before = done("dataset", "crop", project)
    call(
        "dataset", "crop", project, "--items", "0.png", "--box", "0,0,0.5,1", "--size", "1"
    ).refused(2, "training size")
    assert done("dataset", "crop", project) == before


def test_what_is_held_out_is_not_said_to_train(made_once, tmp_path):
    project = made_once / "project"
    assert call("dataset", "list", project).out == "set: 11 of 12 pictures will train, 1 held out\n"
    done("dataset", "findings", project, "--report", tmp_path / "report.html")
    assert "11 will train, 1 held out." in (tmp_path / "report.html").read_text("utf-8")

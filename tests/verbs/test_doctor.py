"""`doctor`: every check is told, and what is missing comes with what mends it."""

from __future__ import annotations

import pytest

from studio.engine import doctor
from studio.engine.doctor import Check
from studio.engine.project import Project, now
from tests.verbs.support import call, done


def test_this_machine_can_run_the_tests():
    facts = done("doctor")
    assert facts["ok"] is True
    checks = {each["name"]: each for each in facts["checks"]}
    assert {"python", "torch", "numpy", "pillow", "disk", "device cpu"} <= set(checks)
    assert all(each["mend"] for each in checks.values() if not each["ok"])


@pytest.mark.parametrize(("needed", "code", "mark"), [(True, 1, "missing"), (False, 0, "optional")])
def test_what_is_missing(needed, code, mark, monkeypatch):
    checks = [
        Check("good", True, True, "here"),
        Check("thing", False, needed, "not installed", "latent-studio extras install thing"),
    ]
    monkeypatch.setattr(doctor, "examine", lambda: checks)
    said = call("doctor")
    assert (said.code, said.err) == (code, "")
    assert said.out == (
        f"ok        good: here\n{mark:<9} thing: not installed\n"
        "          latent-studio extras install thing\n"
    )
    facts = call("doctor", "--json").facts
    assert facts["ok"] is not needed
    assert [each["ok"] for each in facts["checks"]] == [True, False]


def test_runs_and_pieces_that_do_not_fit_the_index_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "examine", lambda: [])
    folder = tmp_path / "project"
    with Project.open(folder, create=True) as project:
        project.write(
            "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, review, file) "
            "VALUES ('lost', ?, 'gone-a1', '', '{}', 'new', 'lost.png')",
            (now(),),
        )
    assert "0 of 1 there; 1 gone from the folder: lost.png" in call("doctor", str(folder)).out
    (folder / "runs" / "killed-a1").mkdir()
    (folder / "pieces" / "stray.png").write_bytes(b"1")
    (folder / "pieces" / ".hidden").write_bytes(b"1")
    said = {each["name"]: each for each in done("doctor", str(folder))["checks"]}
    assert said["runs"]["found"] == "0 of 0 there; 1 unknown to the index: killed-a1"
    assert said["pieces"]["found"] == (
        "0 of 1 there; 1 unknown to the index: stray.png; 1 gone from the folder: lost.png"
    )
    assert str(folder / "pieces") in said["pieces"]["mend"]
    assert (folder / "pieces" / "stray.png").exists()


def test_a_folder_that_is_no_project_is_refused(tmp_path):
    call("doctor", str(tmp_path)).refused(1, "project")

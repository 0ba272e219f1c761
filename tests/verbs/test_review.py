"""`review`: decisions about pieces with their reasons, many at once, and the table of all."""

from __future__ import annotations

import csv

from tests.verbs.support import call, done


def test_decisions_are_remembered_with_reason_and_name(project):
    first = done("review", project, "piece-001", "--reject", "--reason", "crooked", "--by", "Ada")
    assert first["changed"] == 1
    again = done("review", project, "piece-001", "--approve", "--by", "Grace")
    (piece,) = again["pieces"]
    assert piece["review"] == "approved"
    said = [(each["review"], each["reason"], each["who"]) for each in piece["verdicts"]]
    assert said == [("rejected", "crooked", "Ada"), ("approved", "", "Grace")]
    assert done("review", project, "piece-001", "--approve")["changed"] == 0  # nothing new


def test_all_of_a_state_are_decided_at_once(project):
    for name in ("piece-001", "piece-002"):
        done("review", project, name, "--reset")
    assert done("review", project, "--state", "new", "--reject")["changed"] == 2
    found = done("review", project)["pieces"]
    assert {each["review"] for each in found} == {"rejected"}
    assert done("review", project, "--state", "new")["pieces"] == []


def test_the_ledger_has_exports_and_decisions(project, tmp_path):
    done("review", project, "piece-001", "--approve", "--reason", "=1+1, good")
    done("export", project, "piece-001", "--out", tmp_path / "files", "--no-credentials")
    done("review", project, "--ledger", tmp_path / "ledger.csv")
    with (tmp_path / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    decided = next(row for row in rows if row["what"] == "review")
    assert decided["reason"] == "'=1+1, good"  # no formula in anybody's spreadsheet
    exported = next(row for row in rows if row["what"] == "export")
    assert (exported["piece"], exported["format"]) == ("piece-001", "png")
    assert exported["file"].endswith("piece-001.png")


def test_what_is_refused_changes_nothing(project):
    before = done("review", project)["pieces"]
    call("review", project, "--approve").refused(2, "which pieces")
    call("review", project, "piece-001", "--reason", "why").refused(2, "decision")
    call("review", project, "piece-009", "--approve").refused(1, "piece-009")
    call("review", project, "piece-001", "--reject", "--reason", "x" * 501).refused(2, "500")
    assert done("review", project)["pieces"] == before

"""`map`: a table of places, which a spreadsheet takes as it is meant."""

from __future__ import annotations

import csv

import pytest

from studio.engine.table import write_table
from tests.verbs.support import call, done


def test_pictures_and_seeds_have_places_and_names(project, run, out) -> None:
    table = out / "map.csv"
    said = done("map", project, "--run", run, "--count", 5, "--seed", 40, "--out", table)
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    pictures = [row for row in rows if row["kind"] == "picture"]
    seeds = [row["name"] for row in rows if row["kind"] == "seed"]
    assert (said["pictures"], said["seeds"]) == (len(pictures), 5)
    assert seeds == ["40", "41", "42", "43", "44"]
    assert all(row["name"].endswith(".png") for row in pictures)
    places = {(row["x"], row["y"]) for row in rows}
    assert len(places) > len(rows) // 2
    assert all(-1 <= float(each) <= 1 for place in places for each in place)
    before = table.read_bytes()
    done("map", project, "--run", run, "--count", 5, "--seed", 40, "--out", table)
    assert table.read_bytes() == before


def test_a_name_is_no_formula(tmp_path) -> None:
    table = tmp_path / "names.csv"
    write_table(table, ("name", "x"), [("=1+1", -0.5), ("@here.png", 0.25), ("猫,1", 1)])
    with table.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            ["name", "x"], ["'=1+1", "-0.5"], ["'@here.png", "0.25"], ["猫,1", "1"],
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--out", "map.png"), 2, "ends in .csv"),
        (("--out", "map.csv", "--count", "0"), 2, "--count"),
        (("--out", "map.csv", "--run", "nobody"), 1, "nobody"),
    ],
)
def test_what_is_refused(options, code, words, project, run, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    call("map", project, "--run", run, *options).refused(code, words)
    assert not list(tmp_path.glob("map.*"))

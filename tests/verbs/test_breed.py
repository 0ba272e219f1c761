"""`breed`: children of seeds, pieces and children; and nothing on the disk when it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verbs.support import call, done, tree


def test_generations_follow_each_other(project, run, out) -> None:
    said = done(
        "breed", project, "--run", run, "--parent", 3, "--parent", "piece-001", "--count", 3,
        "--seed", 5, "--out", out,
    )  # fmt: skip
    assert [Path(file).name for file in said["files"]] == [
        f"{run}-child-5-{number}.png" for number in (1, 2, 3)
    ]
    assert (said["parents"], said["pieces"]) == (["3", "piece-001"], [])
    first, second = said["files"][:2]
    child = said["children"][0]
    assert (child["file"], child["mutation"], child["number"]) == (first, 0.2, 1)
    assert sorted(child["parents"]) == ["Seed 3", "piece-001"]
    assert len(child["crossover"]) == 2
    assert 0 < child["share"] < 1
    again = done(
        "breed", project, "--run", run, "--parent", first, "--parent", second, "--count", 1,
        "--keep", "--out", out / "next",
    )  # fmt: skip
    assert again["pieces"] == ["piece-003"]
    latent = done("inspect", again["files"][0])["provenance"]["recipe"]["latent"]
    assert latent["beginning"]["kind"] == "point"
    assert {each["name"] for each in latent["descent"]["parents"]} == {
        Path(first).name, Path(second).name
    }  # fmt: skip
    kept = done("inspect", project)["pieces"][-1]
    assert kept["bred"].startswith("Child of ")
    assert Path(second).name in kept["bred"]
    lines = call("inspect", again["files"][0]).out
    assert f"bred: {kept['bred'].removeprefix('Child of ')}, mutation 0.20" in lines


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ([], 2, "--parent"),
        (["--parent", "3", "--count", "0"], 2, "--count: 0"),
        (["--parent", "3", "--strength", "2"], 2, "--strength: 2"),
        (["--parent", "nobody"], 1, "nobody"),
        ([each for seed in range(17) for each in ("--parent", str(seed))], 2, "17 parents"),
    ],
)
def test_what_is_refused(options, code, words, project, run, out) -> None:
    before = tree(project)
    call("breed", project, "--run", run, "--out", out, *options).refused(code, words)
    assert not out.exists()
    assert tree(project) == before

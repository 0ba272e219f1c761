"""`generate` with parts drawn anew, chance that is set, and a prompt."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from studio.engine.pieces import pieces
from studio.engine.project import Project
from tests.verbs.support import call, done, one_thread

SMALL = ("top_width=8", "width=8", "prior_width=32", "prior_depth=1", "batch_size=4")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A project with a run that knows words."""
    place = tmp_path_factory.mktemp("parts")
    chance = np.random.default_rng(3)
    (place / "pictures").mkdir()
    for number in range(8):
        pixels = chance.integers(0, 255, (24, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(place / "pictures" / f"{number}.png")
        (place / "pictures" / f"{number}.txt").write_text("a red heart", "utf-8")
    project = place / "Project"
    done("import", project, place / "pictures", "--name", "Set")
    sizes = [part for each in SMALL for part in ("--set", each)]
    asked = ("--family", "text2image", "--size", 16, "--images", 16, "--device", "cpu")
    with one_thread():
        return project, done("train", project, "--dataset", "Set", *asked, *sizes)["run"]


def pixels_of(file: str) -> np.ndarray:
    with Image.open(file) as opened:
        return np.asarray(opened).astype(int)


def test_a_part_and_a_prompt_are_kept_and_made_again(
    trained: tuple[Path, str], tmp_path: Path
) -> None:
    project, run = trained
    base = ("generate", project, "--run", run, "--device", "cpu", "--count", 1)
    mask = np.zeros((16, 16), np.uint8)
    mask[12:, 12:] = 255
    Image.fromarray(mask).save(tmp_path / "mask.png")
    words = ("--seed", 3, "--prompt", "red heart", "--sampling", "temperature=0.7,steps=3")
    parts = ("--repair", "9@0,0,4,4", "--repair", f"2@{tmp_path / 'mask.png'}")
    mixed = ("--mix", "4@4,4,8,8")
    plain = done(*base, *words, "--out", tmp_path / "plain")["files"][0]
    made = done(*base, *words, *parts, *mixed, "--keep", "--out", tmp_path / "made")
    assert not np.array_equal(pixels_of(plain), pixels_of(made["files"][0]))
    with Project.open(project) as opened:
        (piece,) = pieces.pieces(opened)
    (near,) = made["nearest"].values()
    assert set(near) == {"name", "too_close"}
    assert near["name"].endswith(".png")
    moves = {move.control: move for move in piece.recipe.moves}
    assert set(moves) == {("mix", 0), ("repair", 0), ("repair", 1)}
    said = json.loads(piece.recipe.model_dump_json(exclude_none=True))["beginning"]["sampling"]
    assert said == {"prompt": "red heart", "temperature": 0.7, "steps": 3}
    again = done(*base, "--recipe", made["files"][0], "--out", tmp_path / "again")["files"][0]
    assert np.array_equal(pixels_of(again), pixels_of(made["files"][0]))
    assert b"red heart" in Path(made["files"][0]).read_bytes()


def test_a_film_leads_from_one_prompt_to_another(trained: tuple[Path, str], tmp_path: Path) -> None:
    project, run = trained
    shown, told = [], []
    for place, prompt in enumerate(("red", "heart")):
        said = f'sampling = {{prompt = "{prompt}", guidance = 3.0}}'
        told.append(f"[[keys]]\ntime = {0.8 * place}\n")
        told.append(f'recipe.beginning = {{kind = "seeded", seed = 3, {said}}}\n')
        words = ("--seed", 3, "--prompt", prompt, "--sampling", "guidance=3")
        out = tmp_path / str(place)
        made = done("generate", project, "--run", run, "--count", 1, *words, "--out", out)
        shown.append(pixels_of(made["files"][0]).astype(int))
    keys = tmp_path / "keys.toml"
    keys.write_text("version = 1\nseconds = 1.0\n" + "".join(told))
    done("walk", project, "--run", run, "--keys", keys, "--fps", 5, "--out", tmp_path / "w.png")
    frames = [pixels_of(tmp_path / f"w.{n:04}.png").astype(int) for n in range(1, 6)]
    assert np.array_equal(frames[0], shown[0])
    assert np.array_equal(frames[-1], shown[1])
    assert not np.array_equal(*shown)
    away = [np.abs(frame - shown[0]).mean() for frame in frames]
    assert 0 < away[1] < away[-1], "on the way it is neither"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--prompt", "green dragon"), "never read green, dragon"),
        (("--sampling", "warmth=1"), "no parameter warmth"),
        (("--sampling", "temperature"), "KEY=VALUE"),
        (("--sampling", "temperature=9"), "temperature=9"),
        (("--repair", "1@16,16,20,20"), "No part of the picture"),
        (("--repair", "0,0,4,4"), "SEED@PART"),
        (("--psi", "0.5"), "knows no truncation"),
    ],
)
def test_what_is_not_possible_is_one_sentence(
    options: tuple[str, ...], words: str, trained: tuple[Path, str], tmp_path: Path
) -> None:
    project, run = trained
    out = tmp_path / "out"
    said = call("generate", project, "--run", run, "--device", "cpu", *options, "--out", out)
    said.refused(2, words)
    assert not out.exists()

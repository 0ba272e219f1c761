"""Every text that a project, a run or an artist's own folder holds: cut, bent, made absurd.

Whatever is in it, its reader gives what it could read, or one sentence; never another error.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from studio.engine import settings
from studio.engine.dataset.intake import captions, received
from studio.engine.dataset.papers.dataset_card import JSON_NAME
from studio.engine.errors import StudioError
from studio.engine.events import Metrics, from_line, to_line
from studio.engine.export import training_licences
from studio.engine.generation.film.timeline import read_keys
from studio.engine.generation.recipe_file import read_recipe
from studio.engine.project import Project
from studio.engine.refinement import presets
from studio.engine.refinement.enlarger import card
from studio.engine.refinement.stack import Stack
from studio.engine.training.record import checkpoint, statistics
from studio.engine.training.record.recipe import Recipe

RECIPE = Recipe(
    run="r", dataset="d", dataset_id=1, family="vae", channels=3, height=8, width=8,
    config={"latent_dim": 8}, total_images=24, prepared="p", fingerprint="f", created="now",
)  # fmt: skip
CARD = {
    "format": 1, "run": "r", "dataset": "d", "scale": 2, "width": 8, "blocks": 2,
    "mends": "samples", "checkpoint_sha256": "0", "pictures": 4, "steps": 8, "seconds": 1.5,
    "psnr": 20.0, "psnr_lanczos": 19.0, "has_sharp": True, "detail": 0.5,
}  # fmt: skip
KEYS = "version = 1\nseconds = 2.0\n[[keys]]\ntime = 0.0\nrecipe = { seed = 4 }\n"
STEP = '{"op": "levels", "params": {"gamma": 1.1}}'


@dataclass(frozen=True)
class Text:
    """A file by its name in a folder, what is in it while it is whole, and who reads it."""

    name: str
    whole: str
    read: Callable[[Path], object]


def _settings(path: Path) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LATENT_STUDIO_HOME", str(path.parent))
        return settings.load()


def _kept_stack(path: Path) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presets, "folder", lambda: path.parent)
        return presets.load(path.stem)


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace").replace("\n", " ")


def _table(path: Path) -> object:
    try:
        return captions.CaptionTable(path.read_bytes(), path.name)
    except captions.CaptionError as error:
        raise StudioError(error.said) from error


def _checkpoint(path: Path) -> object:
    run = path.parents[2]
    checkpoint.keep_last(run)
    return [checkpoint.saves(run), checkpoint.load_best(run), checkpoint.verify(path.parent)]


def _diary(path: Path) -> object:
    statistics.Diary(path.parent, 100).close()
    return list(statistics.read(path.parent))


class _Runs:
    """As much of a project as the licences of a run ask for."""

    def __init__(self, folder: Path) -> None:
        self.runs = folder


def _licences(path: Path) -> object:
    return training_licences.licences_of(_Runs(path.parents[1]), path.parent.name)  # type: ignore[arg-type]


TEXTS = [
    Text("settings.toml", 'language = "zh_CN"\nthumbnail_size = 90\n[shortcuts]\nundo = "Ctrl+Z"\n',
         _settings),
    Text("recipe.toml", "", lambda path: Recipe.load(path.parent)),
    Text("checkpoints/000001/state.json", "", _checkpoint),
    Text("stats.jsonl", "\n".join(to_line(Metrics(n, {"loss": 1 / n})) for n in (4, 8)), _diary),
    Text("line", to_line(Metrics(4, {"loss": 0.5})), lambda path: from_line(_text(path))),
    Text("stack.toml", 'version = 1\n[[steps]]\nop = "levels"\n', _kept_stack),
    Text("stack.json", f"[{STEP}]", lambda path: Stack.from_json(_text(path))),
    Text("keys.toml", KEYS, read_keys),
    Text("recipe.json", '{"beginning": {"kind": "seeded", "seed": 4}, "moves": []}', read_recipe),
    Text("taken.toml", '[beginning]\nkind = "seeded"\nseed = 4\n', read_recipe),
    Text("card.json", json.dumps(CARD), card.read),
    Text("origins.json", '{"a.png": {"url": "https://a.example", "received": "now"}}',
         lambda path: received.origins(path.parent)),
    Text(f"run/{JSON_NAME}", '{"rights": {"licence": {"CC0": 3, "CC-BY": 2}}}', _licences),
    Text("table.csv", "file,caption\na.png,a red vase\n", _table),
    Text("table.jsonl", '{"file_name": "a.png", "text": "a red vase"}\n', _table),
]  # fmt: skip


def whole(text: Text, folder: Path) -> Path:
    """The file as the program writes it."""
    path = folder / text.name
    if text.read is _checkpoint:
        import torch

        state = checkpoint.State(family="vae", images_seen=4, score=1.0, seconds=2.0)
        checkpoint.save(folder, {"a": torch.ones(1)}, {}, state)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    if text.whole:
        path.write_text(text.whole, "utf-8")
    else:
        RECIPE.save(folder)
    return path


def damaged(data: bytes) -> Iterator[bytes]:
    """Cut at every byte (of a long one at eighty), bent, and absurd."""
    step = max(1, len(data) // 80)
    yield from (data[:end] for end in range(0, len(data), step))
    chance = random.Random(16)
    for _ in range(60):
        bent = bytearray(data)
        for _ in range(chance.randint(1, 3)):
            bent[chance.randrange(len(bent))] = chance.choice(b'\0"{}[],:=.-019eE\n\xff\xc3 ')
        yield bytes(bent)
    text = data.decode()
    for odd in ("1e999", "-1", "NaN", "9" * 400, "null", "[]", '{"a": []}', '"\\ud800"', "true"):
        for number in dict.fromkeys(
            each for each in text.replace('"', " ").split() if each[:1].isalnum()
        ):
            yield text.replace(number.rstrip(",]}"), odd, 1).encode()
    yield from (
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"a=" + b"[" * 100_000,
        b"\0" * 4096,
        b"\xff\xfe",
    )
    yield data.decode().encode("utf-16")


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)
def test_a_damaged_text_is_what_can_be_read_or_one_sentence(text: Text, tmp_path: Path) -> None:
    path = whole(text, tmp_path)
    text.read(path)
    good = path.read_bytes()
    refused = 0
    for content in damaged(good):
        path.write_bytes(content)
        try:
            text.read(path)
        except StudioError as error:
            refused += 1
            said = str(error)
            assert "\n" not in said, content[:80]
            assert len(said) < 2000, content[:80]
        except Exception as error:
            raise AssertionError(
                f"{type(error).__name__}: {error} for {content[:200]!r}"
            ) from error
    assert refused or text.name not in ("recipe.toml", "keys.toml", "recipe.json")


@pytest.mark.parametrize(
    "value", ["[" * 50_000, '{"seed": 1e999}', '{"version": 1e999}', "[1e999]"]
)
@pytest.mark.parametrize("column", ["recipe", "stack", "rights"])
def test_a_piece_of_absurd_words_costs_itself(tmp_path: Path, column: str, value: str) -> None:
    from studio.engine.pieces import pieces

    with Project.open(tmp_path, create=True) as project:
        words = {"recipe": '{"seed": 4}', "stack": "[]", "rights": "{}", column: value}
        project.write(
            "INSERT INTO piece (name, created, run_name, checkpoint_sha256, recipe, stack, rights,"
            " file) VALUES ('p', 'now', 'r', 'x', ?, ?, ?, 'p.png')", tuple(words.values()),
        )  # fmt: skip
        for each in pieces.pieces(project):
            assert each.name == "p"
        assert all("\n" not in sentence for sentence in project.unreadable)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("bytes.toml", b"\xff\xfe\x00", "it is not a text file"),
        ("deep.json", b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_why_a_text_cannot_be_read_is_said_in_plain_words(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(StudioError, match=f"{name}: {words}"):
        read_recipe(path)

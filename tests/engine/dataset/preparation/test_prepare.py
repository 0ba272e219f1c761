"""The prepared cache."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.index import store
from studio.engine.dataset.preparation import prepare as module
from studio.engine.dataset.preparation.prepare import PreparationCancelled, Prepared, prepare
from studio.engine.dataset.preparation.split import held_out_rows
from studio.engine.errors import StudioError, UsageError


@pytest.fixture
def dataset(draw, take_in, tmp_path):
    for number in range(12):
        draw(tmp_path / "in" / f"{number:02}.png", number, (60 + number, 40))
    return take_in(tmp_path / "in").dataset


def only(project, take_in, path, size, **options):
    """The one prepared picture of a file."""
    dataset = take_in(path, name=path.name).dataset
    return prepare(project, dataset.id, size, **options).images[0]


def test_pictures_become_one_memory_map(project, dataset):
    seen = []
    prepared = prepare(project, dataset.id, (32, 24), progress=lambda *at: seen.append(at))
    assert prepared.images.shape == (12, 24, 32, 3)
    assert prepared.images.dtype == np.uint8
    assert isinstance(prepared.images, np.memmap)
    assert not prepared.images.flags.writeable
    assert (len(prepared), prepared.width, prepared.height, prepared.channels) == (12, 32, 24, 3)
    assert prepared.item_ids == [item.id for item in store.items(project, dataset.id)]
    assert len(prepared.held_out) == 1
    assert sorted([*prepared.train, *prepared.held_out]) == list(range(12))
    assert max(seen) == (12, 12)
    assert prepared.folder.parent == project.cache / "prepared"
    assert {path.name for path in prepared.folder.parent.iterdir()} == {prepared.folder.name}


def test_the_same_choice_gives_the_same_bytes_and_is_not_made_twice(project, dataset, monkeypatch):
    first = prepare(project, dataset.id, (32, 32))
    content = (first.folder / "images.npy").read_bytes()
    meta = (first.folder / "meta.json").read_bytes()
    monkeypatch.setattr(module, "_make", None)
    assert prepare(project, dataset.id, (32, 32)).fingerprint == first.fingerprint
    monkeypatch.undo()
    shutil.rmtree(first.folder)
    second = prepare(project, dataset.id, (32, 32))
    assert second.folder == first.folder
    assert (second.folder / "images.npy").read_bytes() == content
    assert (second.folder / "meta.json").read_bytes() == meta


def test_another_choice_is_another_folder(project, dataset):
    folders = {prepare(project, dataset.id, (32, 32)).folder}
    folders.add(prepare(project, dataset.id, (32, 32), "pad").folder)
    folders.add(prepare(project, dataset.id, (16, 32)).folder)
    folders.add(prepare(project, dataset.id, (32, 32), channels=1).folder)
    items = store.items(project, dataset.id)
    store.set_included(project, [items[3].id], False)
    fewer = prepare(project, dataset.id, (32, 32))
    folders.add(fewer.folder)
    assert len(folders) == 5
    assert items[3].id not in fewer.item_ids
    assert len(fewer) == 11


def test_changed_content_is_another_folder(project, dataset, draw, take_in, tmp_path):
    before = prepare(project, dataset.id, (32, 32))
    draw(tmp_path / "in" / "03.png", 99, (80, 40))
    take_in(tmp_path / "in")
    after = prepare(project, dataset.id, (32, 32))
    assert after.item_ids == before.item_ids
    assert after.folder != before.folder
    assert after.fingerprint != before.fingerprint


def test_crops(project, take_in, tmp_path):
    values = np.zeros((20, 60, 3), np.uint8)
    values[:, :20], values[:, 20:40], values[:, 40:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    Image.fromarray(values).save(tmp_path / "a.png")
    centre = only(project, take_in, tmp_path / "a.png", (16, 16))
    assert (centre[4:12, 4:12] == (0, 255, 0)).all()
    padded = only(project, take_in, tmp_path / "a.png", (48, 48), crop="pad")
    assert (padded[:16] == 0).all()
    assert (padded[32:] == 0).all()
    assert padded[24, 4].tolist() == [255, 0, 0]
    assert padded[24, 44].tolist() == [0, 0, 255]
    stretched = only(project, take_in, tmp_path / "a.png", (48, 48), crop="stretch")
    assert stretched[2, 4].tolist() == [255, 0, 0]
    assert stretched[45, 44].tolist() == [0, 0, 255]


def test_channels_are_chosen_by_what_the_pictures_hold(project, draw, take_in, tmp_path):
    Image.effect_noise((40, 40), 90).save(tmp_path / "grey.png")
    opaque = Image.effect_noise((40, 40), 90).convert("RGBA")
    opaque.save(tmp_path / "opaque.png")
    clear = opaque.copy()
    clear.putalpha(Image.linear_gradient("L").resize((40, 40)))
    clear.save(tmp_path / "clear.png")
    draw(tmp_path / "colour.jpg", 1)
    shapes = [
        only(project, take_in, tmp_path / name, (16, 16)).shape[2]
        for name in ("grey.png", "opaque.png", "clear.png", "colour.jpg")
    ]
    assert shapes == [1, 3, 4, 3]
    mixed = take_in(*(tmp_path / n for n in ("grey.png", "clear.png", "colour.jpg")), name="m")
    assert prepare(project, mixed.dataset.id, (16, 16)).channels == 4
    assert prepare(project, mixed.dataset.id, (16, 16), channels=3).channels == 3
    assert prepare(project, mixed.dataset.id, (16, 16), channels=1).channels == 1


def test_hidden_colour_does_not_leak(project, take_in, tmp_path):
    values = np.zeros((64, 64, 4), np.uint8)
    values[...] = (255, 0, 255, 0)
    values[:, 32:] = (0, 200, 0, 255)
    Image.fromarray(values).save(tmp_path / "a.png")
    same = only(project, take_in, tmp_path / "a.png", (64, 64))  # no resampling on the way
    assert (same[:, :32] == 0).all()
    assert (same[:, 32:] == (0, 200, 0, 255)).all()
    small = only(project, take_in, tmp_path / "a.png", (15, 15), crop="stretch")
    assert (small[small[..., 3] == 0] == 0).all()
    assert (small[small[..., 3] > 8][:, 0] < 8).all()
    flattened = only(project, take_in, tmp_path / "a.png", (16, 16), channels=3)
    assert flattened[8, 2].tolist() == [255, 255, 255]
    padded = only(project, take_in, tmp_path / "a.png", (16, 32), crop="pad")
    assert (padded[:8] == 0).all()


def test_labels_and_captions_travel(project, draw, take_in, tmp_path):
    for number in range(4):
        draw(tmp_path / "in" / "ba"[number % 2] / f"{number}.png", number)
        (tmp_path / "in" / "ba"[number % 2] / f"{number}.txt").write_text(f"no {number}")
    prepared = prepare(project, take_in(tmp_path / "in").dataset.id, (16, 16))
    assert prepared.classes == ["a", "b"]
    assert prepared.labels.tolist() == [0, 0, 1, 1]
    assert prepared.captions == ["no 1", "no 3", "no 0", "no 2"]
    assert prepared.held_out.tolist() == []


def test_without_a_picture_there_is_one_sentence(project, dataset):
    everything = [item.id for item in store.items(project, dataset.id)]
    store.set_included(project, everything, False)
    with pytest.raises(StudioError, match="no picture to train on"):
        prepare(project, dataset.id, (16, 16))
    assert not (project.folder / "cache" / "prepared").exists()


def test_a_picture_that_went_is_named_and_nothing_stays(project, dataset, tmp_path):
    (tmp_path / "in" / "05.png").unlink()
    with pytest.raises(StudioError, match=r"One picture can no longer be read.*05\.png"):
        prepare(project, dataset.id, (16, 16))
    assert list((project.cache / "prepared").iterdir()) == []


def test_preparing_can_be_stopped(project, dataset):
    asked = []

    def cancelled():
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(PreparationCancelled):
        prepare(project, dataset.id, (16, 16), cancelled=cancelled)
    assert list((project.cache / "prepared").iterdir()) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [({"crop": "round"}, "no crop"), ({"channels": 2}, "2 channels"), ({"size": (0, 8)}, "0 × 8")],
)
def test_wrong_settings_are_refused(project, dataset, options, words):
    with pytest.raises(UsageError, match=words):
        prepare(project, dataset.id, **{"size": (16, 16)} | options)


def test_a_damaged_cache_is_made_again(project, dataset):
    first = prepare(project, dataset.id, (16, 16))
    target = first.folder / "images.npy"
    whole = target.read_bytes()
    fingerprint = first.fingerprint
    del first
    target.write_bytes(whole[:-100])
    again = prepare(project, dataset.id, (16, 16))
    assert again.fingerprint == fingerprint
    assert target.read_bytes() == whole
    (again.folder / "meta.json").write_text("{")
    with pytest.raises(StudioError, match="gone or damaged"):
        Prepared.load(again.folder)
    with pytest.raises(StudioError, match="gone or damaged"):
        Prepared.load(project.cache / "nowhere")


@pytest.mark.parametrize(
    ("total", "kept"),
    [(0, 0), (9, 0), (10, 1), (12, 1), (100, 10), (500, 50), (800, 50), (2000, 100)],
)
def test_how_many_are_held_out(total, kept):
    assert len(held_out_rows([f"{n:064x}" for n in range(total)])) == kept


def test_held_out_is_stable_and_keeps_copies_together():
    names = [f"{n:064x}" for n in range(200)]
    before = {names[row] for row in held_out_rows(names)}
    more = [f"{n:064x}" for n in range(1000, 1020)] + names
    after = {more[row] for row in held_out_rows(more)}
    assert len(before - after) <= 3
    doubled = names * 2
    rows = held_out_rows(doubled)
    assert {row % 200 for row in rows if row < 200} == {row % 200 for row in rows if row >= 200}
    assert len(held_out_rows(["same"] * 20)) == 2


def test_meta_is_plain_json(project, dataset):
    prepared = prepare(project, dataset.id, (16, 16))
    meta = json.loads((prepared.folder / "meta.json").read_text("utf-8"))
    assert meta["shape"] == [12, 16, 16, 3]

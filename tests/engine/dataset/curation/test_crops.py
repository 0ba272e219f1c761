"""Crops by hand, patches, previews: what of every picture is prepared."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.curation import crops
from studio.engine.dataset.index import store
from studio.engine.dataset.preparation import policy, prepare, prepared_pixels
from studio.engine.dataset.preparation.policy import Policy, parse
from studio.engine.errors import StudioError, UsageError


@pytest.fixture
def dataset(draw, take_in, tmp_path):
    for number in range(12):
        draw(tmp_path / "in" / f"{number:02}.png", number, (100, 64 + 3 * number))
    return take_in(tmp_path / "in").dataset


def test_crops_are_kept_and_given_back(project, dataset):
    items = store.items(project, dataset.id)
    part = (0.1, 0.2, 0.9, 0.8)
    before = crops.set_crops(project, {items[0].id: part, items[1].id: None})
    assert before == {items[0].id: None}
    after = store.items(project, dataset.id)
    assert [item.crop for item in after[:2]] == [part, None]
    assert crops.set_crops(project, before) == {items[0].id: part}
    assert store.items(project, dataset.id) == items


@pytest.mark.parametrize(
    "wrong",
    [(0.5, 0, 0.4, 1), (0, 0, 1.1, 1), (-0.1, 0, 1, 1), (0, 0, 0.001, 1), (0, 0, float("nan"), 1),
     (0, 0, 1)],
)  # fmt: skip
def test_what_is_no_part_of_a_picture_is_refused(project, dataset, wrong):
    items = store.items(project, dataset.id)
    with pytest.raises(UsageError, match="crop"):
        crops.set_crops(project, {items[0].id: (0, 0, 1, 1), items[1].id: wrong})
    assert store.items(project, dataset.id) == items


def test_a_crop_changes_what_is_prepared_and_survives_an_import(
    project, dataset, draw, take_in, tmp_path
):
    plain = prepare.prepare(project, dataset.id, (16, 16))
    item = store.items(project, dataset.id)[3]
    crops.set_crops(project, {item.id: (0.0, 0.0, 0.5, 0.5)})
    cropped = prepare.prepare(project, dataset.id, (16, 16))
    assert cropped.folder != plain.folder
    changed = [row for row in range(12) if (cropped.images[row] != plain.images[row]).any()]
    assert changed == [3]
    draw(tmp_path / "in" / "03.png", 77, (90, 90))
    take_in(tmp_path / "in")
    assert store.items(project, dataset.id)[3].crop == (0.0, 0.0, 0.5, 0.5)


def test_a_run_from_before_the_crop_gets_its_pictures_again(project, dataset):
    earlier = prepare.prepare(project, dataset.id, (16, 16), "centre")
    shutil.rmtree(earlier.folder)
    first = store.items(project, dataset.id)[0].id
    crops.set_crops(project, {first: (0.0, 0.0, 0.5, 0.5)})
    policy.change(project, dataset.id, Policy("tiles"))
    again = prepare.prepare(project, dataset.id, (16, 16), earlier.crop, key=earlier.folder.name)
    assert (again.folder, again.fingerprint) == (earlier.folder, earlier.fingerprint)


def test_the_names_of_earlier_preparations_stay():
    items = [
        SimpleNamespace(id=1, sha256="ab", label="", caption="\u00e9", crop=None, hidden=()),
        SimpleNamespace(id=7, sha256="cd", label="x", caption="", crop=None, hidden=()),
    ]
    names = {
        ("centre", None): "d7d9db7098b857140d762b49b22aaf50",
        ("centre", "00ff"): "d7cd19542b280edd18eeb58a8f4f9c18",
        ("pad", None): "7d4c8a50d0d743f2f0299ccc53d2be92",
        ("stretch", "00ff"): "00406df4a65e2137703305238e9d6881",
    }
    for (text, cut), name in names.items():
        assert prepared_pixels.key(items, (64, 48), parse(text), 3, cut) == name


def test_the_policy_of_the_dataset_holds_where_none_is_named(project, dataset):
    policy.change(project, dataset.id, Policy("pad", "mirror"))
    prepared = prepare.prepare(project, dataset.id, (16, 16))
    assert prepared.crop == "pad:mirror"
    assert prepare.prepare(project, dataset.id, (16, 16), "pad:mirror").folder == prepared.folder
    assert prepare.prepare(project, dataset.id, (16, 16), "centre").folder != prepared.folder


def test_patches_stay_with_their_picture(project, dataset):
    prepared = prepare.prepare(project, dataset.id, (32, 32), "tiles")
    assert prepared.images.shape == (len(prepared.item_ids), 32, 32, 3)
    assert len(prepared) > 60
    assert prepared.item_ids == sorted(prepared.item_ids)
    assert len(prepared.labels) == len(prepared.captions) == len(prepared)
    held = {prepared.item_ids[row] for row in prepared.held_out}
    trained = {prepared.item_ids[row] for row in prepared.train}
    assert len(held) == 1
    assert not held & trained
    assert len(held | trained) == 12
    plain = prepare.prepare(project, dataset.id, (32, 32), "centre")
    assert held == {plain.item_ids[row] for row in plain.held_out}


def test_a_preview_is_what_is_prepared(project, dataset):
    items = store.items(project, dataset.id)
    for text in ("centre", "smart+linear", "pad:blur", "stretch"):
        prepared = prepare.prepare(project, dataset.id, (24, 16), text)
        for row in (0, 11):
            seen = prepare.preview(project, items[row], (24, 16), parse(text))
            assert np.array_equal(seen, prepared.images[row])
    tile = prepare.preview(project, items[0], (32, 32), Policy("tiles"))
    assert tile.shape == (32, 32, 3)
    assert len(prepared_pixels.views(items[0], (32, 32), Policy("tiles"), 3)) == 6


def test_flattening_decides_the_channels(project, take_in, tmp_path):
    Image.new("RGBA", (30, 30), (250, 0, 0, 100)).save(tmp_path / "a.png")
    dataset = take_in(tmp_path / "a.png").dataset
    item = store.items(project, dataset.id)[0]
    assert prepare.prepare(project, dataset.id, (8, 8)).channels == 4
    flat = prepare.prepare(project, dataset.id, (8, 8), "centre+flatten:#000000")
    assert flat.channels == 3
    assert flat.images[0, 4, 4].tolist() == [98, 0, 0]
    seen = prepare.preview(project, item, (8, 8), parse("centre+flatten:#000000"))
    assert np.array_equal(seen, flat.images[0])


def test_a_full_disk_is_said_before_anything_is_written(project, dataset, monkeypatch):
    monkeypatch.setattr(prepare.shutil, "disk_usage", lambda place: SimpleNamespace(free=1000))
    with pytest.raises(StudioError, match="check that the disk has space"):
        prepare.prepare(project, dataset.id, (16, 16))
    assert list((project.cache / "prepared").iterdir()) == []

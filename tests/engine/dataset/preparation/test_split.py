"""The split: stable for ever, by content, and the same again for a run that goes on."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.index import listed_rows, settings, store
from studio.engine.dataset.preparation import policy as policies
from studio.engine.dataset.preparation import prepared_pixels, split
from studio.engine.dataset.preparation.prepare import prepare
from studio.engine.errors import UsageError
from studio.engine.project import Project


@pytest.fixture
def folder(draw, tmp_path):
    for number in range(24):
        draw(tmp_path / "in" / f"{number}.png", number, (20, 20))
    return tmp_path / "in"


def held(project, dataset):
    ids = split.read(project, dataset).item_ids
    return {item.sha256 for item in store.items_by_id(project, ids)}


def test_nothing_moves_when_pictures_come_go_and_are_renamed(project, folder, draw, take_in):
    dataset = take_in(folder).dataset.id
    prepared = prepare(project, dataset, (8, 8))
    before = held(project, dataset)
    everything = {item.sha256 for item in store.items(project, dataset)}
    assert len(before) == len(prepared.held_out) == 2
    for number in range(100, 160):
        draw(folder / f"{number}.png", number, (20, 20))
    (folder / "5.png").rename(folder / "a5.png")
    take_in(folder)
    after = held(project, dataset)
    assert after & everything == before
    assert len(after) > len(before)
    kept = [item.id for item in store.items(project, dataset) if item.sha256 not in everything]
    store.set_included(project, kept, False)
    assert held(project, dataset) == before


def test_copies_are_on_one_side(project, folder, take_in):
    for path in list(folder.iterdir()):
        shutil.copy(path, folder / f"copy-{path.name}")
    dataset = take_in(folder).dataset.id
    prepare(project, dataset, (8, 8))
    rows = split.read(project, dataset)
    items = {item.id: item.sha256 for item in store.items(project, dataset)}
    held_out = {items[number] for number in rows.item_ids}
    assert held_out.isdisjoint(items[number] for number in items.keys() - set(rows.item_ids))


def test_the_first_cut_holds_out_what_the_first_version_did():
    contents = [f"{number:064x}" for number in range(500)]
    cut = split.choose(contents)
    assert split.held_out(contents, cut) == split.held_out_rows(contents)
    assert split.choose(contents[:9]) is None
    assert split.choose(["same"] * 40) is None
    assert split.held_out(contents, "") == []
    assert split.held_out(contents[:9], "f" * 16) == split.held_out(contents, "f" * 16) == []


def test_known_divisions_stay_as_they_are():
    """Answers of the first release: what a project holds out may never become another."""
    contents = [f"{number:064x}" for number in range(500)]
    assert split.place(contents[0]) == "60e05bd1b195af2f"
    assert split.choose(contents) == "1881f867ebfbe761"
    assert split.choose(contents, 0.02) == "04d8cc205b852898"
    first = [47, 149, 163, 201, 220, 340, 358, 387, 388, 410]
    assert split.held_out(contents, "04d8cc205b852898") == first
    assert split.held_out(contents, "04d8cc205b852897") == first[1:]
    more = sorted([*first, 70, 80, 210, 249, 409, 422])
    assert split.held_out(contents, "0800000000000000") == more
    assert split.held_out(contents, "08") == more
    assert split.held_out(contents, "g") == []  # never all of them
    assert split.held_out(contents[:40], None) == [20, 25, 28, 35]


def test_known_divisions_of_copies():
    copies = [f"{number // 3:064x}" for number in range(60)]
    assert split.choose(copies) == "1fb497d126f59b04"
    assert split.held_out(copies, "1fb497d126f59b04") == [12, 13, 14, 27, 28, 29]
    assert split.choose(copies, 0.25) == "2db2ff724c9b7f7b"
    quarter = [*range(12, 15), *range(27, 36), *range(48, 51)]
    assert split.held_out(copies, "2db2ff724c9b7f7b") == quarter
    # One picture is wanted, but its copies come with it.
    assert split.choose(copies, 0.01) == "1da5073ab17a3392"
    assert split.held_out(copies, "1da5073ab17a3392") == [27, 28, 29]


def test_the_chosen_hashes_come_in_the_order_of_the_ids(project, folder, take_in, monkeypatch):
    dataset = take_in(folder).dataset.id
    assert listed_rows.chosen_hashes(project, dataset + 1) == {}
    items = store.items(project, dataset)
    store.set_included(project, [items[4].id, items[5].id], False)
    kept = [item for item in items if item not in items[4:6]]
    for most in (1, 5, 4096):
        monkeypatch.setattr(listed_rows, "_HASHES_AT_ONCE", most)
        found = list(listed_rows.chosen_hashes(project, dataset).items())
        assert found == [(item.id, item.sha256) for item in kept]


def test_a_new_share_leaves_an_older_run_its_division(project, folder, take_in):
    dataset = take_in(folder).dataset.id
    first = prepare(project, dataset, (8, 8))
    changed = split.change(project, dataset, 0.25)
    assert (changed.held_out, changed.train) == (6, 18)
    second = prepare(project, dataset, (8, 8))
    assert len(second.held_out) == 6
    assert second.folder != first.folder
    shutil.rmtree(project.cache / "prepared")
    again = prepare(project, dataset, (8, 8), key=first.folder.name)
    assert again.folder == first.folder
    assert list(again.held_out) == list(first.held_out)
    assert again.fingerprint == first.fingerprint
    assert split.change(project, dataset, 0).held_out == 0
    assert prepare(project, dataset, (8, 8), key=first.folder.name).folder == first.folder


def test_a_run_of_the_first_version_goes_on_with_its_own_rule(project, folder, take_in):
    dataset = take_in(folder).dataset.id
    with Project.open(project.folder) as second:  # read-only: no cut can be kept
        (second.folder / "cache").mkdir(exist_ok=True)
        old = prepare(second, dataset, (8, 8))
    new = prepare(project, dataset, (8, 8))
    assert new.folder != old.folder
    shutil.rmtree(project.cache / "prepared")
    assert prepare(project, dataset, (8, 8), key=old.folder.name).folder == old.folder


def test_too_few_pictures_and_wrong_shares(project, draw, take_in, tmp_path):
    draw(tmp_path / "in" / "a.png")
    dataset = take_in(tmp_path / "in").dataset.id
    assert split.read(project, dataset) == split.Split(None, 1, 0, [])
    for share in (0.2, 0.7, -1, float("nan")):
        with pytest.raises(UsageError):
            split.change(project, dataset, share)
    assert "split" not in settings.stored(project, dataset)


def test_a_run_keeps_its_card_and_its_division(project, folder, take_in):
    from studio.engine.training.planning import runs

    dataset = take_in(folder, name="set").dataset.id
    recipe = runs.create_run(project, "set", "autoencoder", 16, 16, images=8, device="cpu")
    place = project.runs / recipe.run
    assert {path.name for path in place.iterdir()} >= {"dataset.json", "dataset.md"}
    before = list(runs.pictures_of(project.folder, recipe).held_out)
    split.change(project, dataset, 0.4)
    shutil.rmtree(project.cache / "prepared")
    assert list(runs.pictures_of(project.folder, recipe).held_out) == before


def near_copies(project, take_in, place, count=30):
    """`count` pictures, each as PNG, as a JPEG and smaller; the number stands in every name."""
    place.mkdir()
    for number in range(count):
        small = np.random.default_rng(number).integers(0, 256, (7, 7, 3), dtype=np.uint8)
        whole = Image.fromarray(small).resize((96, 96), Image.Resampling.BICUBIC)
        whole.save(place / f"full-{number:02d}.png")
        whole.save(place / f"web-{number:02d}.jpg", quality=80)
        whole.resize((64, 64)).save(place / f"thumb-{number:02d}.jpg", quality=70)
    return take_in(place, name="near").dataset.id


def parted(project, dataset):
    """Numbers of pictures of which copies lie on both sides, and how many are held out."""
    held = set(split.read(project, dataset).item_ids)
    sides = {}
    for item in store.items(project, dataset):
        sides.setdefault(item.path.stem[-2:], set()).add(item.id in held)
    return [number for number, found in sides.items() if len(found) > 1], len(held)


def test_near_copies_lie_on_one_side_of_the_split(project, take_in, tmp_path):
    dataset = near_copies(project, take_in, tmp_path / "near")
    assert parted(project, dataset) == ([], 9)
    prepared = prepare(project, dataset, (32, 32))
    known = {item.id: item.path.stem[-2:] for item in store.items(project, dataset)}
    train, unseen = (
        {known[prepared.item_ids[row]] for row in rows}
        for rows in (prepared.train, prepared.held_out)
    )
    assert not train & unseen
    assert len(prepared.held_out) == 9
    # Leaving out the first of a group, or adding other pictures, moves none.
    before = set(split.read(project, dataset).item_ids)
    left = min(before)
    store.set_included(project, [left], False)
    assert set(split.read(project, dataset).item_ids) == before - {left}
    for share in (0.1, 0.25, 0.5):
        split.change(project, dataset, share)
        assert parted(project, dataset)[0] in ([], [known[left]])


def test_a_division_from_before_there_was_this_rule_goes_on_for_its_runs(
    project, take_in, tmp_path
):
    dataset = near_copies(project, take_in, tmp_path / "near")
    items = store.chosen_items(project, dataset)
    old = split.choose([item.sha256 for item in items])
    settings.SPLIT.put(project, dataset, settings.Division(cut=old, earlier=[]))
    was = split.held_out([item.sha256 for item in items], old)
    assert len({items[row].path.stem[-2:] for row in was}) > len(was) / 3  # copies were parted
    policy = policies.settled(project, dataset, None)
    name = prepared_pixels.key(items, (32, 32), policy, 3, old)
    # A new run parts none, a run that began before finds its own division again.
    assert parted(project, dataset)[0] == []
    new = prepare(project, dataset, (32, 32))
    assert split.known_cuts(project, dataset) == [split.NEAR + old, old, None]
    again = prepare(project, dataset, (32, 32), key=name)
    assert again.folder.name == name
    assert again.held_out.tolist() == was
    assert new.folder.name != name

"""Near duplicates: every real one found, no other named, the best one kept."""

from __future__ import annotations

import io
import sqlite3

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance

from studio.engine import schema
from studio.engine.dataset.decoding.measures import SMALL_BYTES
from studio.engine.dataset.doctor import near_duplicates, thresholds
from studio.engine.dataset.doctor.near_duplicates import Likenesses
from studio.engine.dataset.index import settings, store
from studio.engine.errors import UsageError


def scene(seed, size=(320, 240)):
    generator = np.random.default_rng(seed)
    coarse = Image.fromarray(generator.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    return coarse.resize(size, Image.Resampling.BICUBIC)


def found(project, dataset, kind="near_duplicate"):
    names = {item.id: item.name for item in store.items(project, dataset.id)}
    return {
        names[item_id]: finding.data
        for item_id, group in store.findings(project, dataset.id).items()
        for finding in group
        if finding.kind == kind
    }


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "in"
    place.mkdir()
    picture = scene(0)
    picture.save(place / "best.png")
    picture.save(place / "packed.jpg", quality=50)
    picture.resize((160, 120), Image.Resampling.LANCZOS).save(place / "half.png")
    ImageEnhance.Brightness(picture).enhance(1.1).save(place / "lighter.png")
    picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(place / "mirrored.png")
    picture.resize((320, 120)).save(place / "squeezed.png")
    for seed in range(1, 6):
        scene(seed).save(place / f"other{seed}.png")
    return place


def test_look_alikes_name_the_best_and_others_are_left_alone(project, take_in, folder):
    done = take_in(folder)
    named = found(project, done.dataset)
    assert named.keys() <= {"best.png", "packed.jpg", "half.png", "lighter.png"}
    assert len(named) == 3
    assert "half.png" in named  # the smallest is never the one to keep
    assert len({data["of"] for data in named.values()}) == 1
    assert {data["count"] for data in named.values()} == {4}
    assert all(data["alike"] >= 97 for data in named.values())
    finding = next(
        each
        for group in store.findings(project, done.dataset.id).values()
        for each in group
        if each.kind == "near_duplicate"
    )
    assert finding.sentence.startswith(f"It is {finding.data['alike']} % like ")


def test_drawings_of_which_one_part_differs_are_no_copies(project, take_in, tmp_path):
    place = tmp_path / "clocks"
    place.mkdir()
    for hour, end in enumerate([(64, 44), (84, 64), (64, 84), (44, 64)]):
        clock = Image.new("RGB", (128, 128), "grey")
        draw = ImageDraw.Draw(clock)
        draw.ellipse((14, 14, 114, 114), "white", "black", 4)
        draw.line([(64, 64), end], "black", 4)
        clock.save(place / f"{hour}.png")
        clock.resize((64, 64), Image.Resampling.BICUBIC).save(place / f"{hour}.jpg", quality=60)
    named = found(project, take_in(place).dataset)
    assert {name: data["name"] for name, data in named.items()} == {
        f"{hour}.jpg": f"{hour}.png" for hour in range(4)
    }


def test_a_look_alike_that_comes_later_and_goes_again(project, take_in, folder):
    (folder / "half.png").unlink()
    done = take_in(folder)
    assert "half.png" not in found(project, done.dataset)
    scene(0, (640, 480)).save(folder / "large.png")
    done = take_in(folder)
    named = found(project, done.dataset)
    assert {data["name"] for data in named.values()} == {"large.png"}
    (folder / "large.png").unlink()
    done = take_in(folder)
    assert "large.png" not in {data["name"] for data in found(project, done.dataset).values()}


def test_moving_a_threshold_finds_again_without_decoding(project, take_in, folder, monkeypatch):
    done = take_in(folder)
    dataset = done.dataset.id
    for path in folder.iterdir():
        path.unlink()
    before = store.counts(project, dataset)["findings"]
    decided = [item.included for item in store.items(project, dataset)]
    applied = thresholds.apply(project, dataset, {"tiny": 200, "near_duplicate": 100})
    assert applied.counts == {"tiny": 2, "near_duplicate": applied.counts["near_duplicate"]}
    assert applied.counts["near_duplicate"] < before["near_duplicate"]
    assert store.counts(project, dataset)["findings"]["tiny"] == 2
    assert [item.included for item in store.items(project, dataset)] == decided
    thresholds.apply(project, dataset, applied.before)
    assert store.counts(project, dataset)["findings"] == before
    assert "thresholds" in settings.stored(project, dataset)


def test_thresholds_stay_for_the_next_import(project, take_in, folder):
    done = take_in(folder)
    thresholds.apply(project, done.dataset.id, {"tiny": 200})
    scene(9, (150, 150)).save(folder / "new.png")
    done = take_in(folder)
    assert set(found(project, done.dataset, "tiny")) == {"half.png", "squeezed.png", "new.png"}


def test_values_for_a_histogram(project, take_in, folder):
    dataset = take_in(folder).dataset.id
    sides = thresholds.values(project, dataset, "tiny")
    assert sorted(sides)[:2] == [120, 120]
    assert len(thresholds.values(project, dataset, "blurred")) == 11
    assert (thresholds.values(project, dataset, "near_duplicate") >= 90).sum() >= 3
    shown = {limit.kind: limit for limit in thresholds.limits(project, dataset)}
    assert shown["blurred"].below
    assert (shown["near_duplicate"].value, shown["near_duplicate"].high) == (97, 100)


@pytest.mark.parametrize(
    "change", [{"nonsense": 1}, {"tiny": -1}, {"near_duplicate": 50}, {"blurred": float("nan")}]
)
def test_a_wrong_threshold_is_one_sentence_and_changes_nothing(project, take_in, folder, change):
    dataset = take_in(folder).dataset.id
    before = thresholds.read(project, dataset)
    with pytest.raises(UsageError, match="threshold"):
        thresholds.apply(project, dataset, {"tiny": 100, **change})
    assert thresholds.read(project, dataset) == before


def likenesses(hashes, seed=0):
    generator = np.random.default_rng(seed)
    small = generator.integers(0, 256, (len(hashes), SMALL_BYTES), dtype=np.uint8)
    ids = np.arange(len(hashes), dtype=np.int64)
    return Likenesses(ids, np.array(hashes, np.uint64), small, np.ones(len(hashes)))


def test_the_search_finds_all_pairs_within_the_radius_and_verifies_them():
    generator = np.random.default_rng(4)
    hashes = generator.integers(0, 1 << 64, 1000, dtype=np.uint64, endpoint=False)
    hashes[500] = hashes[3] ^ np.uint64(0b1111111111 << 20)
    hashes[900] = hashes[7] ^ np.uint64(0b11111111111 << 20)  # one bit too far
    hashes[901] = hashes[8]  # the same hash of another picture
    given = likenesses(hashes)
    given.small[500] = given.small[3]
    given.small[900] = given.small[7]
    assert near_duplicates.matches(given) == [near_duplicates.Match(500, 3, 100.0)]


def test_a_set_of_one_picture_ends_quickly_and_a_search_can_be_stopped():
    given = likenesses(np.zeros(3000, np.uint64))
    given.small[:] = given.small[0]
    found = near_duplicates.matches(given)
    assert {match.of for match in found} == {0}
    assert {match.item_id for match in found} == set(range(1, 3000))
    assert near_duplicates.matches(given, cancelled=lambda: True) == []
    assert near_duplicates.matches(likenesses([])) == []


def test_a_project_of_the_first_version_is_measured_by_the_next_import(project, take_in, folder):
    done = take_in(folder)
    project.write("DELETE FROM likeness")
    project.write("DELETE FROM finding")
    done = take_in(folder)
    assert done.findings["near_duplicate"] == 3


def test_migration_keeps_the_rows_of_the_first_version():
    connection = sqlite3.connect(":memory:")
    connection.executescript(f"{schema.MIGRATIONS[0]} PRAGMA user_version = 1;")
    connection.execute("INSERT INTO dataset (id, name, created) VALUES (1, 'a', '')")
    connection.execute("INSERT INTO source (id, dataset_id, path, kind) VALUES (1, 1, x'41', '')")
    connection.execute(
        "INSERT INTO item (dataset_id, source_id, path, name, bytes, mtime_ns) "
        "VALUES (1, 1, x'41', 'a', 1, 1)"
    )
    schema.migrate(connection)
    assert schema.version_of(connection) == schema.VERSION
    assert connection.execute("SELECT name, rights FROM item").fetchall() == [("a", "{}")]


def test_look_alikes_are_found_in_memory_of_bytes(tmp_path):
    """The likeness of a picture does not depend on the file that it came in."""
    picture = scene(3)
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    from studio.engine.dataset.decoding.measures import measurements

    assert measurements(Image.open(packed).convert("RGB")) == measurements(picture)

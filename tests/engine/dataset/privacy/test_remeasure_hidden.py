"""What is measured of pictures with hidden parts: nothing of what is hidden."""

from __future__ import annotations

import contextlib
import sqlite3

import numpy as np
import pytest
from PIL import Image

from studio.engine.dataset.curation import removed_sets, sets
from studio.engine.dataset.decoding import measures
from studio.engine.dataset.doctor import (
    embedding,
    likeness_order,
    near_duplicates,
    outliers,
    reconcile,
    thresholds,
)
from studio.engine.dataset.index import regions, store, whole_set_pass
from studio.engine.dataset.index.regions import box
from studio.engine.dataset.privacy import hidden_regions, remeasure_hidden
from studio.engine.errors import ReadOnlyError, StudioError

ALL = (box(0, 0, 1, 1, "fill"),)
HALF = (box(0, 0, 0.5, 1, "fill"),)


@pytest.fixture
def dataset(project, draw, take_in, tmp_path):
    """a, b and c are unlike; d is b once more as a JPEG."""
    folder = tmp_path / "set"
    for number, name in enumerate("abc"):
        draw(folder / f"{name}.png", number, (96, 80))
    draw(folder / "d.jpg", 1, (96, 80), quality=95)
    return take_in(folder, name="set").dataset


def items(project, dataset):
    return {item.name[0]: item for item in store.items(project, dataset.id)}


def likenesses(project):
    rows = project.query("SELECT item_id, hash, small FROM likeness ORDER BY item_id")
    return {row[0]: (row[1], bytes(row[2])) for row in rows}


def said(project, dataset):
    return {
        (number, finding.kind, finding.sentence)
        for number, found in store.findings(project, dataset.id).items()
        for finding in found
    }


def state(project, dataset):
    facts = {name: item.facts for name, item in items(project, dataset).items()}
    return facts, likenesses(project), said(project, dataset)


def vectors(project):
    with contextlib.closing(sqlite3.connect(project.cache / embedding.FILE)) as connection:
        return dict(connection.execute("SELECT sha256, numbers FROM feature"))


def test_numbers_are_of_what_may_be_seen_and_come_back(project, dataset) -> None:
    before, first = state(project, dataset), items(project, dataset)["a"]
    undo = hidden_regions.set_regions(project, {first.id: HALF})
    hidden = items(project, dataset)["a"]
    picture = Image.open(first.path)
    facts, likeness = measures.measurements(regions.covered(picture, HALF))
    assert hidden.facts == facts
    assert hidden.facts["sharpness"] < 0.7 * first.facts["sharpness"]
    assert near_duplicates.load(project, dataset.id).small[0].tobytes()
    assert likenesses(project)[first.id][1] == measures.small_of(likeness).tobytes()
    assert likenesses(project)[first.id] != before[1][first.id]
    others = {key: value for key, value in likenesses(project).items() if key != first.id}
    assert others == {key: value for key, value in before[1].items() if key != first.id}
    hidden_regions.set_regions(project, undo)
    assert state(project, dataset) == before


def test_findings_follow_what_may_be_seen(project, dataset) -> None:
    first = items(project, dataset)["a"]
    thresholds.apply(project, dataset.id, {"dark": 255})
    assert (first.id, "dark") in {each[:2] for each in said(project, dataset)}
    store.set_included(project, [first.id], False)
    undo = hidden_regions.set_regions(project, {first.id: ALL})
    kinds = {each[1] for each in said(project, dataset) if each[0] == first.id}
    assert "flat" in kinds
    assert "dark" not in kinds  # a blank picture is blank, not also dark
    assert not items(project, dataset)["a"].included  # a decision stays one
    hidden_regions.set_regions(project, undo)
    kinds = {each[1] for each in said(project, dataset) if each[0] == first.id}
    assert "dark" in kinds
    assert "flat" not in kinds


def test_other_facts_and_findings_are_kept(project, dataset) -> None:
    first = items(project, dataset)["a"]
    project.write("UPDATE item SET facts = json_set(facts, '$.label_by_hand', 1, '$.bits', 16)")
    with project.transaction() as connection:
        store.add_findings(connection, [(first.id, "no_training", "By hand.", {"by_hand": True})])
    hidden_regions.set_regions(project, {first.id: ALL})
    facts = items(project, dataset)["a"].facts
    assert (facts["label_by_hand"], facts["bits"]) == (1, 16)
    assert (first.id, "no_training", "By hand.") in said(project, dataset)


def test_pictures_that_are_no_longer_alike_are_found_so_and_again(project, dataset) -> None:
    of = items(project, dataset)
    pair = {of["b"].id, of["d"].id}
    alike = {e[0] for e in said(project, dataset) if e[1] == "near_duplicate"}
    assert len(alike & pair) == 1
    before = state(project, dataset)
    for number in sorted(pair):
        undo = hidden_regions.set_regions(project, {number: ALL})
        assert not [e for e in said(project, dataset) if e[1] == "near_duplicate"]
        assert not whole_set_pass.is_due(project, dataset.id)
        hidden_regions.set_regions(project, undo)
        assert state(project, dataset) == before


def test_what_is_alike_only_while_parts_are_hidden(project, take_in, tmp_path) -> None:
    generator = np.random.default_rng(5)
    shared = np.kron(generator.integers(0, 256, (10, 6)), np.ones((8, 8))).astype(np.uint8)
    (tmp_path / "pair").mkdir()
    for name in "ab":
        other = np.kron(generator.integers(0, 256, (10, 6)), np.ones((8, 8))).astype(np.uint8)
        Image.fromarray(np.hstack([shared, other])).save(tmp_path / "pair" / f"{name}.png")
    dataset = take_in(tmp_path / "pair").dataset
    first, second = store.item_ids(project, dataset.id)
    right = (box(0.5, 0, 1, 1, "fill"),)

    def alike():
        return [each[0] for each in said(project, dataset) if each[1] == "near_duplicate"]

    assert alike() == []
    undo = hidden_regions.set_regions(project, {first: right})
    assert alike() == []
    undo |= hidden_regions.set_regions(project, {second: right})
    assert len(alike()) == 1
    hidden_regions.set_regions(project, undo)
    assert alike() == []


def test_the_whole_set_is_searched_only_where_it_matters(project, dataset, monkeypatch) -> None:
    of = items(project, dataset)
    searched = []
    monkeypatch.setattr(reconcile, "mark_near", lambda *given: searched.append(given) or [])
    hidden_regions.set_regions(project, {of["a"].id: HALF})
    assert searched == []
    hidden_regions.set_regions(project, {of["b"].id: HALF})
    assert len(searched) == 1


def test_a_search_that_is_stopped_is_made_up_for(project, dataset, take_in, tmp_path) -> None:
    of = items(project, dataset)
    undo = hidden_regions.set_regions(project, {of["b"].id: ALL})
    hidden_regions.set_regions(project, undo, cancelled=lambda: True)
    assert not [e for e in said(project, dataset) if e[1] == "near_duplicate"]
    assert whole_set_pass.is_due(project, dataset.id)
    take_in(tmp_path / "set", name="set")
    assert [e for e in said(project, dataset) if e[1] == "near_duplicate"]


def test_likeness_to_others_is_of_what_may_be_seen(project, dataset) -> None:
    of = items(project, dataset)
    b, d = of["b"].id, of["d"].id
    before = likeness_order.distances(project, b)
    undo = hidden_regions.set_regions(project, {d: ALL})
    assert likeness_order.distances(project, b)[d] > 10 * before[d] + 1
    hidden_regions.set_regions(project, undo)
    assert likeness_order.distances(project, b) == before


def test_features_of_what_is_hidden_are_deleted_and_made_anew(project, dataset) -> None:
    every = store.items(project, dataset.id)
    embedding.embed(project, every)
    before = vectors(project)
    first = every[0]
    assert first.sha256 in before
    undo = hidden_regions.set_regions(project, {first.id: HALF})
    assert first.sha256 not in vectors(project)
    hidden = embedding.embed(project, store.items(project, dataset.id))
    after = vectors(project)
    assert len(after) == len(before)
    assert first.sha256 not in after
    (fresh,) = after.keys() - before.keys()
    assert hidden.contents[0] == fresh
    change = np.frombuffer(after[fresh], np.float16) - np.frombuffer(before[first.sha256], "f2")
    assert np.abs(change.astype(float)).max() > 0.05
    hidden_regions.set_regions(project, undo)
    assert fresh not in vectors(project)
    embedding.embed(project, store.items(project, dataset.id))
    assert vectors(project) == before


def test_a_copy_of_which_all_may_be_seen_keeps_its_features(project, draw, take_in, tmp_path):
    draw(tmp_path / "set" / "a.png", 1, (96, 80))
    # A copy in the same dataset would be hidden as well.
    number, other = (take_in(tmp_path / "set", name=name).dataset.id for name in ("one", "two"))
    (first,), (copy,) = store.items(project, number), store.items(project, other)
    embedding.embed(project, [first, copy])
    hidden_regions.set_regions(project, {first.id: ALL})
    assert vectors(project).keys() == {copy.sha256}
    pictures = [*store.items(project, number), *store.items(project, other)]
    assert len(set(embedding.embed(project, pictures).contents)) == 2


def test_features_made_of_an_older_state_do_not_stay(project, dataset) -> None:
    old = store.items(project, dataset.id)
    hidden_regions.set_regions(project, {old[0].id: ALL})
    found = embedding.embed(project, old)  # as a search that began before
    assert old[0].sha256 not in vectors(project)
    assert old[0].id not in found.item_ids
    assert len(found.item_ids) == len(old) - 1


def test_features_go_with_what_is_deleted_for_good(project, dataset) -> None:
    embedding.embed(project, store.items(project, dataset.id))
    done = sets.delete(project, dataset.id)
    removed_sets.purge(project, [done])
    assert vectors(project) == {}


def test_how_far_from_the_rest_is_forgotten_and_given_back(project, dataset) -> None:
    first = items(project, dataset)["a"]
    project.write("UPDATE item SET facts = json_set(facts, '$.outlier', 4.5)")
    thresholds.find_again(project, dataset.id, {outliers.KIND})
    assert outliers.known(project, dataset.id) == 4
    before = state(project, dataset)
    scores = outliers.stated(project, [first.id])
    assert scores == {first.id: 4.5}
    undo = hidden_regions.set_regions(project, {first.id: HALF})
    assert outliers.stated(project, [first.id]) == {}
    assert outliers.known(project, dataset.id) == 3
    assert first.id not in {e[0] for e in said(project, dataset) if e[1] == outliers.KIND}
    hidden_regions.set_regions(project, undo, scores)
    assert state(project, dataset) == before


def test_without_its_file_a_picture_keeps_no_number_until_it_is_back(
    project, dataset, take_in, tmp_path
) -> None:
    first = items(project, dataset)["a"]
    away = tmp_path / "away.png"
    first.path.rename(away)
    hidden_regions.set_regions(project, {first.id: HALF})
    assert not remeasure_hidden.facts_of_pixels() & items(project, dataset)["a"].facts.keys()
    assert first.id not in likenesses(project)
    away.rename(first.path)
    take_in(tmp_path / "set", name="set")
    again = items(project, dataset)["a"]
    assert again.facts == measures.measurements(regions.covered(Image.open(again.path), HALF))[0]
    assert first.id in likenesses(project)


def test_a_file_that_changed_is_measured_as_it_may_be_seen(
    project, dataset, draw, take_in, tmp_path
) -> None:
    first = items(project, dataset)["a"]
    hidden_regions.set_regions(project, {first.id: ALL})
    draw(first.path, 77, (128, 96))
    take_in(tmp_path / "set", name="set")
    again = items(project, dataset)["a"]
    assert (again.width, again.sha256 == first.sha256) == (128, False)
    assert again.facts["deviation"] == 0
    assert (first.id, "flat") in {each[:2] for each in said(project, dataset)}
    checked = [event for event in take_in.events if hasattr(event, "findings")]
    assert "flat" in {f.kind for event in checked[:-1] for f in event.findings}
    small = np.frombuffer(likenesses(project)[first.id][1], np.uint8)
    assert np.ptp(small[: measures.LUMA_SIDE**2]) == 0


def test_a_project_that_can_only_be_read_hides_nothing(project, dataset, monkeypatch) -> None:
    first = items(project, dataset)["a"]
    monkeypatch.setattr(project, "read_only_reason", "Another window has it open.")
    with pytest.raises(ReadOnlyError, match="Another window"):
        hidden_regions.set_regions(project, {first.id: ALL})


def test_a_cache_that_cannot_be_opened_costs_no_decision(project, dataset, monkeypatch) -> None:
    every = store.items(project, dataset.id)
    embedding.embed(project, every)

    def refuse(path):
        raise StudioError("The cache cannot be written.")

    with monkeypatch.context() as patched:
        patched.setattr(embedding, "_opened", refuse)
        hidden_regions.set_regions(project, {every[0].id: ALL})
    assert every[0].sha256 in vectors(project)  # not yet
    embedding.embed(project, store.items(project, dataset.id))
    assert every[0].sha256 not in vectors(project)

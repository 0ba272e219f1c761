"""Rights: what is stated where, what a mark in a file does, and what the card says."""

from __future__ import annotations

import json

import pytest

from studio.engine.dataset import card, rights, store
from studio.engine.errors import UsageError

MARK = "DMI-PROHIBITED-GENAIMLTRAINING"
XMP = (
    f'<rdf:Description plus:DataMining="http://ns.useplus.org/ldf/vocab/{MARK}"/>'
    "<dc:creator><rdf:Seq><rdf:li>Ada</rdf:li></rdf:Seq></dc:creator>"
).encode()


@pytest.fixture
def dataset(project, draw, take_in, tmp_path):
    folder = tmp_path / "private" / "in <b>|x"
    for number in range(11):
        draw(folder / f"{number}.png", number)
    draw(folder / "marked.jpg", 20, xmp=XMP)
    return take_in(folder, name="set").dataset


def by_name(project, dataset):
    return {item.name: item for item in store.items(project, dataset.id)}


def test_a_marked_picture_is_left_out_with_a_finding_until_somebody_decides(
    project, dataset, take_in, draw, tmp_path
):
    marked = by_name(project, dataset)["marked.jpg"]
    assert (marked.usable, marked.included) == (True, False)
    (finding,) = [
        each for each in store.findings(project, dataset.id)[marked.id]
        if each.kind == "no_training"
    ]  # fmt: skip
    assert finding.data == {"mark": MARK}
    assert MARK in finding.sentence
    store.set_included(project, [marked.id], True)
    draw(tmp_path / "private" / "in <b>|x" / "marked.jpg", 21, xmp=XMP)
    take_in(tmp_path / "private" / "in <b>|x", name="set")
    assert by_name(project, dataset)["marked.jpg"].included


def test_a_mark_that_comes_with_a_changed_file_leaves_it_out(
    project, dataset, take_in, draw, tmp_path
):
    folder = tmp_path / "private" / "in <b>|x"
    draw(folder / "3.png", 30).unlink()
    draw(folder / "3.png", 30, format="JPEG", xmp=XMP)
    take_in(folder, name="set")
    assert not by_name(project, dataset)["3.png"].included


def test_a_picture_goes_before_its_source_and_that_before_the_file(project, dataset):
    items = by_name(project, dataset)
    (source,) = store.sources(project, dataset.id)
    assert rights.effective(items["marked.jpg"], source) == {"author": "Ada"}
    assert rights.set_source(project, source.id, {"licence": "CC0-1.0", "author": "Bob"}) == {}
    before = rights.set_items(project, [items["0.png"].id], {"licence": " CC  BY ", "url": "u"})
    assert before == {items["0.png"].id: {}}
    (source,) = store.sources(project, dataset.id)
    items = by_name(project, dataset)
    assert rights.effective(items["marked.jpg"], source)["author"] == "Bob"
    assert rights.effective(items["0.png"], source) == {
        "licence": "CC BY", "author": "Bob", "url": "u"
    }  # fmt: skip
    rights.set_items(project, [items["0.png"].id], {"licence": ""})
    assert by_name(project, dataset)["0.png"].rights == {"url": "u"}
    with pytest.raises(UsageError, match="no right"):
        rights.set_source(project, source.id, {"colour": "red"})
    with pytest.raises(UsageError, match="longer"):
        rights.set_source(project, source.id, {"consent": "x" * 3000})


def test_the_card_counts_and_gives_no_folder_away(project, dataset, tmp_path):
    (source,) = store.sources(project, dataset.id)
    rights.set_source(project, source.id, {"licence": "CC0-1.0"})
    written = card.write(project, dataset, tmp_path)
    assert json.loads((tmp_path / "dataset.json").read_text("utf-8")) == written
    assert written["pictures"] == {
        "found": 12, "train": 10, "held_out": 1, "left_out": 1, "unusable": 0
    }  # fmt: skip
    assert written["rights"]["licence"] == {"CC0-1.0": 11}
    assert written["marked_against_training"] == {"left_out": 1, "included_by_hand": 0}
    assert written["formats"] == {"PNG": 11}
    text = (tmp_path / "dataset.md").read_text("utf-8")
    assert "| CC0-1.0 | 11 |" in text
    assert "in &lt;b>\\|x" in text
    assert "private" not in text + json.dumps(written)


def test_the_same_pictures_have_the_same_content_hash(project, dataset):
    items = store.chosen_items(project, dataset.id)
    assert card.content_hash(items) == card.content_hash(items[::-1])
    assert card.content_hash(items) != card.content_hash(items[1:])


def test_an_empty_dataset_has_a_card(project):
    empty = store.add_dataset(project, "empty")
    found = card.card(project, empty)
    assert found["pictures"]["found"] == 0
    assert "None." in card.markdown(found)

"""Rights: what is stated where, what a mark in a file does, and what the card says."""

from __future__ import annotations

import json

import pytest

from studio.engine.dataset.curation import no_training_marks, rights
from studio.engine.dataset.index import listed_rows, store
from studio.engine.dataset.papers import dataset_card
from studio.engine.errors import StudioError, UsageError

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
    written = dataset_card.write(project, dataset, tmp_path)
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


def test_the_mark_of_a_source_is_that_of_all_its_pictures_also_of_later_ones(
    project, dataset, take_in, draw, tmp_path
):
    (source,) = store.sources(project, dataset.id)
    before = by_name(project, dataset)
    no_training_marks.set_marks(project, [before["1.png"].id], True)
    done = no_training_marks.set_source(project, source.id, True)
    assert len(done.left_out) == 10  # one was marked by itself, one by its file
    assert store.chosen_items(project, dataset.id) == []
    draw(source.path / "new.png", 40)
    draw(source.path / "3.png", 41)
    take_in(source.path)
    after = by_name(project, dataset)
    assert not any(item.included for item in after.values())
    for name in ("new.png", "3.png"):
        sentences = [each.sentence for each in store.findings(project, dataset.id)[after[name].id]]
        assert no_training_marks.SOURCE_SENTENCE in sentences
    no_training_marks.set_marks(project, [after["2.png"].id], False)  # an exception
    assert "no_training" not in rights.effective(by_name(project, dataset)["2.png"], source)
    assert no_training_marks.source_would_change(project, source.id, True)
    no_training_marks.set_source(project, source.id, False)
    left = {name for name, item in by_name(project, dataset).items() if item.rights}
    assert left == {"1.png"}
    found = store.counts(project, dataset.id)["findings"]["no_training"]
    assert found == 2  # 1.png, and the picture whose file says so
    assert not no_training_marks.source_would_change(project, source.id, False)
    draw(source.path / "newer.png", 42)
    take_in(source.path)
    assert by_name(project, dataset)["newer.png"].included


def test_the_mark_of_a_source_is_taken_back_as_it_was(project, dataset, take_in):
    (source,) = store.sources(project, dataset.id)
    rights.set_source(project, source.id, {"author": "Ada"})
    items, findings = by_name(project, dataset), store.findings(project, dataset.id)
    done = no_training_marks.set_source(project, source.id, True)
    assert rights.of_source(project, source.id) == {"author": "Ada", "no_training": "by hand"}
    assert dataset_card.card(project, dataset)["marked_against_training"]["left_out"] == 12
    rights.set_source(project, source.id, {"author": "Grace"})
    assert "no_training" in rights.of_source(project, source.id)
    no_training_marks.put_back(project, done)
    assert rights.of_source(project, source.id) == {"author": "Grace"}
    assert by_name(project, dataset) == items
    assert store.findings(project, dataset.id) == findings
    with pytest.raises(StudioError, match="no longer in the project"):
        no_training_marks.set_source(project, 99, True)


def test_the_card_puts_what_is_stated_of_a_source_in_words(project, dataset):
    (source,) = store.sources(project, dataset.id)
    assert "| folder | 11 | not stated |" in dataset_card.markdown(
        dataset_card.card(project, dataset)
    )
    rights.set_source(project, source.id, {"consent": "signed | 2024", "licence": "CC0-1.0"})
    no_training_marks.set_source(project, source.id, True)
    found = dataset_card.card(project, dataset)
    said = "Licence: CC0-1.0; Consent: signed \\| 2024; Not to be used for training"
    assert f"| folder | 0 | {said} |" in dataset_card.markdown(found)
    assert "no_training: " not in dataset_card.markdown(found)
    assert found["sources"][0]["rights"]["no_training"] == "by hand"  # programs read the JSON


def test_what_holds_for_a_picture_is_listed_with_it(project, dataset):
    (source,) = store.sources(project, dataset.id)
    rights.set_source(project, source.id, {"url": "https://a.example/x", "consent": "signed"})
    item = by_name(project, dataset)["0.png"]
    rights.set_items(project, [item.id], {"url": "https://b.example"})
    lines = {line.name: line for line in listed_rows.after(project, dataset.id, 0, 99)}
    assert (lines["0.png"].url, lines["0.png"].consent) == ("https://b.example", "signed")
    assert (lines["1.png"].url, lines["1.png"].consent) == ("https://a.example/x", "signed")
    assert lines["marked.jpg"].author == "Ada"  # as the file says
    (one,) = listed_rows.among(project, [item.id])
    assert one == lines["0.png"]
    assert listed_rows.line(by_name(project, dataset)["0.png"]).url == "https://b.example"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.example.org/a?b=1", "example.org"),
        ("http://Photos.example:8080", "photos.example"),
        ("a shoe box", "a shoe box"),
        ("http://[", "http://["),
        ("file:///tmp/x", "file:///tmp/x"),
        ("", ""),
    ],
)
def test_addresses_belong_to_their_host(url, host):
    assert rights.site(url) == host


def test_the_same_pictures_have_the_same_content_hash(project, dataset):
    items = store.chosen_items(project, dataset.id)
    assert dataset_card.content_hash(items) == dataset_card.content_hash(items[::-1])
    assert dataset_card.content_hash(items) != dataset_card.content_hash(items[1:])


def test_an_empty_dataset_has_a_card(project):
    empty = store.add_dataset(project, "empty")
    found = dataset_card.card(project, empty)
    assert found["pictures"]["found"] == 0
    assert "None." in dataset_card.markdown(found)

"""Filters: one code for the lists of the window and of the command line."""

from __future__ import annotations

import pytest

from studio.engine.dataset.curation import filters, rights
from studio.engine.dataset.curation.filters import Filter
from studio.engine.dataset.index import listed_rows, store
from studio.engine.dataset.index.store import Finding


@pytest.fixture
def lines(project, draw, take_in, tmp_path):
    """Four pictures a to d, of which three say something."""
    for number, name in enumerate("abcd"):
        draw(tmp_path / "in" / f"{name}.png", number)
    dataset = take_in(tmp_path / "in").dataset
    ids = store.item_ids(project, dataset.id)
    (source,) = store.sources(project, dataset.id)
    rights.set_source(project, source.id, {"author": "Ada", "url": "https://www.a.example/x"})
    rights.set_items(project, ids[:1], {"licence": "CC0-1.0", "author": "Grace"})
    rights.set_items(project, ids[1:2], {"consent": "Signed", "url": "http://b.example:80/y"})
    store.set_rating(project, ids[2:3], 4)
    project.write("UPDATE item SET label = 'door', caption = 'A Straße' WHERE id = ?", (ids[2],))
    return listed_rows.after(project, dataset.id, 0, 100)


def names(lines, **limits):
    conditions = Filter(**limits).conditions()
    return "".join(
        line.name[0] for line in lines if all(condition(line) for condition in conditions)
    )


@pytest.mark.parametrize(
    ("limits", "wanted"),
    [
        ({}, "abcd"),
        ({"licence": "CC0-1.0"}, "a"),
        ({"licence": ""}, "bcd"),
        ({"licence": "cc0-1.0"}, ""),
        ({"author": "Ada"}, "bcd"),
        ({"author": ""}, ""),
        ({"site": "a.example"}, "acd"),
        ({"site": "b.example"}, "b"),
        ({"consent": "Signed"}, "b"),
        ({"consent": ""}, "acd"),
        ({"rating": 4}, "c"),
        ({"rating": 5}, ""),
        ({"label": "door"}, "c"),
        ({"label": ""}, "abd"),
        ({"text": "STRASSE"}, "c"),
        ({"text": "b.png"}, "b"),
        ({"text": "grace"}, "a"),
        ({"author": "Ada", "site": "a.example", "label": ""}, "d"),
        ({"source_id": 999}, ""),
    ],
)
def test_each_limit_by_itself_and_several_together(lines, limits, wanted):
    assert names(lines, **limits) == wanted


def test_no_limit_asks_nothing():
    assert Filter().conditions() == []


def test_alike_pictures_bring_the_best_of_them_and_others_do_not():
    findings = {
        2: [Finding(1, 2, "duplicate", "Copy.", {"of": 1})],
        3: [Finding(2, 3, "blurred", "Soft.", {"of": 1})],
    }
    assert filters.found_with(findings, "duplicate") == {1, 2}
    assert filters.found_with(findings, "blurred") == {3}
    assert filters.found_with(findings, "tiny") == set()

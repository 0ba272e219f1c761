"""The folder doctor on hostile metadata, odd sizes, old projects and damaged settings."""

from __future__ import annotations

import json
import sqlite3
import struct

import numpy as np
import pytest
from PIL import Image

from studio.engine import schema
from studio.engine.dataset.decoding import metadata
from studio.engine.dataset.decoding.probe import probe
from studio.engine.dataset.doctor import fixes, near_duplicates, thresholds
from studio.engine.dataset.index import store
from studio.engine.dataset.intake import importer
from studio.engine.dataset.papers import dataset_card, report
from studio.engine.dataset.preparation import split
from studio.engine.project import INDEX, LOCK, Project


def noise(seed=0, size=(80, 70)):
    generator = np.random.default_rng(seed)
    return Image.fromarray(generator.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))


def take_in(project, folder):
    *_, last = importer.import_sources(project, [folder], "set", workers=1)
    return last


HOSTILE = {
    "spaces": b"dc:creator" + b" " * 900_000 + b"<",
    "openings": b"dc:creator><rdf:Seq><rdf:li" * 30_000,
    "rights": b"dc:rights>" * 90_000,
    "equals": b'cc:license rdf:resource="' * 30_000,
    "reservation": b"tdm:reservation = " * 40_000,
    "marks": b"DMI-PROHIBIT" * 80_000,
    "entities": b"<!DOCTYPE a [<!ENTITY b '&b;&b;'>]><dc:rights>&b;</dc:rights>",
    "wide": "<plus:DataMining>DMI-PROHIBITED</plus:DataMining>".encode("utf-16"),
    "bytes": bytes(range(256)) * 100,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xmp_is_searched_to_the_end(name):
    image = noise()
    image.info["xmp"] = HOSTILE[name]
    found = metadata.rights_facts(image)  # quadratic searching would take hours
    assert all(len(text) <= 300 for text in found.values())
    assert ("no_training" in found) == (name == "wide")


@pytest.mark.parametrize("value", [None, 5, ["a"], {"xmp": 1}, ("x",)])
def test_xmp_of_an_odd_kind_is_none(value):
    image = noise()
    image.info["xmp"] = value
    assert metadata.rights_facts(image) == {}


@pytest.mark.filterwarnings("ignore::UserWarning")  # as in the decoding process
def test_damaged_exif_costs_only_itself(tmp_path):
    broken = b"Exif\0\0II*\0" + struct.pack("<IHHHII", 8, 60000, 0x013B, 2, 1 << 31, 1 << 30)
    mark = b"<plus:DataMining>DMI-PROHIBITED</plus:DataMining>"
    noise().save(tmp_path / "a.jpg", exif=broken, xmp=mark)
    answer = probe(str(tmp_path / "a.jpg"), "")
    assert answer["kind"] == "picture"
    assert len(answer["likeness"]["hash"]) == 16
    assert answer["facts"]["no_training"] == "DMI-PROHIBITED"


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2), (15, 15), (16, 16)])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "P"])
def test_every_size_and_mode_is_measured(tmp_path, size, mode):
    noise(1, size).convert(mode).save(tmp_path / "a.png")
    answer = probe(str(tmp_path / "a.png"), "")
    assert answer["kind"] == "picture"
    assert json.loads(json.dumps(answer)) == answer


def test_a_set_of_strips_has_findings_and_no_failure(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number, size in enumerate([(1, 1), (1, 900), (900, 1), (2, 2)]):
        noise(number, size).save(folder / f"{number}.png")
    with Project.open(tmp_path / "project", create=True) as project:
        done = take_in(project, folder)
        assert done.usable == 4
        assert done.findings["aspect"] == 2


@pytest.mark.parametrize(
    "settings",
    ['{"thresholds": {"tiny": "wide", "flat": null, "nonsense": 3, "dark": true}}',
     '{"thresholds": [1]}', '{"split": 4, "thresholds": 5}', '[]', '{"frame_every": "soon"}'],
)  # fmt: skip
def test_settings_of_another_hand_fall_back_to_the_usual(tmp_path, settings):
    folder = tmp_path / "in"
    folder.mkdir()
    noise().save(folder / "a.png")
    with Project.open(tmp_path / "project", create=True) as project:
        dataset = take_in(project, folder).dataset
        project.write("UPDATE dataset SET settings = ?", (settings,))
        usual = {limit.kind: limit.default for limit in thresholds.limits(project, dataset.id)}
        assert thresholds.read(project, dataset.id) == usual
        assert split.read(project, dataset.id).train == 1
        assert take_in(project, folder).found == 1
        assert dataset_card.card(project, dataset)["pictures"]["train"] == 1


def test_a_project_of_the_first_version_on_a_read_only_place_is_shown(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    connection = sqlite3.connect(folder / INDEX)
    connection.executescript(f"{schema.MIGRATIONS[0]} PRAGMA user_version = 1;")
    connection.execute("INSERT INTO dataset (id, name, created) VALUES (1, 'set', '')")
    connection.execute("INSERT INTO source (id, dataset_id, path, kind) VALUES (1, 1, x'41', '')")
    connection.execute(
        "INSERT INTO item (dataset_id, source_id, path, name, bytes, mtime_ns, width, height, "
        "facts) VALUES (1, 1, x'41', 'a', 1, 1, 9, 9, '{\"deviation\": 1.0, \"dhash\": \"0\"}')"
    )
    connection.commit()
    connection.close()
    (folder / LOCK).mkdir()  # nobody can take the lock, as on a read-only place
    with Project.open(folder) as project:
        assert project.read_only_reason
        dataset = store.dataset(project, "set")
        (item,) = store.items(project, dataset.id)
        assert (item.name, item.rights) == ("a", {})
        assert len(near_duplicates.load(project, dataset.id).hashes) == 0
        assert fixes.fixes(project, dataset.id) == []
        assert list(thresholds.values(project, dataset.id, "flat")) == [1.0]
        assert report.report(project, dataset)["found"] == 1
        assert dataset_card.card(project, dataset)["pictures"]["train"] == 1

"""`families`, `presets`, `operations`: what is declared is what is told."""

from __future__ import annotations

import pytest

from models import base
from studio.engine.export import ways
from studio.engine.export.collections import base as collections
from studio.engine.export.destinations import DESTINATIONS
from studio.engine.export.formats import base as formats
from studio.engine.refinement import base as operations
from studio.engine.training.record.options import RunOptions
from studio.verbs.lists import SIZES
from tests.verbs.support import call, done


def test_the_options_of_every_run_are_listed_beside_the_families():
    options = {each["name"]: each for each in done("families")["options"]}
    assert list(options) == list(RunOptions.params())
    assert options["precision"]["choices"] == ["auto", "bf16", "fp16", "fp32"]
    assert (options["freeze"]["low"], options["freeze"]["high"]) == (0, 8)


def test_families():
    found = {each["name"]: each for each in done("families")["families"]}
    assert set(found) == set(base.families()) >= {"autoencoder", "gan", "vae"}
    for name, kind in base.families().items():
        told = {param["name"]: param for param in found[name]["parameters"]}
        assert set(told) == set(kind.Config.params())
        for key, param in kind.Config.params().items():
            assert (told[key]["default"], told[key]["help"]) == (param.default, param.help)
        assert found[name]["title"]
        assert found[name]["summary"].endswith(".")


def test_operations_and_formats():
    facts = done("operations")
    assert {each["name"] for each in facts["operations"]} == set(operations.operations())
    assert {each["name"] for each in facts["formats"]} == set(formats.formats())
    assert {each["name"] for each in facts["collections"]} == set(collections.collections())
    for each in facts["formats"]:
        assert each["suffix"].startswith(".")


def test_presets_can_be_trained_with():
    facts = done("presets")
    assert len(facts["presets"]) == len(base.families()) * len(SIZES) * 2
    for each in facts["presets"]:
        config = base.family(each["family"]).Config.from_mapping(each["parameters"])
        assert config.as_dict() == each["parameters"]
    listed = {each["name"] for each in facts["export_presets"]}
    assert listed == {*ways.kinds(), *(each.name for each in DESTINATIONS)}


def test_presets_to_read_begin_with_what_an_artist_looks_for():
    lines = call("presets").out.splitlines()
    assert lines[0] == "Destinations (for `export --preset`):"
    assert len(lines) < 60
    for each in (*ways.kinds(), *(each.name for each in DESTINATIONS), "{seed}"):
        assert any(line.startswith(f"  {each}: ") for line in lines)
    assert "--family" in lines[-2]
    assert len(call("presets", "--size", "64").out.splitlines()) == 1 + 2 * len(base.families())


def test_presets_of_one_family_and_size():
    facts = done("presets", "--family", "gan", "--size", "48x64")
    assert [(each["family"], each["width"], each["height"]) for each in facts["presets"]] == [
        ("gan", 48, 64)
    ] * 2


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--family", "nope"], "'nope'. Known: "), (["--size", "63"], "63 × 63")],
)
def test_presets_that_are_not_there(options, words):
    call("presets", *options).refused(2, words)


@pytest.mark.parametrize("verb", ["families", "presets", "operations"])
def test_for_a_person_every_line_is_told(verb):
    said = call(verb)
    assert (said.code, said.err) == (0, "")
    facts = done(verb)
    for kind in facts.values():
        for each in kind:
            assert (each.get("name") or each["family"]) in said.out
    assert all(line.strip() for line in said.out.splitlines())

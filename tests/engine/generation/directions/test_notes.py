"""Names of directions stay with what they were given to; zones mean what they say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from models.facts import LatentSpec
from studio.engine.errors import UsageError
from studio.engine.generation import zones
from studio.engine.generation.directions import catalogue, direction_file, notes
from studio.engine.generation.directions.catalogue import Listed
from studio.engine.generation.directions.direction import Direction
from studio.engine.generation.directions.direction_file import Entry
from studio.engine.generation.directions.kind import Search
from studio.engine.generation.directions.note import Note
from studio.engine.generation.directions.notes import Kept
from studio.engine.generation.directions.principal_components import PrincipalComponents
from studio.engine.generation.latent_recipe import LatentRecipe
from studio.engine.generation.moves.along import Along
from studio.engine.generation.player import Player
from studio.engine.project import Project
from studio.engine.training.record.recipe import Recipe

Play = Callable[..., Player]
RunOf = Callable[[str], str]
FEW = PrincipalComponents(4, 300)


def ways(count: int, seed: int = 0, shape: tuple[int, int] = (1, 8)) -> list[Direction]:
    chance = np.random.default_rng(seed)
    axes = np.linalg.qr(chance.normal(size=(shape[0] * shape[1],) * 2))[0][:count]
    return [Direction("pca", each.reshape(shape).astype(np.float32), 1.0) for each in axes]


def near(one: Direction, noise: float, seed: int) -> Direction:
    """The same way, nearly."""
    chance = np.random.default_rng(seed).normal(size=one.vector.shape)
    vector = one.vector + noise * chance / np.linalg.norm(chance)
    return Direction(one.kind, (vector / np.linalg.norm(vector)).astype(np.float32), 1.0)


# ---------------------------------------------------------------------- identity


def test_identity_is_the_kind_and_the_vector() -> None:
    one, other = ways(2)
    assert one.key == Direction("pca", one.vector.copy(), 7.0, 0.5).key
    assert len({one.key, other.key, one.turned().key, Direction("sefa", one.vector, 1.0).key}) == 4
    assert Along(direction=one.key, sigma=1).direction == one.key


def test_names_follow_their_vectors_where_places_and_signs_change() -> None:
    before = ways(5)
    kept = [Kept(each, Note(f"name {n}")) for n, each in enumerate(before)]
    after = [near(before[n], 0.4, n) for n in (3, 0, 4, 1)]
    after[1] = after[1].turned()
    met = notes.matched([*after, *ways(1, 9)], kept)
    assert [met.get(each.key) for each in after] == [3, 0, 4, 1]
    assert notes.from_same_end(after[1], before[0]).cosine(before[0]) > 0.8
    assert not notes.matched([Direction("sefa", before[0].vector, 1.0)], kept)
    assert not notes.matched(ways(2, 0, (2, 8)), kept)


def test_what_a_recipe_uses_stays_in_the_list(play: Play) -> None:
    player = play()
    before, found = ways(3), [near(each, 0.3, 5) for each in ways(2)]
    player.directions.add(before)
    lines = [Listed(each, n) for n, each in enumerate(found, 1)]
    held = catalogue.held(player, lines, [before[1].key, before[2].key, "pca-" + "0" * 16])
    assert [line.direction.key for line in held] == [found[0].key, before[1].key, before[2].key]
    assert [line.number for line in held] == [1, 2, 0]


# ---------------------------------------------------------------------- the file


def test_a_run_keeps_what_was_named(trained: Project, play: Play, run_of: RunOf) -> None:
    player, place = play(), trained.runs / run_of("vae")
    found = catalogue.listed(player, place, [FEW])
    state = [(found[2].direction.key, Note("Storeys", True, "all")), ("pca-" + "1" * 16, Note("x"))]
    notes.write(place, state, player.directions)
    again = play()
    first, *rest = catalogue.listed(again, place, [FEW])
    assert (first.note.name, first.note.pinned, first.number) == ("Storeys", True, 3)
    assert first.direction.key == found[2].direction.key
    assert [line.number for line in rest] == [1, 2, 4]
    newer = catalogue.resolved(again, place, "Storeys")  # of a search that took more samples
    for text in (f"pca:{newer.number}", newer.direction.key, newer.direction.key[:12]):
        assert catalogue.resolved(again, place, text).direction.key == newer.direction.key
    assert (
        catalogue.resolved(again, place, first.direction.key).direction.key == first.direction.key
    )
    for text in ("Stories", "pca:99", "sefa:99", "", "pca-"):
        with pytest.raises(UsageError, match="There is no direction"):
            catalogue.resolved(again, place, text)


def test_a_fine_tuned_run_has_the_names_of_the_one_it_began_with(
    trained: Project, play: Play, run_of: RunOf
) -> None:
    player, place = play(), trained.runs / run_of("vae")
    one = catalogue.find(player, FEW)[1]
    notes.write(place, [(one.key, Note("Storeys"))], player.directions)
    child = trained.runs / "tuned"
    child.mkdir()
    Recipe.load(place).model_copy(update={"run": "tuned", "start_from": place.name}).save(child)
    assert [each.note.name for each in notes.read(child, player)] == ["Storeys"]
    notes.write(child, [], player.directions)
    assert notes.read(child, player) == []
    assert len(notes.read(place, player)) == 1


@pytest.mark.parametrize("start", ["../..", "nobody", "tuned"])
def test_a_lineage_that_leads_nowhere_ends(
    start: str, trained: Project, play: Play, run_of: RunOf
) -> None:
    child = trained.runs / "tuned"
    child.mkdir()
    recipe = Recipe.load(trained.runs / run_of("vae"))
    recipe.model_copy(update={"start_from": start}).save(child)
    assert notes.read(child, play()) == []


def test_names_by_number_of_earlier_versions_are_read(
    trained: Project, play: Play, run_of: RunOf
) -> None:
    player, place = play(), trained.runs / run_of("vae")
    said = {"names": {"2": "Height", "99": "gone", "-1": "no"}, "pinned": [0]}
    (place / notes.FIRST_FILE).write_text(json.dumps(said), "utf-8")
    found = catalogue.listed(player, place, [FEW])
    assert [(each.number, each.note.name, each.note.pinned) for each in found[:2]] == [
        (1, "", True), (3, "Height", False),
    ]  # fmt: skip
    (place / notes.FIRST_FILE).write_text("[]", "utf-8")
    assert notes.read(place, player) == []


@pytest.mark.parametrize("damage", ["cut", "text", "shape", "number"])
def test_a_damaged_or_foreign_file_is_the_same_as_none(
    damage: str, trained: Project, play: Play, run_of: RunOf, tmp_path: Path
) -> None:
    player, path = play(), trained.runs / run_of("vae") / notes.FILE
    (one,) = ways(1)
    if damage == "shape":
        direction_file.write(path, [Entry(ways(1, 0, (3, 8))[0])])
    elif damage == "number":
        direction_file.write(path, [Entry(Direction("pca", one.vector * np.nan, 1.0))])
    else:
        direction_file.write(path, [Entry(one)])
        path.write_bytes(path.read_bytes()[:-3] if damage == "cut" else b"{}")
    assert notes.read(path.parent, player) == []


# ---------------------------------------------------------------------- zones

LAYERED = LatentSpec(6, 4, "normal", {"coarse": (0, 2), "middle": (2, 5), "fine": (5, 6)})


@pytest.mark.parametrize(
    ("zone", "slots"),
    [("all", "111111"), ("form", "110000"), ("texture", "001110"), ("colour", "000001"),
     ("1,4-6", "100111"), ("6", "000001")],
)  # fmt: skip
def test_a_zone_is_some_of_the_slots(zone: str, slots: str) -> None:
    chosen = zones.slots_of(zone, LAYERED)
    assert "".join("01"[int(each)] for each in chosen) == slots
    again = zones.slots_of(zones.numbered(np.flatnonzero(chosen).tolist()), LAYERED)
    assert (again == chosen).all()


@pytest.mark.parametrize("zone", ["0", "7", "3-2", "1-99", "shape", ""])
def test_layers_that_are_not_there_are_refused(zone: str) -> None:
    with pytest.raises(UsageError, match="has no layers"):
        zones.slots_of(zone, LAYERED)


def test_a_move_goes_to_its_zone_alone(styled: Callable[..., Player]) -> None:
    player = styled()
    (one, *_) = catalogue.find(player, FEW, Search())
    plain = player.latent_of(LatentRecipe())
    for zone in ("form", "2-3"):
        move = Along(direction=one.key, sigma=2.0, zone=zone)
        moved = player.latent_of(LatentRecipe(moves=(move,))) != plain
        assert (moved.any(1) == zones.slots_of(zone, player.latent)).all()


def test_a_flat_latent_has_no_zones(play: Play) -> None:
    player = play()
    (one, *_) = catalogue.find(player, FEW)
    assert zones.zones_of(player.latent) == ("all",)
    with pytest.raises(UsageError, match="draws all layers from one latent"):
        player.latent_of(LatentRecipe(moves=(Along(direction=one.key, sigma=1, zone="form"),)))


def test_numbers_become_identities_without_a_change(play: Play) -> None:
    player = play()
    catalogue.find(player, FEW)
    old = LatentRecipe.model_validate({"seed": 3, "edits": {"0": 1.5, "2": -0.75}})
    new = player.by_identity(old)
    assert all(isinstance(move.direction, str) for move in new.along)
    assert np.array_equal(player.latent_of(new), player.latent_of(old))

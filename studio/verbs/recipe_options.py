"""Options of `generate` that change a recipe, in short forms."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from models.facts import Ability
from studio.engine.errors import UsageError
from studio.engine.seeds import LARGEST_SEED
from studio.verbs import region_options
from studio.verbs.options import words

if TYPE_CHECKING:
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.base import Move
    from studio.engine.generation.moves.model_mix import ModelMix
    from studio.engine.generation.player import Player
    from studio.engine.project import Project

_OF_BENDS = ("layer", "transform", "amount", "channels", "group")


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--recipe", metavar="FILE", type=words,
        help="begin with a recipe: a .json or .toml file, a picture that was exported, or the "
        "name of a piece",
    )  # fmt: skip
    parser.add_argument(
        "--share", metavar="MOVE=SHARE", type=words, action="append", default=[],
        help="how much of a move of the recipe is done, 0 to 1: dragged=0.5, iterated, residual, "
        "or region/0, the first of its parts that were laid in",
    )  # fmt: skip
    parser.add_argument(
        "--without", metavar="MOVE", type=words, action="append", default=[],
        help="without a move of the recipe, named as for --share; also repair/0, a part drawn anew",
    )  # fmt: skip
    parser.add_argument(
        "--mix", metavar="SEED@ZONE", type=words, action="append", default=[],
        help="style mixing: these layers of another seed, as 7@texture or, counted from 1, "
        "7@1-4,9; where latents are a grid a part of the picture, as for --repair",
    )  # fmt: skip
    parser.add_argument(
        "--label-mix", metavar="L@SHARE", type=words,
        help="towards another label, as dogs@0.5",
    )  # fmt: skip
    parser.add_argument(
        "--noise", metavar="KEY=VALUE,…", type=words,
        help="noise: seed=…, strength=… (1: as learnt), and that of a layer by its number, 3=0",
    )  # fmt: skip
    parser.add_argument(
        "--bend", metavar="KEY=VALUE,…", type=words, action="append", default=[],
        help="network bending: layer=3,transform=rotate,degrees=20; also amount=0.5, group=1/4 "
        "(of channels that are active at the same places) or channels=0-7; `operations` lists "
        "the transforms",
    )  # fmt: skip
    parser.add_argument(
        "--model-mix", metavar="RUN[,KEY=VALUE…]", type=words,
        help="the fine layers of the newest model of another run: cut=16 (pixels of a layer), "
        "softness=1 (doublings), share=1, part=fine or coarse",
    )  # fmt: skip
    region_options.add(parser)
    region_options.add_prompt(parser)


def changed(
    recipe: LatentRecipe, options: argparse.Namespace, player: Player, project: Project
) -> LatentRecipe:
    """A recipe with what the options ask for."""
    from studio.engine.generation.moves.bend import Bend
    from studio.engine.generation.moves.label_mix import LabelMix
    from studio.engine.generation.moves.mix import Mix

    for text in options.without:
        recipe = recipe.without(_move(text, recipe).control)
    for text in options.share:
        name, _, share = text.rpartition("=")
        move = _move(name, recipe)
        if "share" not in type(move).model_fields:
            raise UsageError("{move} has no share: leave it, or take it away with --without.",
                             move=name)  # fmt: skip
        how_much = {"share": _number("--share", share, 1.0)}
        recipe = recipe.moved(move.model_copy(update=how_much))
    if options.mix:
        slots = {slot: seed for text in options.mix for slot, seed in _mixed(text, player)}
        recipe = recipe.moved(Mix(slots=slots))
    if options.label_mix is not None:
        name, at, share = options.label_mix.rpartition("@")
        if not at:
            raise UsageError("--label-mix {text} is not of the form L@SHARE.", text=share)
        label = player.label_number(name)
        recipe = recipe.moved(LabelMix(label=label, share=_number("--label-mix", share, 1.0)))
    if options.noise is not None:
        recipe = _with_noise(recipe, options.noise)
    if options.model_mix is not None:
        recipe = recipe.moved(_mixed_models(options.model_mix, project))
    taken = [move.place for move in recipe.moves if isinstance(move, Bend)]
    for place, text in enumerate(options.bend, start=max(taken, default=-1) + 1):
        recipe = _bent(recipe, text, place, player)
    return recipe


def read(text: str, project: Project) -> LatentRecipe:
    """The recipe that `--recipe` names."""
    from studio.engine.export.file_origin import read_provenance
    from studio.engine.generation.recipe_file import read_recipe, recipe_of
    from studio.engine.pieces import pieces

    path = Path(text).expanduser()
    if not path.is_file():
        return pieces.piece(project, text).recipe.unrecorded()
    if path.suffix.lower() in (".json", ".toml"):
        return read_recipe(path).unrecorded()
    return recipe_of(read_provenance(path), path).unrecorded()


def _move(text: str, recipe: LatentRecipe) -> Move:
    """The move of a recipe that is named by its kind, or by its kind and place."""
    names = {
        f"{each.name}/{each.control[1]}" if hasattr(each, "place") else each.name: each
        for each in recipe.moves
    }
    if text not in names:
        raise UsageError("The recipe has no move {move}. It has: {known}.", move=text,
                         known=", ".join(names) or "none")  # fmt: skip
    return names[text]


def _mixed(text: str, player: Player) -> Iterator[tuple[int, int]]:
    """(slot, seed) of `7@texture` or `7@1-4,9`; of a grid also of a part of the picture."""
    from studio.engine.generation import cells
    from studio.engine.generation.zones import slots_of

    seed, at, zone = text.partition("@")
    if not at:
        raise UsageError("--mix {text} is not of the form SEED@ZONE.", text=text)
    number = _whole("--mix", seed)
    player.need(Ability.MIX)
    if region_options.is_part(zone):
        yield from ((slot, number) for slot in cells.slots_of(region_options.cells(zone, player)))
        return
    for slot in slots_of(zone, player.latent).nonzero()[0].tolist():
        yield slot, number


def _mixed_models(text: str, project: Project) -> ModelMix:
    """The mix with the newest checkpoint of a run."""
    from pydantic import ValidationError

    from studio.engine.generation.moves.model_mix import ModelMix
    from studio.engine.training.planning import runs
    from studio.engine.training.record import checkpoint

    name, _, rest = text.partition(",")
    said = _pairs("--model-mix", rest) if rest else {}
    newest = checkpoint.required(runs.run(project, name).folder, name)
    try:
        return ModelMix.model_validate({**said, "model": newest.sha256})
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
        raise UsageError(
            "--model-mix {name}: {reason}.",
            name=".".join(map(str, wrong["loc"])), reason=wrong["msg"],
        ) from error  # fmt: skip


def _with_noise(recipe: LatentRecipe, text: str) -> LatentRecipe:
    from studio.engine.generation.moves.noise import MOST, NoiseStrength

    said = _pairs("--noise", text)
    seed, strength = said.pop("seed", None), said.pop("strength", "1")
    layers = {_whole("--noise", key): _number("--noise", each, MOST) for key, each in said.items()}
    move = NoiseStrength(strength=_number("--noise", strength, MOST), layers=layers)
    if seed is not None:
        recipe = recipe.with_noise(_whole("--noise", seed))
    return recipe.moved(move)


def _bent(recipe: LatentRecipe, text: str, place: int, player: Player) -> LatentRecipe:
    from studio.engine.generation.channel_groups import grouped
    from studio.engine.generation.moves.bend import Bend

    said = _pairs("--bend", text)
    if not {"layer", "transform"} <= said.keys():
        raise UsageError("--bend {text} names no layer or no transform.", text=text)
    values = {key: value for key, value in said.items() if key not in _OF_BENDS}
    move = Bend(
        place=place, layer=_whole("--bend", said["layer"]), transform=said["transform"],
        values=_typed(said["transform"], values),
        amount=_number("--bend", said.get("amount", "1"), 1.0),
        channels=tuple(_listed("--bend", said["channels"])) if "channels" in said else None,
    )  # fmt: skip
    if "group" in said:
        number, _, count = said["group"].partition("/")
        which = _whole("--bend", number), _whole("--bend", count)
        move = grouped(player, move, *which)
    return recipe.moved(move)


def _typed(name: str, values: dict[str, str]) -> dict[str, bool | int | float | str]:
    """Texts as the kinds that a transform declares; `ParameterError` where they are none."""
    from studio.engine.generation.transforms.base import transform

    made = transform(name).from_mapping(values)
    return {key: value for key, value in made.as_dict().items() if key in values}


def _pairs(option: str, text: str) -> dict[str, str]:
    """`channels=0-3,8,layer=2` by name: what has no name goes on with what stands before it."""
    found: dict[str, str] = {}
    last = ""
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if equals and name.strip():
            last = name.strip()
            found[last] = value.strip()
        elif last:
            found[last] += f",{part}"
        else:
            raise UsageError("{option}: {text} is not of the form key=value.",
                             option=option, text=part)  # fmt: skip
    return found


def _listed(option: str, text: str) -> Iterator[int]:
    """The numbers of `0-3,8`."""
    for part in text.split(","):
        first, dash, last = part.partition("-")
        low = _whole(option, first)
        high = _whole(option, last) if dash else low
        if high - low > 4096:
            raise UsageError("{option}: {text} is too long a list.", option=option, text=text)
        yield from range(low, high + 1)


def _whole(option: str, text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < 20 and int(text) <= LARGEST_SEED:
        return int(text)
    raise UsageError("{option}: {text} is not a whole number.", option=option, text=repr(text))


def _number(option: str, text: str, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= most:
        raise UsageError(
            "{option}: {text} is not a number between {low} and {high}.",
            option=option, text=text, low=0, high=f"{most:g}",
        )  # fmt: skip
    return value

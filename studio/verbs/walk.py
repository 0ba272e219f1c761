"""`walk`: a path through the latents as a film."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError
from studio.verbs import along, enlarge_options, sound
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder, number, whole, words
from studio.verbs.provenance_options import add_finishing, finishing_of

if TYPE_CHECKING:
    from studio.engine.generation.film.timeline import Timeline
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.generation.sound.heard import Heard

LONGEST = 3600
_SHORTEST = 0.001
_MOST_SEEDS = 1000
INTERRUPTED = 130


_CAMERA = (
    ("x", "--pan-x", number(-1000.0, 1000.0),
     "the camera goes so many widths of the picture to the right; seamless pictures go on as "
     "tiles, others mirrored (keys have their own camera)"),
    ("y", "--pan-y", number(-1000.0, 1000.0), "the same, heights down"),
    ("zoom", "--zoom", number(0.25, 16.0), "it comes nearer until all is so many times as large"),
    ("turn", "--turn", number(-36000.0, 36000.0), "the picture turns, degrees clockwise"),
)  # fmt: skip
"""Where the camera stands at the end of a film of seeds, by the names of its fields."""


def add(verbs: Verbs) -> None:
    verbs.add("walk", "A path through the latent space as a film.", run, _declare)


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to play"
    )
    parser.add_argument(
        "--checkpoint", choices=("last", "best"), default="last",
        help="the newest model (default), or the one that did best on held-out pictures",
    )  # fmt: skip
    way = parser.add_mutually_exclusive_group()
    way.add_argument(
        "--seeds", metavar="A,B,…", type=words, help="from seed to seed (default 0,1,2)"
    )
    way.add_argument(
        "--keys", metavar="FILE", type=folder,
        help="keyframes: a TOML file as the timeline of the window writes it",
    )  # fmt: skip
    way.add_argument(
        "--wander", metavar="SEED", type=whole(0, 1 << 62),
        help="a noise walk about one seed: towards --stops others, as far as --reach",
    )  # fmt: skip
    parser.add_argument(
        "--stops", type=whole(2, 100), default=5, help="of a noise walk (default 5)"
    )
    parser.add_argument(
        "--reach", type=number(0.0, 1.0), default=0.3,
        help="of a noise walk: 0 stays at the seed, 1 goes all the way (default 0.3)",
    )  # fmt: skip
    parser.add_argument(
        "--seconds", type=number(_SHORTEST, LONGEST),
        help="length (default 6, or that of the keys)",
    )  # fmt: skip
    parser.add_argument(
        "--fps", type=words,
        help="frame rate, as 12.5, 29.97, 24000/1001 (default 30, or that of the keys)",
    )  # fmt: skip
    parser.add_argument("--loop", action="store_true", help="the end flows into the beginning")
    parser.add_argument(
        "--even", action="store_true",
        help="even speed: keys come where the pictures, as the eye tells them apart, have gone "
        "equally far (perceptual distance)",
    )  # fmt: skip
    for name, option, kind, text in _CAMERA:
        parser.add_argument(option, dest=f"camera_{name}", metavar="N", type=kind, help=text)
    sound.add(parser)
    parser.add_argument("--psi", type=number(0.0, 1.5), help="truncation, 0 to 1.5 (default 1)")
    parser.add_argument(
        "--label", metavar="L", type=words, help="name or number of a label, of all seeds"
    )
    enlarge_options.add_to_film(parser)
    parser.add_argument(
        "--out", type=folder, required=True, metavar="FILE",
        help="its ending says the format: .mp4 (H.264), .mov (ProRes 4444), .webm (VP9), .gif, "
        ".webp, .apng, or .png for numbered frames",
    )  # fmt: skip
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")
    add_finishing(parser)


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.export.film_proof import FilmProof, film_origin
    from studio.engine.generation.film.formats.base import format_for
    from studio.engine.generation.film.pace import Pace, evened
    from studio.engine.generation.film.render import render
    from studio.engine.generation.film.timeline import frame_rate
    from studio.engine.generation.film.walk import Walk
    from studio.engine.project import Project
    from studio.engine.refinement.enlarger.run_enlarger import enlarging
    from studio.verbs.generate import open_player
    from studio.verbs.interruption import Interruption

    if options.fps is not None:
        frame_rate(options.fps)
    format_for(options.out).refuse_taken(options.out)
    sound.check(options)
    with Project.open(options.project) as project:
        best = options.checkpoint == "best"
        player = open_player(project, options.run_name, options.device, best=best)
        step = enlarge_options.of_film(options, project)
        larger = None if step is None else enlarging(project, step)
        line, heard = _timeline(options, player)
        for key in line.keys:
            along.know(key.recipe, options.run_name, project, player)
        line, pace = sound.with_drives(line, options, project, player), Pace(player)
        line = evened(line, pace) if options.even else line
        walk, fps = Walk(player, line, heard, pace), line.rate
        origin = film_origin(options.out.stem, options.run_name, player.sha256, line, step)
        proof = FilmProof(finishing_of(options), origin, options.out)
        sentence = "Ending the film here; what is written plays."
        with Interruption(console.note, sentence) as interruption:
            made = render(
                player, walk, options.out, enlarge=options.enlarge, larger=larger,
                told=console.pictures, cancelled=interruption.is_requested, changed=proof.marked,
            )  # fmt: skip
        signed = proof.signed(made.file)
    notes = [*made.notes, *(heard.notes if heard is not None else ()), *signed.remarks]
    for note in notes:
        console.note(note)
    facts = {
        "file": made.file, "frames": made.frames, "fps": float(fps),
        "seconds": float(made.frames / fps), "notes": notes,
        "credentials": signed.credentials, "mark": signed.mark,
        **({"sound": sound.facts(heard)} if heard is not None else {}),
    }  # fmt: skip
    return Result(facts, [str(made.file)], INTERRUPTED if interruption.requested else 0)


def _timeline(options: argparse.Namespace, player: Player) -> tuple[Timeline, Heard | None]:
    """What is to be seen, and what is heard with it."""
    from studio.engine.generation.film.camera import Camera
    from studio.engine.generation.film.timeline import Timeline, read_keys

    asked = {name: getattr(options, f"camera_{name}") for name, *_ in _CAMERA}
    asked = {name: value for name, value in asked.items() if value is not None}
    if options.keys is not None:
        if asked:
            option = next(option for name, option, *_ in _CAMERA if name in asked)
            raise UsageError(
                "{option} is for films of seeds: in a file each key has a camera of its own.",
                option=option,
            )  # fmt: skip
        line = sound.with_file(read_keys(options.keys), options)
        changed: dict[str, object] = {"loop": True} if options.loop else {}
        if options.seconds is not None:
            changed["seconds"] = options.seconds
        if options.fps is not None:
            changed["fps"] = options.fps
        return line.changed(**changed), sound.heard(line)
    heard = sound.heard(sound.with_file(Timeline(), options))
    usual = 6.0 if heard is None else heard.seconds
    seconds = usual if options.seconds is None else options.seconds
    fps = options.fps or "30"
    recipes, camera = _recipes(options, player), Camera(**asked)
    line = Timeline.of_recipes(recipes, seconds, fps, loop=options.loop, camera=camera)
    return sound.with_file(line, options), heard


def _recipes(options: argparse.Namespace, player: Player) -> list[LatentRecipe]:
    from studio.engine.generation.film.timeline import of_seeds, wander

    psi = 1.0 if options.psi is None else options.psi
    label = None if options.label is None else player.label_number(options.label)
    if options.wander is not None:
        (begin,) = of_seeds([options.wander], psi, label)
        seeds = [options.wander + place for place in range(1, options.stops + 1)]
        return wander(begin, seeds, options.reach)
    return of_seeds(_seeds(options.seeds or "0,1,2"), psi, label)


def _seeds(text: str) -> list[int]:
    from studio.engine.seeds import LARGEST_SEED

    found = []
    for part in text.split(","):
        part = part.strip()
        if not (part.isascii() and part.isdecimal() and len(part) < 20) or (
            int(part) > LARGEST_SEED
        ):
            raise UsageError("--seeds: {text} is not a whole number.", text=repr(part))
        found.append(int(part))
    if len(found) > _MOST_SEEDS:
        raise UsageError("--seeds: at most {most} of them.", most=_MOST_SEEDS)
    return found

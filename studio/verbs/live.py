"""`live`: a model is played by OSC and MIDI, without a window."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError
from studio.verbs import along, recipe_options
from studio.verbs.console import Console, Result
from studio.verbs.generate import open_player
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, number, whole, words

if TYPE_CHECKING:
    from studio.engine.artwork import Pixels
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.player import Player
    from studio.engine.live.controls import Control, Playable
    from studio.engine.live.desk import Desk
    from studio.engine.live.feedback import Feedback
    from studio.engine.live.performance import Performance
    from studio.engine.live.senders.base import Stream
    from studio.engine.project import Project

LONGEST = 86_400
MOST_FRAMES = 1_000_000


def add(verbs: Verbs) -> None:
    verbs.add("live", "Play a run by OSC and MIDI, as the window does.", run, _declare)


def _declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to play"
    )
    parser.add_argument(
        "--checkpoint", choices=("last", "best"), default="last", help="the model to play"
    )
    parser.add_argument(
        "--list", action="store_true", help="list every address with its type and range, and end"
    )
    parser.add_argument(
        "--port", type=whole(0, 65535), help="to listen on (default: the project's, 9000)"
    )
    parser.add_argument(
        "--others", action="store_true", help="let other machines send; without it only this one"
    )
    parser.add_argument(
        "--feedback", metavar="HOST:PORT", type=words, help="tell where every control stands"
    )
    parser.add_argument("--midi", metavar="NAME", type=words, help="listen to a MIDI input")
    parser.add_argument(
        "--seconds", type=number(0.01, LONGEST), help="how long (default: until Ctrl+C)"
    )
    parser.add_argument("--rate", type=number(1, 240), default=30, help="pictures a second")
    parser.add_argument(
        "--out", metavar="FILE", type=folder,
        help="write what is played as a film: .mp4, .mov, .webm, .gif, .webp, or .png for frames",
    )  # fmt: skip
    parser.add_argument(
        "--send", metavar="SENDER[:NAME]", type=words,
        help="send the pictures to other programs: ndi, by the runtime that is installed",
    )  # fmt: skip
    recipe_options.add(parser)
    along.add(parser)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.generation.film.formats.base import format_for
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.live import setup as stored
    from studio.engine.live.desk import Desk
    from studio.engine.live.inbox import Inbox
    from studio.engine.live.lessons import FEWEST, Taught
    from studio.engine.live.tempo import Tempo
    from studio.engine.project import Project

    if options.out is not None:
        format_for(options.out).refuse_taken(options.out)
    with Project.open(options.project) as project:
        setup = stored.read(project.folder)
        player = open_player(
            project, options.run_name, options.device, best=options.checkpoint == "best"
        )
        named = options.recipe is not None
        recipe = recipe_options.read(options.recipe, project) if named else LatentRecipe()
        recipe = recipe_options.changed(recipe, options, player, project)
        recipe = along.changed(recipe, options, project, player)
        for lesson in setup.lessons.lessons:
            along.know(lesson.recipe, options.run_name, project, player)
        playable = _playable(project, options.run_name, player)
    desk = Desk(Inbox(time.monotonic, time.time), Tempo(setup.bpm), setup)
    desk.play(playable)
    desk.look_at(recipe)
    if options.list:
        lines = [_row(each) for each in desk.controls.values()]
        return Result({"addresses": [*map(_facts, desk.controls.values())]}, lines)
    if len(setup.lessons.lessons) >= FEWEST:
        desk.taught = Taught(player, setup.lessons)
    return _play(options, console, player, desk, recipe)


def _play(
    options: argparse.Namespace, console: Console, player: Player, desk: Desk, recipe: LatentRecipe
) -> Result:
    from studio.engine.live.listener import EVERYWHERE, THIS_MACHINE, Listener
    from studio.engine.live.midi import Inputs
    from studio.engine.live.performance import Performance

    with ExitStack() as stack:
        feedback, stream = _feedback(options, stack), _stream(options, stack)
        if options.midi:
            inputs = Inputs(desk.inbox, desk.tempo)
            inputs.open(options.midi)
            stack.callback(inputs.close)
        host = EVERYWHERE if options.others else THIS_MACHINE
        port = desk.setup.port if options.port is None else options.port
        listener = stack.enter_context(Listener(desk.inbox, lambda: None, host, port))
        console.note(f"Listening on {listener.host}:{listener.port}; Ctrl+C ends it.")
        stop = stack.enter_context(Interruption(console.note, "Ending here."))
        recipes = 0

        def changed(recipe: LatentRecipe) -> None:
            nonlocal recipes
            recipes += 1
            if feedback is not None:
                feedback.tell(desk.controls, desk.setup, recipe, desk.news)
            desk.news.clear()

        performance = Performance(
            player, desk, recipe, rate=options.rate, stopped=stop.is_requested, changed=changed,
            seconds=options.seconds,
        )  # fmt: skip
        frames = _perform(options, performance, player, stream)
    tally = desk.inbox.tally
    facts = {
        "port": listener.port, "messages": tally.messages, "taken": tally.taken,
        "replaced": tally.replaced, "left_out": dict(tally.refused), "recipes": recipes,
        "frames": frames, "file": options.out,
        "recipe": performance.recipe.model_dump(mode="json", exclude_none=True),
    }  # fmt: skip
    lines = [f"{tally.messages} messages, {tally.left_out} left out, {recipes} recipes"]
    return Result(facts, lines + ([str(tally.last)] if tally.left_out else []))


def _perform(
    options: argparse.Namespace, performance: Performance, player: Player, stream: Stream | None
) -> int:
    """Play to the end; how many frames went out."""
    from studio.engine.generation.film.formats.base import Shot, format_for

    if options.out is None and stream is None:
        performance.follow()
        return 0
    done = 0

    def sent() -> Iterator[Pixels]:
        nonlocal done
        for frame in performance.frames():
            if stream is not None:
                stream.send(frame)
            done += 1
            yield frame

    if options.out is None:
        for _ in sent():
            pass
        return done
    spec, rate = player.image_spec, Fraction(options.rate).limit_denominator(1001)
    most = MOST_FRAMES if options.seconds is None else max(1, round(options.seconds * options.rate))
    shot = Shot(spec.width, spec.height, spec.channels, rate, most)
    kind = format_for(options.out)
    kind.check(shot)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    kind.write(sent(), shot, options.out)
    return done


def _feedback(options: argparse.Namespace, stack: ExitStack) -> Feedback | None:
    from studio.engine.live.feedback import Feedback

    if options.feedback is None:
        return None
    host, colon, port = options.feedback.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(
            "--feedback {text} is not of the form HOST:PORT.", text=options.feedback
        )  # fmt: skip
    made = Feedback(host, int(port))
    stack.callback(made.close)
    return made


def _stream(options: argparse.Namespace, stack: ExitStack) -> Stream | None:
    from studio.engine.live.senders.base import sender

    if options.send is None:
        return None
    kind, _, name = options.send.partition(":")
    made = sender(kind).open(name or "Latent Studio", options.rate)
    stack.callback(made.close)
    return made


def _playable(project: Project, run_name: str, player: Player) -> Playable:
    from models.facts import Ability
    from studio.engine.generation.directions import catalogue
    from studio.engine.generation.directions.kind import Search, kind
    from studio.engine.live.controls import Playable, Way
    from studio.engine.training.planning import runs

    ways: list[Way] = []
    if Ability.DIRECTIONS in player.latent.abilities:
        place = runs.run(project, run_name).folder
        chosen = [kind(catalogue.COUNTED)()]
        for each in catalogue.listed(player, place, chosen, Search(project, run_name)):
            one = each.direction
            name = each.note.name or str(one.title) or f"Direction {each.number}"
            ways.append(Way(one.key, one.kind, each.number, name, each.note.zone))
    return Playable(player.latent.abilities, player.labels, ways)


def _facts(control: Control) -> dict[str, object]:
    return {
        "address": control.address, "title": str(control.title), "type": control.kind,
        "low": control.low, "high": control.high, "rest": control.rest,
        "sent_as": "itself" if control.whole else "0 to 1",
    }  # fmt: skip


def _row(control: Control) -> str:
    span = f"{control.low:g} … {control.high:g}"
    sent = "" if control.whole else " (sent as 0 … 1)"
    return f"{control.address:<32} {control.kind:<6} {span}{sent}  {control.title}"

"""Options by which a sound is heard with a film, and moves it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError
from studio.verbs import along
from studio.verbs.options import folder, words

if TYPE_CHECKING:
    from studio.engine.generation.film.timeline import Timeline
    from studio.engine.generation.player import Player
    from studio.engine.generation.sound.drive import Drive
    from studio.engine.generation.sound.heard import Heard
    from studio.engine.project import Project


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--audio", type=folder, metavar="FILE",
        help="a sound file that is heard with the film, and may move it; without --seconds and "
        "--keys the film lasts as long as it",
    )  # fmt: skip
    parser.add_argument(
        "--audio-map", action="append", default=[], type=words,
        metavar="PARAM=SOURCE[:AMOUNT[:ATTACK[:RELEASE]]]",
        help="what of the sound moves what. PARAM: truncation, noise, seed:N, bend:N, or a "
        "direction as --along of `generate` has it. SOURCE: loudness, low, mid, high, onset, "
        "beat, or a band as 80-250 in Hz. AMOUNT: how far, where it is loudest (default 1). "
        "ATTACK and RELEASE: seconds (default 0 and 0.25); repeatable",
    )  # fmt: skip


def check(options: argparse.Namespace) -> None:
    """Refuse before any work what is not said right."""
    for text in options.audio_map:
        _drive(text)


def _drive(text: str) -> tuple[str, Drive]:
    """What it moves as it was given, and the drive; of a direction that stands open."""
    from pydantic import ValidationError

    from studio.engine.generation.sound.drive import Drive

    to, equals, rest = text.rpartition("=")
    by, *numbers = rest.split(":")
    names = ("amount", "attack", "release")
    given = dict(zip(names, numbers, strict=False))
    if not equals or not to.strip() or len(numbers) > len(names):
        raise UsageError(
            "--audio-map: {text} is not of the form PARAM=SOURCE[:AMOUNT[:ATTACK[:RELEASE]]].",
            text=repr(text),
        )  # fmt: skip
    try:
        word = to.strip() if _is_word(to.strip()) else "truncation"
        return to.strip(), Drive.model_validate({"to": word, "by": by.strip(), **given})
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[0]
        raise UsageError(
            "--audio-map: {text}: {reason}.", text=repr(text),
            reason=found["msg"].removeprefix("Value error, ").rstrip("."),
        ) from error  # fmt: skip


def _is_word(text: str) -> bool:
    from studio.engine.generation.sound.targets import target

    try:
        target(text)
    except UsageError:
        return False
    return True


def with_file(line: Timeline, options: argparse.Namespace) -> Timeline:
    """With the sound that the options name, or its own."""
    return line if options.audio is None else line.changed(sound=str(options.audio))


def with_drives(
    line: Timeline, options: argparse.Namespace, project: Project, player: Player
) -> Timeline:
    """With the drives that the options ask for; the player knows all directions that are moved
    then."""
    if options.audio_map and not line.sound:
        raise UsageError("--audio-map moves by a sound: say which with --audio.")
    made = [_found(text, options.run_name, project, player) for text in options.audio_map]
    if made:
        line = line.changed(drives=(*line.drives, *made))
    _know(line, options.run_name, project, player)
    return line


def _found(text: str, run: str, project: Project, player: Player) -> Drive:
    from studio.engine.generation.directions import catalogue
    from studio.engine.generation.directions.kind import Search
    from studio.engine.training.planning import runs

    to, drive = _drive(text)
    if _is_word(to):
        return drive
    name, _, zone = to.removeprefix("along:").partition("@")
    place = runs.run(project, run).folder
    found = catalogue.resolved(player, place, name, Search(project, run)).direction
    key = f"along:{found.key}" + (f"@{zone}" if zone else "")
    return drive.model_copy(update={"to": key})


def _know(line: Timeline, run: str, project: Project, player: Player) -> None:
    """Find the directions that drives of a keys file speak of."""
    from studio.engine.generation.latent_recipe import LatentRecipe
    from studio.engine.generation.moves.along import Along

    keys = [drive.to.removeprefix("along:").partition("@")[0]
            for drive in line.drives if drive.to.startswith("along:")]  # fmt: skip
    moves = tuple(Along(direction=key, sigma=1.0) for key in keys)
    along.know(LatentRecipe(moves=moves), run, project, player)


def heard(line: Timeline) -> Heard | None:
    """What is heard with a film; :class:`StudioError` where its file is not heard."""
    from studio.engine.generation.sound.heard import listen

    return listen(Path(line.sound)) if line.sound else None


def facts(heard: Heard) -> dict[str, object]:
    """For JSON."""
    return {
        "file": heard.path, "seconds": heard.seconds, "onsets": len(heard.onsets),
        "tempo": heard.tempo,
    }  # fmt: skip

"""`invert`: the latent whose picture comes nearest to a given one, kept as a piece."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import ReadOnlyError, UsageError
from studio.verbs.console import Console, Result
from studio.verbs.generate import open_player
from studio.verbs.interruption import Interruption
from studio.verbs.options import Verbs, folder, whole, words
from studio.verbs.provenance_options import add_finishing, finishing_of, say_remarks

if TYPE_CHECKING:
    from studio.engine.export.delivery import Exported
    from studio.engine.export.finish import Finishing
    from studio.engine.generation.beginnings import Source
    from studio.engine.generation.given_picture import GivenPicture
    from studio.engine.generation.inversion import Reached
    from studio.engine.generation.player import Player
    from studio.engine.pieces.pieces import Piece

STOPPING = "Stopping: what was reached so far is kept."
_KNOWN = {
    "training": "The model has learnt from this picture; others may come less near.",
    "held_out": "The picture was held out when the model learnt.",
}


@dataclass(frozen=True)
class Found:
    """A kept piece; `psnr_at_first` in dB is of the beginning, before any step."""

    piece: Piece
    source: Source
    psnr_at_first: float
    stopped: bool
    encoder: str
    """Whose it is that the search began with: the `model`'s, one `learnt` for it, or `none`."""


def add(verbs: Verbs) -> None:
    parser = verbs.add("invert", "Find the latent of a picture and keep it as a piece.", run)
    parser.add_argument("project", type=folder, metavar="PROJECT", help="project folder")
    parser.add_argument("image", type=folder, metavar="IMAGE", help="any picture")
    parser.add_argument(
        "--run", dest="run_name", type=words, required=True, metavar="R", help="run to play"
    )
    parser.add_argument(
        "--checkpoint", choices=("last", "best"), default="last",
        help="the newest model (default), or the one that did best on held-out pictures",
    )  # fmt: skip
    parser.add_argument(
        "--steps", type=whole(0, 10_000), default=200,
        help="how long to come nearer (default 200); 0 takes what the encoder says, or the "
        "nearest of some hundred pictures where there is none",
    )  # fmt: skip
    parser.add_argument(
        "--encoder", action="store_true",
        help="first learn an encoder for a model that has none (GANs), which takes minutes and is "
        "kept in the cache: from then on pictures of this checkpoint have a point at once",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=folder, metavar="FILE", help="write the picture that was found, a PNG"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, …")
    add_finishing(parser)


def run(options: argparse.Namespace, console: Console) -> Result:
    from studio.engine.generation.beginnings import Point
    from studio.engine.generation.given_picture import given
    from studio.engine.generation.own_encoder import encoder_of
    from studio.engine.pieces import pieces
    from studio.engine.project import Project

    if options.out is not None and options.out.suffix.lower() != ".png":
        raise UsageError("{path} is no name of a PNG: let --out end in .png.", path=options.out)
    with Project.open(options.project) as project:
        if project.read_only_reason:
            raise ReadOnlyError(project.read_only_reason)
        player = open_player(
            project, options.run_name, options.device, best=options.checkpoint == "best"
        )
        picture = given(project, options.run_name, player, options.image)
        for note in picture.notes:
            console.note(note)

        if options.encoder:
            _learn(player, console)

        def find() -> Found:
            with Interruption(console.note, STOPPING) as stop:
                first, last = _search(player, picture, options.steps, console, stop)
            recipe = picture.recipe(player, last.w, last.moves)
            beginning = recipe.beginning
            piece = pieces.keep(project, options.run_name, player, recipe)
            assert isinstance(beginning, Point)
            assert beginning.source is not None
            return Found(piece, beginning.source, first.psnr, stop.requested, encoder_of(player))

        if options.out is None:
            found = find()
        else:
            found, made = _written(find, player, options.out, finishing_of(options))
            say_remarks(console, made)
    return _result(found, options.out)


def _written(
    find: Callable[[], Found], player: Player, path: Path, finishing: Finishing
) -> tuple[Found, list[Exported]]:
    """What is found, once it lies at `path`; a name that is taken is refused before the work."""
    from studio.engine.artwork import Artwork
    from studio.engine.export.handover import export_made, recipe_of
    from studio.engine.pieces.origin import Origin

    kept: list[Found] = []

    def make(_: int) -> tuple[Artwork, Origin]:
        kept.append(find())
        piece = kept[0].piece
        pixels = player.recorded_picture(piece.recipe)
        said = Origin(piece.name, recipe=recipe_of(piece), identifier=piece.identifier)
        return Artwork.of(pixels), said

    made = export_made([path.stem], make, "png", {}, path.parent, finishing=finishing)
    return kept[0], made


def _learn(player: Player, console: Console) -> None:
    """An encoder, where the model has none and none was learnt before."""
    from studio.engine.generation import own_encoder

    if own_encoder.find(player) is not None:
        return
    with Interruption(console.note, "Stopping: the encoder is not kept.") as stop:
        made = own_encoder.learn(
            player,
            lambda done, total: console.progress("learning an encoder", done / total),
            lambda: stop.requested,
        )
    if made is None:
        raise KeyboardInterrupt


def _search(
    player: Player, picture: GivenPicture, steps: int, console: Console, stop: Interruption
) -> tuple[Reached, Reached]:
    """The beginning, and the best that was found."""
    from studio.engine.generation.inversion import inversion

    first = last = None
    for last in inversion(player, picture.pixels, steps):
        if first is None or last.done <= last.total - steps:
            first = last
        if stop.requested:
            break
        console.progress(f"{last.psnr:.1f} dB", last.done / max(1, last.total))
    assert first is not None
    assert last is not None
    return first, last


def _result(found: Found, out: Path | None) -> Result:
    from studio.engine.generation.given_picture import in_words

    piece, source = found.piece, found.source
    said = in_words(source.psnr)
    facts = {
        "piece": piece.name, "psnr": source.psnr, "ssim": source.ssim, "words": said,
        "psnr_at_first": found.psnr_at_first, "encoder": found.encoder,
        "known": source.known, "review": piece.review, "file": out, "interrupted": found.stopped,
    }  # fmt: skip
    lines = [
        f"{piece.name} from {source.file}: {said} "
        f"({source.psnr:.1f} dB PSNR, SSIM {source.ssim:.2f})"
    ]
    lines += [_KNOWN[source.known]] if source.known else []
    lines += [str(out)] if out else []
    return Result(facts, lines)

"""`refine`: the op stack on any picture."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from studio.engine.errors import StudioError, UsageError
from studio.engine.said import reason
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder, words
from studio.verbs.provenance_options import add_finishing, files_of, finishing_of, say_remarks

if TYPE_CHECKING:
    from studio.engine.artwork import Artwork
    from studio.engine.pieces.origin import Origin
    from studio.engine.refinement.stack import Stack


def add(verbs: Verbs) -> None:
    parser = verbs.add("refine", "Apply a stack of operations to pictures.", run)
    parser.add_argument("images", nargs="+", type=folder, metavar="IMAGE", help="pictures")
    parser.add_argument(
        "--stack", type=words, required=True,
        help="stack.toml, see `operations`; or the name of one that was kept, see `presets`",
    )  # fmt: skip
    parser.add_argument("--out", type=folder, required=True, metavar="DIR", help="folder for files")
    parser.add_argument("--preset", default="png", help="export format (default png)")
    add_finishing(parser)


def run(options: argparse.Namespace, console: Console) -> Result:
    """Decode with care, apply, write new files; the originals are not touched."""
    import numpy as np

    from studio.engine.dataset.decoding.decode import read_picture
    from studio.engine.export.handover import export_made
    from studio.engine.export.refined_origin import origin_of
    from studio.engine.export.ways import is_layered, way_of
    from studio.engine.refinement.stack import refined

    stack, layered = _stack(options.stack), is_layered(way_of(options.preset, {}))
    # Before the first picture: a reference that is gone is found out while nothing is written.
    stack = stack.settled(folder(options.stack).parent)
    steps = [step.model_dump() for step in stack.steps]

    def make(place: int) -> tuple[Artwork, Origin]:
        source: Path = options.images[place]
        pixels = np.asarray(read_picture(source))
        pixels = pixels if pixels.ndim == 3 else pixels[..., None]
        made = refined(stack, pixels, layered=layered, hidden_colour=True)
        return made, origin_of(source, steps)

    names = [path.stem for path in options.images]
    made = export_made(
        names, make, options.preset, {}, options.out, progress=console.pictures,
        finishing=finishing_of(options),
    )  # fmt: skip
    say_remarks(console, made)
    return Result(files_of(made), [str(each.path) for each in made])


def _stack(text: str) -> Stack:
    from studio.engine.refinement import presets
    from studio.engine.refinement.stack import Stack

    path = folder(text)
    if not path.exists() and text in presets.names():
        return presets.load(text)
    try:
        return Stack.from_toml(_read(path))
    except UsageError as error:
        raise UsageError("{path}: {reason}", path=path, reason=reason(error)) from error


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            "The stack {path} is not a text file: `latent-studio operations` lists "
            "what can be in one.",
            path=path,
        ) from error
    except OSError as error:
        raise StudioError(
            "The stack {path} cannot be read ({reason}): check the path.",
            path=path,
            reason=reason(error),
        ) from error

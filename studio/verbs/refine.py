"""`refine`: the op stack on any picture."""

from __future__ import annotations

import argparse

from studio.engine.errors import StudioError
from studio.verbs.console import Console, Result
from studio.verbs.options import Verbs, folder


def add(verbs: Verbs) -> None:
    """Declare the verb."""
    parser = verbs.add("refine", "Apply a stack of operations to pictures.", run)
    parser.add_argument("images", nargs="+", type=folder, metavar="IMAGE", help="pictures")
    parser.add_argument("--stack", type=folder, required=True, help="stack.toml; see `operations`")
    parser.add_argument("--out", type=folder, required=True, metavar="DIR", help="folder for files")
    parser.add_argument("--preset", default="png", help="export format (default png)")


def run(options: argparse.Namespace, console: Console) -> Result:
    """Decode with care, apply, write new files; the originals are not touched."""
    import numpy as np

    from studio.engine.dataset.decode import read_picture
    from studio.engine.export.handover import export_arrays
    from studio.engine.refinement.stack import Stack, apply

    try:
        text = options.stack.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StudioError(f"The stack {options.stack} cannot be read: {error}.") from error
    stack = Stack.from_toml(text)
    pictures = []
    for place, path in enumerate(options.images):
        pixels = np.asarray(read_picture(path))
        pixels = pixels if pixels.ndim == 3 else pixels[..., None]
        facts = {"refined_from": path.name, "stack": [step.model_dump() for step in stack.steps]}
        pictures.append((path.stem, apply(stack, pixels), facts))
        console.progress(f"{place + 1} of {len(options.images)}", (place + 1) / len(options.images))
    made = export_arrays(pictures, options.preset, {}, options.out)
    return Result({"files": [each.path for each in made]}, [str(each.path) for each in made])

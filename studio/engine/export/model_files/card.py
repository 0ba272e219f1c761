"""The card of a model that leaves: what it is, how it is played, where it is from, every tensor."""

from __future__ import annotations

from collections.abc import Sequence

import studio
from studio.engine.export.model_files.portable import Portable

_PLACES = "n is how many pictures, whatever number you like."


def markdown(file_name: str, model: Portable, how: str) -> str:
    """GitHub-flavoured Markdown; nothing of this machine is in it."""
    state, family = model.state, model.family
    spec = family.image_spec
    facts = [
        ("Family", f"{family.title} ({family.name})"),
        ("Pictures", f"{spec.width} x {spec.height}, {spec.channels} channels"),
        ("Seen in training", f"{state.get('images_seen', 0)} pictures"),
        ("Labels", ", ".join(state.get("labels", [])) or "none"),
        ("Written by", f"Latent Studio {studio.__version__}"),
    ]
    parts = [
        f"# {_plain(file_name)}", "A generative model of pictures.", _table(("", ""), facts),
        *_note(model), "## How it is played", how, "## What goes in and comes out", _ends(model),
        "## Where it is from", _origin(model), "## Parameters",
        _table(("Parameter", "Value"), list(state["config"].items())), "## Tensors", _layout(model),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _note(model: Portable) -> list[str]:
    lines = [_plain(line) for line in model.note.splitlines() if line.strip()]
    return ["## What was noted", "\n\n".join(lines)] if lines else []


def _ends(model: Portable) -> str:
    meanings = {
        "z": "normal numbers, N(0, 1): one row draws one picture",
        "w": "a latent of this model, as Latent Studio has it",
        "psi": "truncation: 1 is the model as it is, 0 its mean picture",
    }
    rows = [
        (name, _by(shape), meanings.get(name, "normal numbers, N(0, 1): the grain of one layer"))
        for name, shape in model.inputs.items()
    ]
    rows.append(
        ("picture", _by(model.picture), "red, green, blue from -1 (dark) to 1; may be beyond"
         + (", premultiplied by alpha, which is last" if model.picture[1] == 4 else ""))
    )  # fmt: skip
    classes = model.family.image_spec.classes
    note = " Pictures are of the middle of all labels." if classes else ""
    return f"{_table(('Name', 'Shape', 'Meaning'), rows)}\n\nAll float32. {_PLACES}{note}"


def _origin(model: Portable) -> str:
    if model.origin is not None:
        return (
            f"It was made elsewhere, with {_plain(model.origin.program)}, and brought in from "
            f"`{_plain(model.origin.file)}`. {model.origin.terms}"
        )
    if not model.licences:
        return "Nothing is stated of the pictures that it learnt from."
    counted = [(name, n) for name, n in model.licences]
    return f"It learnt from pictures under these licences:\n\n{_table(('Licence', 'n'), counted)}"


def _layout(model: Portable) -> str:
    rows = [
        (f"`{name}`", "x".join(map(str, tensor.shape)) or "1")
        for name, tensor in sorted(model.tensors().items())
    ]
    return _table(("Name", "Shape"), rows)


def _by(shape: Sequence[int | str]) -> str:
    return " x ".join(map(str, shape)) or "one number"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return _plain(str(value)) if not str(value).startswith("`") else str(value)


def _plain(text: str) -> str:
    """Text that Markdown and HTML take as nothing but text."""
    safe = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{each}" if each in "\\`*[]|#" else each for each in safe)

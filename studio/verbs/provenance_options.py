"""Options of verbs that hand files over: what is added to them beside the picture."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from studio.verbs.options import words

if TYPE_CHECKING:
    from studio.engine.export.delivery import Exported
    from studio.engine.export.finish import Finishing
    from studio.verbs.console import Console

_PROOF = "proof_"


def add_finishing(parser: argparse.ArgumentParser, **flags: str) -> None:
    """A switch or a choice for each parameter, and the files of the signer; `flags` are other
    words for parameters whose names mean something else in a verb."""
    from studio.engine.export.choices import Choices

    group = parser.add_argument_group("proof of origin")
    for name, declared in Choices.params().items():
        flag, dest = f"--{flags.get(name, name).replace('_', '-')}", f"{_PROOF}{name}"
        about = f"{declared.help} ({declared.term})"
        if declared.kind is bool:
            group.add_argument(
                flag, dest=dest, action=argparse.BooleanOptionalAction, default=None, help=about
            )
        else:
            group.add_argument(flag, dest=dest, choices=declared.choices, help=about)
    group.add_argument("--credit", type=words, default="", help="credit line (photoshop:Credit)")
    group.add_argument(
        "--key", type=words, default="", metavar="FILE",
        help="sign with this key (PEM); without it with one that is made on first use",
    )  # fmt: skip
    group.add_argument(
        "--certificates", type=words, default="", metavar="FILE",
        help="certificates of that key (PEM), its own first",
    )  # fmt: skip


def finishing_of(options: argparse.Namespace) -> Finishing:
    """What was chosen here, else in the window, else the default."""
    from dataclasses import replace

    from studio.engine.export.choices import Choices
    from studio.engine.export.finish import Finishing

    kept = Finishing.kept()
    given = {name: getattr(options, f"{_PROOF}{name}") for name in Choices.params()}
    asked = {name: value for name, value in given.items() if value is not None}
    return Finishing(
        replace(kept.choices, **asked), options.credit or kept.credit,
        options.key or kept.key, options.certificates or kept.certificates,
    )  # fmt: skip


def say_remarks(console: Console, files: Sequence[Exported]) -> None:
    """Why something was not added, each sentence once with how many files it concerns."""
    concerned: dict[str, list[str]] = {}
    for each in files:
        for remark in each.finished.remarks:
            concerned.setdefault(remark, []).append(each.path.name)
    for said, names in concerned.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        console.note(f"{names[0]}{more}: {said}")


def files_of(files: Sequence[Exported]) -> dict[str, list[Path]]:
    """`files`, and apart from them the credentials that lie beside those that hold none."""
    from studio.engine.export.credentials.signature import SUFFIX

    beside = [each.path for each in files if each.path.suffix == SUFFIX]
    return {
        "files": [each.path for each in files if each.path not in beside],
        "credentials_beside": beside,
    }

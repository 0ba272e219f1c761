"""Files that cannot be used, and what a file says of itself."""

from __future__ import annotations

from studio.engine.dataset.doctor.checks.base import Check, Measured, register
from studio.engine.dataset.index.facts import Data


def _marked(picture: Measured) -> Data | None:
    mark = picture["facts"].get("no_training")
    return {"mark": mark} if mark else None


def _made(picture: Measured) -> Data | None:
    mark = picture["facts"].get("made_by_model")
    return {"mark": mark} if mark else None


register(Check(
    "broken", order=10, listed=170, title="Broken", badge="Broken", always=True, fixable=False,
    help="Files that cannot be read as a picture; they are never used.",
    advice="Open it in another program and save it again, then add the folder again.",
    sentence="{reason}",
))  # fmt: skip
register(Check(
    "missing", order=20, listed=160, title="Missing", badge="Missing", fixable=False,
    help="Pictures whose file is no longer where it was imported from.",
    advice="Connect the drive or put the file back, then add the folder again.",
    sentence="The file is no longer where it was imported from.",
))  # fmt: skip
register(Check(
    "no_training", order=60, listed=150, title="Not for training", badge="No training",
    help="Pictures whose author forbids training in the file; left out at first.",
    advice="Include it only when you have the author's leave.",
    sentence="Its author has marked it as not to be used for training ({mark}).",
    find=_marked,
))  # fmt: skip
register(Check(
    "made_by_model", order=62, listed=145, title="Made by a model", badge="AI",
    help="Pictures that say in the file that a trained model made them (IPTC source type, China's "
    "AIGC label, Content Credentials); it is what they say, not a look at their pixels.",
    advice="A model that learns from pictures of models repeats their faults and loses variety; "
    "check their licence, and leave them out unless they are meant.",
    sentence="It says that a trained model made it ({mark}).",
    find=_made,
))  # fmt: skip

"""What findings, sorts and totals are called, in the current language."""

from __future__ import annotations

from studio.desktop import i18n
from studio.desktop.dataset.session.columns import EVERYTHING, EXCLUDED, GROUP, HELD_OUT, TRAINS
from studio.desktop.i18n import tr
from studio.engine.dataset.doctor.checks.base import checks, said
from studio.engine.dataset.index.store import Finding
from studio.engine.dataset.preparation.policy import Policy

SUMS = (EVERYTHING, TRAINS, HELD_OUT, EXCLUDED)
"""What stands above the findings."""


def kinds() -> list[str]:
    found = sorted(checks().values(), key=lambda check: check.listed)
    return [*SUMS, *(check.name for check in found)]


def always(kind: str) -> bool:
    """Whether a kind is listed even at zero."""
    return kind in (EVERYTHING, EXCLUDED) or (kind in checks() and checks()[kind].always)


def is_bad(kind: str) -> bool:
    """Whether files with this finding are never used."""
    return kind in checks() and not checks()[kind].fixable


def kind_title(kind: str) -> str:
    """The name of a filter in the list of findings; a newer version may have found more kinds."""
    titles = {
        EVERYTHING: tr("Everything"),
        EXCLUDED: tr("Excluded"),
        TRAINS: tr("Will train"),
        HELD_OUT: tr("Held out"),
        GROUP: tr("One group"),
    }
    return tr(checks()[kind].title) if kind in checks() else titles.get(kind, kind)


def kind_help(kind: str) -> str:
    helps = {
        EVERYTHING: tr("Every picture of the dataset."),
        EXCLUDED: tr("Pictures that you left out of training."),
        TRAINS: tr("Pictures that can be used, are included and are not held out."),
        HELD_OUT: tr("Pictures that training never sees: quality is measured on them."),
    }
    return tr(checks()[kind].help) if kind in checks() else helps.get(kind, "")


def badge(kind: str) -> str:
    return tr(checks()[kind].badge) if kind in checks() else kind


def advice(kind: str) -> str:
    return tr(checks()[kind].advice) if kind in checks() else ""


def sentence(finding: Finding) -> str:
    return i18n.said(said(finding))


def sort_title(sort: str) -> str:
    titles = {
        "imported": tr("As imported"),
        "name": tr("Name"),
        "size": tr("Size"),
        "date": tr("Date"),
        "finding": tr("Finding"),
        "rating": tr("Rating"),
        "colour": tr("Colour"),
        "sharpness": tr("Sharpness"),
        "similar": tr("Like the chosen picture"),
    }
    return titles[sort]


def crop_title(crop: str) -> str:
    titles = {
        "centre": tr("Crop the middle"),
        "smart": tr("Crop to the detail"),
        "pad": tr("Add bars"),
        "stretch": tr("Stretch"),
        "tiles": tr("Cut into tiles"),
    }
    return titles.get(crop, crop)


def fill_title(fill: str) -> str:
    """What the bars of `pad` show; a colour stands for itself."""
    titles = {"": tr("Black, or clear"), "blur": tr("Blurred picture"), "mirror": tr("Mirror")}
    return titles.get(fill, fill)


def policy_title(policy: Policy) -> str:
    parts = [crop_title(policy.crop)]
    parts += [fill_title(policy.fill)] if policy.fill else []
    parts += [tr("linear light")] if policy.linear else []
    parts += [tr("laid on {colour}", colour=policy.flatten)] if policy.flatten else []
    return ", ".join(parts)


def bytes_text(count: int) -> str:
    """A file size for people, in powers of 1000."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def number(count: int) -> str:
    return f"{count:,}"


def pictures(count: int) -> str:
    """`1 picture`, `500 pictures`."""
    return tr("1 picture") if count == 1 else tr("{n} pictures", n=number(count))

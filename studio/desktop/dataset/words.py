"""What findings, sorts and totals are called, in the current language."""

from __future__ import annotations

from studio.desktop import i18n
from studio.desktop.dataset.session.collection import EVERYTHING, EXCLUDED, GROUP, HELD_OUT, TRAINS
from studio.desktop.i18n import tr
from studio.engine.dataset.doctor import checks
from studio.engine.dataset.index.store import Finding
from studio.engine.dataset.preparation.policy import Policy

# The order of the list; those that are always there, even at zero.
KINDS = (
    EVERYTHING, TRAINS, HELD_OUT, EXCLUDED,
    "duplicate", "hidden_copy", "near_duplicate", "outlier", "blurred", "flat", "dark", "bright",
    "tiny", "aspect", "borders", "text_heavy", "animated", "odd_mode", "no_training", "missing",
    "broken",
)  # fmt: skip
ALWAYS = (EVERYTHING, "duplicate", "blurred", "broken", EXCLUDED)
BAD = ("broken", "missing")


def kind_title(kind: str) -> str:
    """The name of a filter in the list of findings."""
    titles = {
        EVERYTHING: tr("Everything"),
        "duplicate": tr("Duplicates"),
        "hidden_copy": tr("Hidden in copies"),
        "near_duplicate": tr("Near duplicates"),
        "blurred": tr("Blurred"),
        "flat": tr("Single colour"),
        "dark": tr("Under-exposed"),
        "bright": tr("Over-exposed"),
        "outlier": tr("Outliers"),
        "tiny": tr("Too small"),
        "aspect": tr("Very long or tall"),
        "borders": tr("Plain bars"),
        "text_heavy": tr("Lettering"),
        "no_training": tr("Not for training"),
        "animated": tr("Animated"),
        "odd_mode": tr("Unusual colour"),
        "missing": tr("Missing"),
        "broken": tr("Broken"),
        EXCLUDED: tr("Excluded"),
        TRAINS: tr("Will train"),
        HELD_OUT: tr("Held out"),
        GROUP: tr("One group"),
    }
    return titles.get(kind, kind)


def kind_help(kind: str) -> str:
    """What a filter shows, for its tooltip."""
    helps = {
        EVERYTHING: tr("Every picture of the dataset."),
        "hidden_copy": tr(
            "Copies, byte for byte, of a picture with hidden parts: they hide the same."
        ),
        "duplicate": tr("Pictures that are byte for byte the same as an earlier one (SHA-256)."),
        "near_duplicate": tr(
            "Pictures nearly the same as a better one (perceptual hash, then compared)."
        ),
        "outlier": tr("Pictures unlike their neighbours (distance in feature space)."),
        "dark": tr("Pictures in which hardly anything is bright."),
        "bright": tr("Pictures in which hardly anything is dark."),
        "aspect": tr("Pictures of which a crop would lose most."),
        "borders": tr("Pictures with plain bars at opposite edges, such as film stills have."),
        "text_heavy": tr(
            "Pages, screenshots and captions: small letters on a plain ground (stroke density)."
        ),
        "no_training": tr("Pictures whose author forbids training in the file; left out at first."),
        "blurred": tr("Pictures with hardly any fine detail (variance of the Laplacian)."),
        "flat": tr("Pictures that are nearly one single colour."),
        "tiny": tr("Pictures with fewer pixels than the smallest training size."),
        "animated": tr("Files with several frames, of which only the first is used."),
        "odd_mode": tr("Pictures stored as CMYK, Lab or more than 8 bits; converted to sRGB."),
        "missing": tr("Pictures whose file is no longer where it was imported from."),
        "broken": tr("Files that cannot be read as a picture; they are never used."),
        EXCLUDED: tr("Pictures that you left out of training."),
        TRAINS: tr("Pictures that can be used and are included."),
        HELD_OUT: tr("Pictures that training never sees: quality is measured on them."),
    }
    return helps.get(kind, "")


def badge(kind: str) -> str:
    """One or two words for a tile."""
    words = {
        "duplicate": tr("Duplicate"),
        "outlier": tr("Outlier"),
        "blurred": tr("Blurred"),
        "flat": tr("Single colour"),
        "hidden_copy": tr("Parts hidden"),
        "near_duplicate": tr("Nearly the same"),
        "dark": tr("Too dark"),
        "bright": tr("Too bright"),
        "aspect": tr("Long side"),
        "borders": tr("Bars"),
        "text_heavy": tr("Lettering"),
        "no_training": tr("No training"),
        "tiny": tr("Too small"),
        "animated": tr("First frame"),
        "odd_mode": tr("Converted"),
        "missing": tr("Missing"),
        "broken": tr("Broken"),
    }
    return words.get(kind, kind)


def advice(kind: str) -> str:
    """What a finding means for training, below its sentence."""
    words = {
        "duplicate": tr("Copies make the model repeat a picture. Keep one of them."),
        "hidden_copy": tr("What is hidden or shown in one of them is so in all."),
        "near_duplicate": tr("Look-alikes make the model repeat a picture. Keep the best of them."),
        "outlier": tr("It may not belong here, or be the only one of its kind."),
        "dark": tr("What cannot be seen cannot be learnt."),
        "bright": tr("What is burnt out cannot be learnt."),
        "aspect": tr("Most of it is lost in a square crop: pad it, or leave it out."),
        "text_heavy": tr(
            "A model learns the look of letters, but not to write: crop it or hide them."
        ),
        "borders": tr("The model would learn the bars as part of the picture."),
        "no_training": tr("Include it only when you have the author's leave."),
        "blurred": tr("A model trained on soft pictures makes soft pictures."),
        "flat": tr("There is nothing to learn from a picture without detail."),
        "tiny": tr("It would be enlarged for training and look soft."),
        "animated": tr("Save the other frames as pictures to train on them too."),
        "odd_mode": tr("Check that the colours still look right."),
        "missing": tr("Connect the drive or put the file back, then add the folder again."),
        "broken": tr("Open it in another program and save it again, then add the folder again."),
    }
    return words.get(kind, "")


def sentence(finding: Finding) -> str:
    """A finding in words. The engine's template is English; its numbers fill the translation."""
    template = checks.SENTENCES.get(finding.kind)
    if template is None or finding.kind == "broken":
        return i18n.sentence(finding.sentence)
    try:
        return tr(template).format(**finding.data)
    except (KeyError, IndexError, ValueError):
        # Stored by a newer version with other numbers: its own sentence is still right.
        return i18n.sentence(finding.sentence)


def sort_title(sort: str) -> str:
    """The name of an order."""
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
    """What a crop mode is called."""
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
    """A whole policy in a few words."""
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
    """A count with a separator between thousands."""
    return f"{count:,}"


def pictures(count: int) -> str:
    """`1 picture`, `500 pictures`."""
    return tr("1 picture") if count == 1 else tr("{n} pictures", n=number(count))

"""What is said of generated pictures that come close to training pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.desktop import i18n
from studio.desktop.evaluation.cards import Figure
from studio.desktop.i18n import tr
from studio.engine.dataset.index.safe_names import display_path
from studio.engine.said import sentences

if TYPE_CHECKING:
    from studio.engine.evaluation.copies import Likeness
    from studio.engine.evaluation.gallery import Gallery, Pair


def verdict(found: Gallery) -> str:
    """How many copies there are, in a sentence."""
    if not found.compared:
        return tr("Nothing was compared.")
    if not found.copies:
        return tr("No picture comes close to one of yours.")
    if found.copies == 1:
        return tr("1 of {m} generated pictures copies one of yours.", m=f"{found.compared:,}")
    numbers = {"n": f"{found.copies:,}", "m": f"{found.compared:,}"}
    if found.copied == 1:
        return tr("{n} of {m} generated pictures copy the same one of yours.", **numbers)
    return tr("{n} of {m} generated pictures copy {k} of yours.", **numbers, k=f"{found.copied:,}")


def advice(found: Gallery) -> str:
    """What to do, or what was looked at."""
    if found.copies:
        return tr(
            "Do not hand these out as new. To copy less: train on more pictures, stop earlier, or "
            "use more augmentation."
        )
    return tr(
        "{m} generated pictures were compared with {k} training pictures. Here are the closest.",
        m=f"{found.compared:,}", k=f"{found.known:,}",
    )  # fmt: skip


def caution(found: Gallery) -> str:
    """What the comparison could not see, or cannot tell; empty when there is nothing."""
    said = []
    if found.changed:
        said.append(
            tr(
                "The dataset is not what this run has learnt: it was compared with the {k} "
                "pictures there are now.",
                k=f"{found.known:,}",
            )
        )
    if len(found.lost) == 1:
        said.append(tr("{name} can no longer be read and was left out.", name=found.lost[0]))
    elif found.lost:
        said.append(
            tr("{n} pictures can no longer be read and were left out.", n=f"{len(found.lost):,}")
        )
    if found.copies and found.unseen_close:  # else there is nothing to be misjudged
        said.append(
            tr(
                "Pictures that training never saw come as close, too: {n} of {m}. This dataset "
                "has pictures that are alike, so look before you judge.",
                m=f"{found.unseen:,}", n=f"{found.unseen_close:,}",
            )
        )  # fmt: skip
    return i18n.said(sentences(said))


def percent(likeness: Likeness) -> str:
    """Whole percent; 100 is the same picture and nothing else."""
    return f"{100 if likeness.alike == 100 else min(99, round(likeness.alike))} %"


def in_words(likeness: Likeness) -> str:
    if likeness.alike == 100 and not likeness.distance:
        said = tr("The same picture.")
    elif likeness.in_place:
        said = tr("Almost the same picture.")
    elif likeness.too_close:
        said = tr("The same things, moved or cut.")
    elif likeness.alike >= 75:
        said = tr("Alike, but not closer than pictures that training never saw.")
    else:
        said = tr("A picture of its own.")
    if likeness.mirrored and likeness.too_close:
        return f"{said} {tr('Left and right are swapped.')}"
    return said


def short(likeness: Likeness) -> str:
    """In a word or a number, where there is no room for more."""
    is_moved = likeness.too_close and not likeness.in_place
    return tr("moved") if is_moved else percent(likeness)


def figure(pair: Pair) -> Figure:
    one = pair.likeness
    words = in_words(one)
    if one.too_close and not one.in_place:
        help = tr(
            "Distance between features of a fixed network: what is in the picture, wherever it is. "
            "0 is the same; pictures that training never saw stay above {x}.",
            x=f"{one.ordinary:.2f}",
        )
        return Figure(tr("Distance"), f"{one.distance:.2f}", words, max(0.0, one.closeness), help)
    help = tr(
        "Likeness of what lies where, blind to sharpness and tone. Pictures that training never "
        "saw stay below {x} %.",
        x=f"{one.usual:.0f}",
    )
    return Figure(tr("Likeness"), percent(one), words, one.alike / 100, help)


def name_of(pair: Pair) -> str:
    return pair.item.name if pair.item else tr("a picture no longer in the dataset")


def place_of(pair: Pair) -> str:
    """Where its file lies, or that it is gone."""
    if pair.item is None:
        return tr("It is no longer in the dataset; the copy in the cache is shown.")
    path = display_path(pair.item.path, pair.item.member)
    return path if pair.file_found else tr("Its file is no longer there: {path}", path=path)


def spoken(pair: Pair) -> str:
    """A pair in a line, for tooltips and screen readers."""
    parts = [
        tr("Copy") if pair.likeness.too_close else "",
        tr("Seed {n}", n=pair.seed),
        tr("{x} like {name}", x=percent(pair.likeness), name=name_of(pair)),
    ]
    return " · ".join(part for part in parts if part)

"""Numbers and states of training as an artist reads them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from models.facts import Curve
from studio.desktop.base.amounts import duration
from studio.desktop.i18n import said as said
from studio.desktop.i18n import tr
from studio.desktop.training.session.run_record import RunRecord
from studio.engine.events import HealthKind, RunState
from studio.engine.said import sentences


def told(sentence: str, action: str) -> str:
    return said(sentences(filter(None, (sentence, action))))


def size(number: float) -> str:
    """Bytes as `830 MB` or `2.4 GB`."""
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{math.ceil(number / 1e6)} MB"


def short_count(number: float) -> str:
    """214016 as `214k`."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if number >= 10 * size:
            return f"{number / size:.0f}{unit}"
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(int(number))


def rate(images_per_second: float) -> str:
    """Images a second, `—` before the first figure."""
    if images_per_second <= 0:
        return "—"
    digits = 1 if images_per_second < 10 else 0
    return tr("{n} img/s", n=f"{images_per_second:,.{digits}f}")


def percent(fraction: float) -> str:
    """0.43 as `43 %`; empty while unknown."""
    return "" if fraction < 0 else f"{math.floor(fraction * 100)} %"


def progress(record: RunRecord) -> str:
    """How far a run is, how quick and how long it has to go, in a line."""
    if record.stage and record.stage not in (RunState.TRAINING, RunState.RUNNING):
        return status(record.stage)
    parts = [percent(record.fraction), rate(record.images_per_second)]
    if record.seconds_left is not None:
        parts.append(tr("{time} left", time=duration(record.seconds_left)))
    return " · ".join(part for part in parts if part and part != "—")


def status(state: RunState) -> str:
    return {
        RunState.READY: tr("ready"),
        RunState.RUNNING: tr("running"),
        RunState.PREPARING: tr("preparing"),
        RunState.MEASURING: tr("measuring"),
        RunState.TRAINING: tr("training"),
        RunState.PAUSED: tr("paused"),
        RunState.SAVING: tr("saving"),
        RunState.STOPPED: tr("stopped"),
        RunState.FINISHED: tr("done"),
        RunState.MEASURED: tr("measured"),
        RunState.FAILED: tr("failed"),
        RunState.INTERRUPTED: tr("interrupted"),
    }[state]


def health(kind: HealthKind) -> str:
    """What kind of thing was found, in two or three words."""
    return {
        HealthKind.NAN: tr("It broke down"),
        HealthKind.MEMORY: tr("Memory was short"),
        HealthKind.DISK: tr("The disk is full"),
        HealthKind.CHANGED: tr("Changed by hand"),
        HealthKind.REFUSED: tr("Not changed"),
        HealthKind.TRANSFER: tr("Begun with another run"),
        HealthKind.PICTURES: tr("Other pictures"),
        HealthKind.LABELS: tr("About the labels"),
        HealthKind.COLLAPSE: tr("Pictures repeat"),
        HealthKind.OVERFIT: tr("Learnt by heart"),
        HealthKind.POSTERIOR: tr("Numbers asleep"),
        HealthKind.LEAK: tr("Augmentation leak"),
        HealthKind.PLATEAU: tr("No better for a while"),
        HealthKind.SPEED: tr("Speed"),
        HealthKind.OTHER: tr("Worth knowing"),
    }[kind]


def curve(name: str, own: Mapping[str, Curve]) -> Curve:
    """A scalar with words in the current language: `own` of the family, or of the examination.

    What is not known keeps its name.
    """
    examined = {
        "unseen_psnr": tr("unseen (PSNR)"),
        "likeness": tr("distance"),
        "coverage": tr("coverage"),
        "variety": tr("variety"),
    }
    if name in examined:
        return Curve(examined[name], hidden=True)
    found = own.get(name)
    return Curve(tr(found.words), found.hidden) if found else Curve(name.replace("_", " "))

"""Beside a picture that a model made: the training picture that it is nearest to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from studio.desktop.i18n import said
from studio.desktop.widgets.labels import set_tone

if TYPE_CHECKING:
    from studio.engine.evaluation.nearest_picture import Nearest


def show_nearest(label: QLabel, nearest: Nearest | None) -> None:
    """None where the training pictures are gone."""
    from studio.engine.evaluation.nearest_picture import verdict

    label.setText(said(verdict(nearest)))
    set_tone(label, "bad" if nearest is not None and nearest.too_close else "")

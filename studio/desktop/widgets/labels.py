"""Words on widgets: labels, and what buttons and fields are called and are for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget

from studio.desktop.plain_text import Label, tip


def text_label(
    text: str = "", *, quiet: bool = False, tone: str = "", wrap: bool = True, copied: bool = False
) -> QLabel:
    """Plain text, in a quiet colour or that of a `tone`; `copied` where it can be selected."""
    made = Label(text)
    made.setWordWrap(wrap)
    if quiet:
        made.setProperty("quiet", True)
    if tone:
        made.setProperty("tone", tone)
    if copied:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """The colour of what it says: "good", "bad", "accent", or the usual one."""
    widget.setProperty("tone", tone)
    widget.style().polish(widget)


def set_words(*rows: tuple[QWidget, str, str]) -> None:
    """Give widgets their names and tooltips: (widget, name, tip).

    The name stands on a button, and is what a screen reader says of any widget; it reads the tip
    as well, which is what Qt describes a widget by. Without a name the tip is what it is called.
    """
    for widget, text, words in rows:
        if isinstance(widget, QAbstractButton):
            widget.setText(text)
        widget.setAccessibleName(text or words)
        widget.setToolTip(tip(words))

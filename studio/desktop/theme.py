"""The darkroom: neutral greys so that nothing tints the work, and the amber of a safelight."""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, dataclass
from functools import cache
from string import Template

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from studio.engine.files import resources

FONT_PIXELS = 13
CHINESE = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei")
SPACE = 8


@dataclass(frozen=True)
class Colours:
    """Every colour the window uses, as `#rrggbb`."""

    window: str
    panel: str
    raised: str
    hover: str
    line: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    accent_text: str
    card: str
    card_line: str
    good: str
    bad: str
    canvas: str


DARK = Colours(
    window="#161616", panel="#1f1f1f", raised="#2a2a2a", hover="#343434", line="#333333",
    text="#e6e6e6", quiet="#9b9b9b", accent="#f0a43c", on_accent="#161616",
    accent_text="#f0a43c", card="#262116", card_line="#5a4520", good="#7fb77e", bad="#e0675c",
    canvas="#111111",
)  # fmt: skip

LIGHT = Colours(
    window="#e9e9e9", panel="#f4f4f4", raised="#ffffff", hover="#dedede", line="#cccccc",
    text="#1c1c1c", quiet="#5c5c5c", accent="#ae6800", on_accent="#000000",
    accent_text="#885000", card="#fbf1df", card_line="#dcb878", good="#2f6b2e", bad="#ad3126",
    canvas="#d8d8d8",
)  # fmt: skip

THEMES = {"dark": DARK, "light": LIGHT}


class _Current:
    name = "dark"


def colours() -> Colours:
    return THEMES[_Current.name]


def name() -> str:
    """`dark` or `light`."""
    return _Current.name


def apply(theme: str) -> None:
    """Put palette, font and style sheet of `theme` on the running application."""
    _Current.name = theme if theme in THEMES else "dark"
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    sheet = style_sheet(colours())
    if app.styleSheet() == sheet:
        return  # every widget there is would be polished again, which takes seconds
    app.setFont(font())
    app.setPalette(palette(colours()))
    app.setStyleSheet(sheet)


def font(pixels: int = FONT_PIXELS, *, bold: bool = False) -> QFont:
    """The system's font at `pixels`, with figures of one width where the font has them."""
    chosen = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if beside := _chinese():
        # By its own name: behind an alias as "Sans Serif" the second family would serve for all.
        chosen.setFamilies([QFontInfo(chosen).family(), beside])
    chosen.setPixelSize(pixels)
    chosen.setFeature(QFont.Tag("tnum"), 1)
    if bold:
        chosen.setWeight(QFont.Weight.DemiBold)
    return chosen


@cache
def _chinese() -> str:
    """The family for Chinese where Qt's own choice is a bold or a Japanese one (fontconfig)."""
    if sys.platform != "linux":
        return ""
    return next((name for name in CHINESE if QFontDatabase.hasFamily(name)), "")


def palette(c: Colours) -> QPalette:
    """The complete palette: styleHints' colour scheme alone does nothing on some platforms."""
    made = QPalette()
    role = QPalette.ColorRole
    pairs = {
        role.Window: c.panel, role.WindowText: c.text, role.Base: c.window,
        role.AlternateBase: c.raised, role.Text: c.text, role.Button: c.raised,
        role.ButtonText: c.text, role.BrightText: c.bad, role.Highlight: c.accent,
        role.HighlightedText: c.on_accent, role.ToolTipBase: c.raised,
        role.ToolTipText: c.text, role.PlaceholderText: c.quiet, role.Link: c.accent_text,
        role.LinkVisited: c.accent_text, role.Light: c.hover, role.Midlight: c.raised,
        role.Mid: c.line, role.Dark: c.line, role.Shadow: c.window, role.Accent: c.accent,
    }  # fmt: skip
    for which, colour in pairs.items():
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(c.quiet))
    return made


def style_sheet(c: Colours) -> str:
    """`resources/theme/studio.qss` with the colours filled in."""
    folder = resources() / "theme"
    template = Template((folder / "studio.qss").read_text("utf-8"))
    return template.substitute(asdict(c), icons=(resources() / "icons").as_posix())


def icon(name: str, colour: str = "") -> QIcon:
    """The one-stroke icon `name`, drawn in `colour` (default: the text's), quiet when disabled."""
    c = colours()
    made = QIcon()
    for mode, shade in (
        (QIcon.Mode.Normal, colour or c.text),
        (QIcon.Mode.Disabled, c.quiet),
    ):
        for size in (16, 32):
            made.addPixmap(_drawn(name, size, shade), mode)
    return made


def pixmap(name: str, size: int, colour: str) -> QPixmap:
    """Icon `name` as a square pixmap of `size`, as sharp as the sharpest screen here; empty when
    there is no such icon."""
    app = QApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QApplication) else 1.0
    drawn = _drawn(name, math.ceil(size * ratio), colour).copy()
    drawn.setDevicePixelRatio(ratio)
    return drawn


@cache
def _drawn(name: str, size: int, colour: str) -> QPixmap:
    drawn = QPixmap(size, size)
    drawn.fill(Qt.GlobalColor.transparent)
    svg = _stroke(name).replace("currentColor", colour)
    if not svg:
        return drawn
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return drawn


@cache
def _stroke(name: str) -> str:
    path = resources() / "icons" / f"{name}.svg"
    return path.read_text("utf-8") if path.is_file() else ""


def contrast(first: str, second: str) -> float:
    """Contrast of two colours by WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

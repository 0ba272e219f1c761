"""The preparation page: how pictures become training pictures, and what comes of it."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QWidget

from studio.desktop import i18n
from studio.desktop.dataset import words
from studio.desktop.dataset.inspector.form_rows import Pick, Row
from studio.desktop.dataset.inspector.item_queries import Preparation, Seen
from studio.desktop.dataset.inspector.training_pictures import SeenWall
from studio.desktop.i18n import tr
from studio.desktop.widgets import boxes
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader
from studio.engine.dataset.preparation import policy as policies
from studio.engine.errors import StudioError
from studio.engine.said import sentences

SIZES = (
    "32", "64", "128", "256", "512", "96 × 64", "64 × 96", "128 × 96", "96 × 128", "192 × 128",
    "128 × 192", "256 × 144", "144 × 256",
)  # fmt: skip
COLOURS = ("#000000", "#808080", "#ffffff")
USUAL_SHARE = 5.0
_SIZE = re.compile(r"\s*(\d{1,5})\s*(?:[x×*, ]\s*(\d{1,5}))?\s*")


class PreparationPage(QWidget):
    """Says what the artist wishes; shows what holds for the dataset, once it does."""

    policyWanted = Signal(object)
    """Fields of the engine's `Policy` that are to be others."""
    sizeWanted = Signal(int, int)
    shareWanted = Signal(float)
    cropWanted = Signal()
    uncropWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.held = Preparation()
        self._seen: list[Seen] = []
        self._chosen = 0
        self.wall, self.said = SeenWall(), text_label(quiet=True)
        self.trouble, self.division = text_label(tone="bad"), text_label(quiet=True)
        self.crop, self.fill = Pick(), Pick(typed=True)
        self.flatten, self.resolution = Pick(typed=True), Pick(typed=True)
        self.linear, self.share = QCheckBox(), QDoubleSpinBox()
        self.share.setRange(0, 50)
        self.share.setDecimals(1)
        self.share.setSuffix(" %")
        self.share.setKeyboardTracking(False)
        self.by_hand, self.whole = secondary(""), secondary("")
        self.heads = [SectionHeader("") for _ in range(3)]
        self.rows = {
            "crop": Row(self.crop, lambda: self._wish(crop="centre", fill="")),
            "fill": Row(self.fill, lambda: self._wish(fill="")),
            "size": Row(self.resolution, lambda: self.sizeWanted.emit(*policies.USUAL_SIZE)),
            "flatten": Row(self.flatten, lambda: self._wish(flatten="")),
            "share": Row(self.share, lambda: self.shareWanted.emit(USUAL_SHARE / 100)),
        }
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        # What comes and goes stands last, and words that grow have room: nothing moves by itself.
        self.said.setMinimumHeight(2 * self.said.fontMetrics().lineSpacing())
        self.said.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = boxes.row((self.by_hand, 1), (self.whole, 1), gap=8)
        boxes.column(
            self.wall, self.said, buttons, 6,
            self.heads[0], self.rows["crop"], self.rows["fill"], self.rows["size"], 6,
            self.heads[1], self.linear, self.rows["flatten"], 6,
            self.heads[2], self.rows["share"], self.division, self.trouble,
            None, on=self, gap=8, margins=(16, 12, 16, 8),
        )  # fmt: skip

    def _connect(self) -> None:
        self.crop.picked.connect(self._crop_picked)
        self.fill.picked.connect(lambda key: self._wish(fill=key.lower()))
        self.flatten.picked.connect(lambda key: self._wish(flatten=key.lower()))
        self.resolution.picked.connect(self._size_picked)
        self.linear.clicked.connect(lambda on: self._wish(linear=on))
        self.share.valueChanged.connect(lambda value: self.shareWanted.emit(value / 100))
        self.by_hand.clicked.connect(self.cropWanted)
        self.whole.clicked.connect(self.uncropWanted)

    # ------------------------------------------------------------------ wishes

    def _crop_picked(self, crop: str) -> None:
        self._wish(crop=crop, fill=self.held.policy.fill if crop == "pad" else "")

    def _wish(self, **fields: object) -> None:
        try:
            replace(self.held.policy, **fields)  # type: ignore[arg-type]
        except StudioError as error:
            self.say(error.said)
            return
        self.say("")
        self.policyWanted.emit(fields)

    def _size_picked(self, text: str) -> None:
        found = _SIZE.fullmatch(text)
        if found is None:
            self.say(tr("Write a size in pixels, as 64 or 96 × 64."))
            return
        width, height = int(found[1]), int(found[2] or found[1])
        try:
            policies.checked_size(width, height)
        except StudioError as error:
            self.say(error.said)
            return
        self.say("")
        self.sizeWanted.emit(width, height)

    def say(self, sentence: str) -> None:
        """What is wrong with a wish, until another is made."""
        self.trouble.setText(i18n.said(sentence))
        self.trouble.setVisible(bool(sentence))

    # ------------------------------------------------------------------ what holds

    def show_preparation(self, held: Preparation) -> None:
        self.held, policy = held, held.policy
        self.crop.set_choices([(c, words.crop_title(c)) for c in policies.CROPS], policy.crop)
        fills = [("", words.fill_title("")), *((f, words.fill_title(f)) for f in policies.FILLS)]
        self.fill.set_choices([*fills, *((c, c) for c in COLOURS)], policy.fill)
        self.rows["fill"].setVisible(policy.crop == "pad")
        keep = [("", tr("Keep it")), *((c, tr("On {colour}", colour=c)) for c in COLOURS)]
        self.flatten.set_choices(keep, policy.flatten)
        self.resolution.set_choices([(s, s) for s in SIZES], size_text(held.size))
        self.linear.setChecked(policy.linear)
        total = held.train + held.held_out
        with QSignalBlocker(self.share):
            self.share.setValue(100 * held.held_out / total if total else 0.0)
        self.share.setEnabled(held.divided)
        self._say_division()

    def show_seen(self, seen: list[Seen], chosen: int = 0) -> None:
        """What the network sees of the first few of so many chosen pictures."""
        self._seen, self._chosen = seen, chosen
        images = [image for each in seen for image in each.images]
        size = seen[0].size if seen else self.held.size
        self.wall.show_images(images, size)
        self.by_hand.setEnabled(bool(seen))
        self.whole.setEnabled(any(each.crop is not None for each in seen))
        self._say_seen()

    def _say_seen(self) -> None:
        if not self._seen:
            self.said.setText(tr("Choose pictures to see what the network will see of them."))
            return
        first = self._seen[0]
        if first.trouble:
            self.said.setText(i18n.said(first.trouble))
            return
        parts = [size_text(first.size, full=True), _channels(first.channels)]
        if len(self._seen) < self._chosen:
            n, of = words.number(len(self._seen)), words.pictures(self._chosen)
            parts.insert(0, tr("{n} of {pictures}", n=n, pictures=of))
        elif len(self._seen) > 1:
            parts.insert(0, words.pictures(len(self._seen)))
        elif first.count > 1:
            parts.insert(0, tr("{n} tiles", n=words.number(first.count)))
        if first.crop is not None and len(self._seen) == 1:
            parts.append(tr("cropped by hand"))
        self.said.setText(" · ".join(parts))

    def _say_division(self) -> None:
        held = self.held
        if not held.divided:
            self.division.setText(tr("Reading…"))
            return
        if not held.train and not held.held_out:
            self.division.setText(tr("There is no picture to train on."))
            return
        numbers = {"n": words.number(held.held_out), "total": words.number(held.train)}
        if held.held_out:
            text = tr("{n} held out to measure with, {total} to train on.", **numbers)
        else:
            text = tr("Nothing is held out; {total} to train on.", total=numbers["total"])
        stays = tr("Pictures that are added never move another to the other side.")
        self.division.setText(i18n.said(sentences([text, stays])) if held.held_out else text)

    # ------------------------------------------------------------------ words

    def retranslate(self) -> None:
        self.wall.retranslate()
        for head, text in zip(
            self.heads, (tr("Framing"), tr("Light and transparency"), tr("Held out")), strict=True
        ):
            head.setText(text)
        texts = {
            "crop": (tr("Fitting"), tr("How pictures of another shape are fitted (crop policy).")),
            "fill": (tr("Bars"), tr("What the added bars show; a colour as #rrggbb (padding).")),
            "size": (tr("Size"),
                     tr("Width × height of the training pictures, in pixels (resolution).")),
            "flatten": (tr("Transparency"),
                        tr("Keep it, or lay pictures on a colour (alpha channel).")),
            "share": (tr("Share"),
                      tr("The part of the pictures that training never sees (held-out split).")),
        }  # fmt: skip
        for name, (label, help) in texts.items():
            self.rows[name].set_texts(label, help)
        set_words(
            (self.linear, tr("Resize in linear light"),
             tr("Fine bright detail keeps its brightness when pictures are made smaller (gamma).")),
            (self.by_hand, tr("Crop by hand…"),
             tr("Draw the part of this picture that trains (C).")),
            (self.whole, tr("Whole picture"),
             tr("Take back the crop by hand of the chosen pictures.")),
        )  # fmt: skip
        self.say("")
        self.show_preparation(self.held)
        self._say_seen()


def size_text(size: tuple[int, int], *, full: bool = False) -> str:
    """`64` or `96 × 64`; `full` also says the height of a square."""
    width, height = size
    return f"{width}" if width == height and not full else f"{width} × {height}"


def _channels(count: int) -> str:
    names = {1: tr("greyscale"), 3: tr("colour"), 4: tr("colour with transparency")}
    return names.get(count, "")

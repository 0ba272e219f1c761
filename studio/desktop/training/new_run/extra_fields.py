"""More settings of a new run: those that no family declares."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.i18n import tr
from studio.desktop.training.fields import Choice, Field

PRECISIONS = ("bf16", "fp16", "fp32")


class Extras(QWidget):
    """Framing, seed, machine, how it calculates, and files for other programs."""

    changed = Signal()
    machineChanged = Signal()
    boardWanted = Signal()
    """TensorBoard files were asked for: it is to be found out whether they can be written."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.crop, self.device, self.precision = Choice(), Choice(), Choice()
        self.compile, self.labels = Choice(), Choice()
        self.seed, self.board = QLineEdit("0"), QCheckBox()
        self.fields = {
            "crop": Field(self.crop), "labels": Field(self.labels), "seed": Field(self.seed),
            "device": Field(self.device), "precision": Field(self.precision),
            "compile": Field(self.compile), "board": Field(self.board),
        }  # fmt: skip
        self._machines: list[tuple[str, str]] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        for field in self.fields.values():
            self.column.addWidget(field)
        self.crop.picked.connect(self.changed)
        for choice in (self.precision, self.compile, self.labels):
            choice.picked.connect(self.changed)
        self.device.picked.connect(self.machineChanged)
        self.seed.textChanged.connect(self._seed_changed)
        self.board.toggled.connect(self._board_toggled)

    def seed_number(self) -> int | None:
        """The seed, or None when the text is none."""
        text = self.seed.text().strip()
        return int(text) if text.isdecimal() and len(text) <= 18 else None

    def wanted_labels(self) -> bool | None:
        """Whether labels are learnt; None leaves it to how many pictures each has."""
        return {"yes": True, "no": False}.get(self.labels.key())

    def set_machines(self, machines: Sequence[tuple[str, str]]) -> None:
        """Offer these devices: (name, title)."""
        self._machines = list(machines)
        pairs = [("auto", tr("Best there is")), *((n, f"{t} ({n})") for n, t in machines)]
        self.device.set_choices(pairs)

    def set_board_error(self, sentence: str) -> None:
        """Why TensorBoard files cannot be written; empty when they can."""
        self.fields["board"].set_error(sentence if self.board.isChecked() else "")
        self.changed.emit()

    def _seed_changed(self) -> None:
        wrong = self.seed_number() is None
        self.fields["seed"].set_error(tr("A seed is a whole number from 0.") if wrong else "")
        self.changed.emit()

    def _board_toggled(self, on: bool) -> None:
        self.fields["board"].set_error("")
        if on:
            self.boardWanted.emit()
        self.changed.emit()

    def retranslate(self) -> None:
        """Texts in the current language."""
        texts = {
            "crop": (tr("Framing"), tr("How pictures of another shape are fitted (crop mode)")),
            "labels": (
                tr("Labels"), tr("Learn what each label looks like (class conditioning)"),
            ),
            "seed": (tr("Seed"), tr("The number all chance comes from (random seed)")),
            "device": (tr("Machine"), tr("What does the arithmetic (device)")),
            "precision": (
                tr("Precision"), tr("How exactly numbers are kept: bf16 is quicker where it works"),
            ),
            "compile": (
                tr("Translation"),
                tr("Translate the networks for this machine first (torch.compile); takes minutes"),
            ),
            "board": (
                tr("TensorBoard"), tr("Also write the curves as TensorBoard files (event files)"),
            ),
        }  # fmt: skip
        for name, (label, tip) in texts.items():
            self.fields[name].set_texts(label, tip)
        self.board.setText(tr("Write its files too"))
        self.crop.set_choices(
            [("", tr("As the dataset says")), ("centre", tr("Crop the middle")),
             ("smart", tr("Crop to the detail")), ("pad", tr("Add borders")),
             ("stretch", tr("Stretch")), ("tiles", tr("Cut into tiles"))]
        )  # fmt: skip
        self.labels.set_choices(
            [("auto", tr("auto")), ("yes", tr("Learn them")), ("no", tr("Leave them out"))]
        )
        self.precision.set_choices([("auto", tr("auto")), *((n, n) for n in PRECISIONS)])
        self.compile.set_choices(
            [("auto", tr("Where it pays")), ("on", tr("Always")), ("off", tr("Never"))]
        )
        self.set_machines(self._machines)
        if self.seed_number() is None:
            self._seed_changed()

"""The page of the stage: which screen, how large, how fast, and who else sees it."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QSpinBox, QWidget

from studio.desktop import i18n
from studio.desktop.generation.live.broadcast import Broadcast
from studio.desktop.generation.live.live import Live
from studio.desktop.generation.live.stage import Stage, screen_called
from studio.desktop.i18n import tr
from studio.desktop.plain_text import Label
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words, text_label
from studio.desktop.widgets.panel import SectionHeader

SIZES = ("screen", "model", "1280x720", "1920x1080", "1080x1080", "3840x2160")
NAME = "Latent Studio"
LABEL_WIDTH = 72


class StagePage(QWidget):
    """Owns the stage and what is sent to other programs."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self._live = live
        self.stage, self.broadcast = Stage(), Broadcast(self)
        self._image = QImage()
        self.heads = [SectionHeader(), SectionHeader()]
        self.labels = [Label() for _ in range(4)]
        self.screen_box, self.size_box, self.rate = QComboBox(), QComboBox(), QSpinBox()
        self.open_button = secondary()
        self.send, self.send_as = QCheckBox(), QLineEdit(NAME)
        self.missing, self.others = text_label(quiet=True), text_label(quiet=True)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        for size in SIZES:
            self.size_box.addItem(size.replace("x", " × "), size)
        self.rate.setRange(1, 240)
        self.rate.setKeyboardTracking(False)
        self.send_as.setMaxLength(100)
        for box in (self.screen_box, self.size_box, self.rate, self.send_as):
            box.setFixedWidth(240)
        rows, below = QFormLayout(), QFormLayout()
        for form in (rows, below):
            form.setHorizontalSpacing(16)
            form.setVerticalSpacing(8)
        parts = self.screen_box, self.size_box, self.rate, self.send_as
        for label, part in zip(self.labels, parts, strict=True):
            label.setMinimumWidth(LABEL_WIDTH)
            (below if part is self.send_as else rows).addRow(label, row(part, None))
        column(
            self.heads[0], rows, row(self.open_button, None), 16, self.heads[1], self.send, below,
            self.missing, self.others, None, on=self, gap=8, margins=(16, 16, 16, 16),
        )  # fmt: skip

    def _connect(self) -> None:
        editor = self._live.editor
        self.open_button.clicked.connect(self.toggle)
        self.stage.closed.connect(self._words)
        self.broadcast.changed.connect(self._words)
        self.send.clicked.connect(self._send)
        self.screen_box.activated.connect(
            lambda at: editor.change(tr("Screen of the stage"), screen=self.screen_box.itemData(at))
        )
        self.size_box.activated.connect(
            lambda at: editor.change(tr("Size of the stage"), size=self.size_box.itemData(at))
        )
        self.rate.valueChanged.connect(
            lambda rate: editor.change(tr("{n} pictures a second", n=rate), "rate", rate=rate)
        )

    # ------------------------------------------------------------------ the picture

    def show_image(self, image: QImage) -> None:
        """A picture of the canvas, or a moment of a film."""
        self._image = image
        self.broadcast.show_image(image)
        if self.stage.isVisible():
            self.stage.show_image(image)

    def toggle(self) -> None:
        """Open the stage, or close it."""
        setup = self._live.editor.setup
        if self.stage.isVisible():
            self.stage.close()
        elif setup is not None:
            screen = screen_called(setup.screen, self.window())
            self.stage.open_on(screen, setup.size, setup.rate)
            self.stage.show_image(self._image)
        self._words()

    def _send(self, on: bool) -> None:
        setup = self._live.editor.setup
        if on and setup is not None:
            name = self.send_as.text().strip() or NAME
            self.broadcast.start("ndi", name, setup.size, setup.rate)
        else:
            self.broadcast.stop()

    def close_all(self) -> None:
        """The project or the program goes."""
        self.stage.close()
        self.broadcast.stop()

    def shutdown(self) -> None:
        self.stage.close()
        self.broadcast.shutdown()
        self.stage.deleteLater()

    # ------------------------------------------------------------------ what is shown

    def refresh(self) -> None:
        """Show what is set, and which screens there are."""
        setup = self._live.editor.setup
        self.setEnabled(setup is not None)
        if setup is None:
            return
        self.screen_box.clear()
        self.screen_box.addItem(tr("Another screen"), "")
        for screen in QGuiApplication.screens():
            self.screen_box.addItem(screen.name() or tr("Display"), screen.name())
        self.screen_box.setCurrentIndex(max(0, self.screen_box.findData(setup.screen)))
        self.size_box.setCurrentIndex(self.size_box.findData(setup.size))
        self.rate.blockSignals(True)
        self.rate.setValue(setup.rate)
        self.rate.blockSignals(False)
        self.stage.set_up(setup.size, setup.rate)
        self._words()

    def ask(self) -> None:
        """Look which senders this machine has."""
        from studio.engine.live.senders.base import said_of_others, sender

        missing = sender("ndi").missing()
        self.missing.setText(i18n.said(missing))
        self.missing.setVisible(bool(missing))
        self.send.setEnabled(not missing)
        self.send_as.setEnabled(not missing)
        self.others.setText(i18n.said(said_of_others()))

    def look(self) -> None:
        """Nothing here changes by itself."""

    def _words(self) -> None:
        opened = self.stage.isVisible()
        text = tr("Close the stage") if opened else tr("Open the stage")
        tip = tr("Nothing but the picture on a screen of its own (Shift+F11); Esc closes it")
        set_words((self.open_button, text, tip))
        self.send.setChecked(self.broadcast.is_on)

    def retranslate(self) -> None:
        heads = tr("The stage"), tr("Other programs")
        for head, text in zip(self.heads, heads, strict=True):
            head.setText(text)
        texts = tr("Display"), tr("Size"), tr("Frame rate"), tr("Name")
        for label, text in zip(self.labels, texts, strict=True):
            label.setText(text)
        for place, text in enumerate((tr("As large as the screen"), tr("Pixel for pixel"))):
            self.size_box.setItemText(place, text)
        self.rate.setSuffix(f" {tr('fps')}")
        set_words(
            (self.screen_box, tr("Display"),
             tr("Where the stage opens: another one than the window's, if there is one")),
            (self.size_box, tr("Size"), tr("How large the picture is shown and sent (resolution)")),
            (self.rate, tr("Frame rate"), tr("At most so many pictures a second (frame rate)")),
            (self.send, tr("Send by NDI"),
             tr("Other programs see the picture under this name (NDI source)")),
            (self.send_as, tr("Name"), tr("What the source is called in other programs")),
        )  # fmt: skip
        self.ask()
        self.refresh()

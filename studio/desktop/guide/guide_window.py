"""The guide in a window beside the work: pages on the left, the page on the right, a search."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QImage, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QWidget,
)

from studio.desktop import theme
from studio.desktop.guide import pages
from studio.desktop.i18n import tr
from studio.desktop.widgets.boxes import column, row
from studio.desktop.widgets.buttons import secondary
from studio.desktop.widgets.labels import set_words

SIZE = 980, 700
LIST_WIDTH = 264
PICTURE_WIDTH = 572
_PAGE = Qt.ItemDataRole.UserRole
_LINE_HEIGHT = 125.0
"""Per cent of the letters' own."""
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
_PICTURE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in the text of a page for a picture."""
_MARKDOWN = QTextDocument.ResourceType.MarkdownResource


class _Page(QTextBrowser):
    """Shows pages of the guide; links lead from page to page and nowhere else."""

    def __init__(self, shortcuts: Callable[[], str]) -> None:
        super().__init__()
        self._shortcuts = shortcuts
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(theme.SPACE * 3)

    def open_page(self, page: str) -> None:
        self.setSource(QUrl.fromLocalFile(str(pages.folder() / f"{page}.md")), _MARKDOWN)

    def page(self) -> str:
        return _page_of(self.source())

    def doSetSource(self, name: QUrl | str, kind: QTextDocument.ResourceType = _MARKDOWN) -> None:
        super().doSetSource(name, kind)
        self._space_out()

    def _space_out(self) -> None:
        """Qt sets Markdown without any room between paragraphs, and knows no style sheet for it."""
        block = self.document().begin()
        while block.isValid():
            cursor, form = QTextCursor(block), block.blockFormat()
            if not cursor.currentTable():
                form.setTopMargin(theme.SPACE * (3 if form.headingLevel() else 1))
                if _PICTURE not in block.text():
                    form.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
                cursor.setBlockFormat(form)
            block = block.next()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        if QUrl(name).fileName() == f"{pages.SHORTCUTS}.md":
            return self._shortcuts()
        if kind == QTextDocument.ResourceType.ImageResource.value:
            path = self.source().resolved(QUrl(name)).toLocalFile()
            return _picture(path, self.devicePixelRatioF())
        return super().loadResource(kind, name)


def _picture(path: str, ratio: float) -> QImage:
    """About as wide as a line of text, and as sharp as the screen; `ratio` is its pixels to one."""
    smooth = Qt.TransformationMode.SmoothTransformation
    image = QImage(path).scaledToWidth(round(PICTURE_WIDTH * ratio), smooth)
    image.setDevicePixelRatio(ratio)
    return image


def _page_of(source: QUrl) -> str:
    return source.fileName().removesuffix(".md")


class GuideWindow(QDialog):
    """Opened with F1 at the page of the place where one is; it stays open beside the work."""

    def __init__(self, parent: QWidget, shortcuts: Callable[[], str]) -> None:
        super().__init__(parent)
        self.resize(*SIZE)
        self.search, self.list, self.view = QLineEdit(), QListWidget(), _Page(shortcuts)
        self.search.setClearButtonEnabled(True)
        self.list.setObjectName("guide")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFixedWidth(LIST_WIDTH)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.back, self.close_button = secondary(), secondary()
        foot = row(self.back, None, self.close_button, gap=theme.SPACE)
        left = column(self.search, (self.list, 1), gap=theme.SPACE)
        right = column((self.view, 1), foot, gap=theme.SPACE)
        row(left, (right, 1), on=self, gap=theme.SPACE * 2, margins=(16, 16, 16, 16))
        self.back.clicked.connect(self.view.backward)
        self.view.backwardAvailable.connect(self.back.setEnabled)
        self.close_button.clicked.connect(self.close)
        self.search.textChanged.connect(self._fill)
        self.list.currentItemChanged.connect(self._chosen)
        self.view.sourceChanged.connect(lambda source: self._mark(_page_of(source)))
        self.retranslate()

    def open_at(self, page: str) -> None:
        """Show a page; the keyboard is in the search."""
        self.search.clear()
        self._show_page(page)
        self.show()
        self.activateWindow()
        self.search.setFocus()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Guide"))
        self.search.setPlaceholderText(tr("Search the guide"))
        set_words(
            (self.search, "", tr("Pages that have all of these words")),
            (self.list, "", tr("Pages of the guide; arrow keys turn them")),
            (self.view, "", tr("The page; links lead to other pages")),
            (self.back, tr("Back"), tr("To the page that was shown before (Alt+Left)")),
            (self.close_button, tr("Close"), tr("Close this window (Esc)")),
        )
        page = self.view.page() or pages.FIRST
        self._fill()
        self._show_page(page)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _show_page(self, page: str) -> None:
        self.view.open_page(page)
        self.back.setEnabled(self.view.isBackwardAvailable())

    def _fill(self) -> None:
        """The pages that match; the best of them is shown, at the first word that was typed."""
        words = self.search.text().strip()
        found = pages.matching(words)
        self.list.blockSignals(True)
        self.list.clear()
        for page in found:
            self._add(pages.title(page), page)
        if not words:
            self._add(tr("Shortcuts"), pages.SHORTCUTS)
        self.list.blockSignals(False)
        if words and found and self.view.page() not in found:
            self._show_page(found[0])
        self._mark(self.view.page())
        if words:
            self.view.moveCursor(QTextCursor.MoveOperation.Start)
            self.view.find(words.split()[0])

    def _add(self, title: str, page: str) -> None:
        entry = QListWidgetItem(title)
        entry.setData(_PAGE, page)
        self.list.addItem(entry)

    def _chosen(self, entry: QListWidgetItem | None) -> None:
        if entry is not None and entry.data(_PAGE) != self.view.page():
            self._show_page(entry.data(_PAGE))

    def _mark(self, page: str) -> None:
        """In the list. Qt tells of a new source before `source` has it, so it is handed in."""
        for place in range(self.list.count()):
            if self.list.item(place).data(_PAGE) == page:
                self.list.blockSignals(True)
                self.list.setCurrentRow(place)
                self.list.blockSignals(False)

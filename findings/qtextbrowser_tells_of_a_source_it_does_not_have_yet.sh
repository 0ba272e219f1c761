#!/bin/sh
# Qt 6.11.2 (PySide6_Essentials 6.11.2): QTextBrowser emits `sourceChanged` with the new address
# while `source()` still gives the one before, although the text is that of the new page already.
# After `backward()` it gives the new one. A slot that asks the browser where it is, instead of
# taking the argument, is a page behind on the way there and right on the way back: a list of pages
# beside it marks the wrong one.
#
# Seen with PySide6_Essentials 6.11.2, Python 3.11, Linux x86-64, platform offscreen:
#   set to two.md: told two.md, source() one.md, text "Two"
#   backward(): told one.md, source() one.md, text "One"
#   afterwards:    source() one.md
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check PySide6_Essentials==6.11.2
echo "# One" > "$place/one.md"
echo "# Two" > "$place/two.md"
QT_QPA_PLATFORM=offscreen "$place/env/bin/python" - "$place" <<'PYTHON'
import sys
from pathlib import Path

from PySide6 import __version__
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QApplication, QTextBrowser

print("PySide6", __version__)
application = QApplication([])
pages = [QUrl.fromLocalFile(str(Path(sys.argv[1], name))) for name in ("one.md", "two.md")]
browser, seen = QTextBrowser(), []
browser.setSource(pages[0])
browser.sourceChanged.connect(
    lambda told: seen.append(
        (told.fileName(), browser.source().fileName(), browser.toPlainText().strip())
    )
)
browser.setSource(pages[1])
browser.backward()
for did, (told, source, text) in zip(("set to two.md", "backward()"), seen):
    print(f'{did}: told {told}, source() {source}, text "{text}"')
print("afterwards: source()", browser.source().fileName())
expected = [("two.md", "one.md", "Two"), ("one.md", "one.md", "One")]
sys.exit(seen != expected or browser.source().fileName() != "one.md")
PYTHON

#!/bin/sh
# Qt 6.11.2 (PySide6_Essentials 6.11.2): buttons of a QButtonGroup that is not exclusive are still
# one stop of the Tab key as soon as they are checkable: Tab goes from the first of them straight to
# what follows the last. Of exclusive buttons one expects that (the arrow keys choose among them); of
# a row of independent toggles, put into a group for its signals alone, no key reaches the second
# one but an arrow. The same buttons without a group are a stop each.
#
# Seen with PySide6_Essentials 6.11.2, Python 3.11, Linux x86-64, platform offscreen:
#   no group:                   before, one, two, three, after
#   group, exclusive:           before, one, after
#   group, setExclusive(False): before, one, after
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check PySide6_Essentials==6.11.2
QT_QPA_PLATFORM=offscreen "$place/env/bin/python" - <<'PYTHON'
import sys

from PySide6 import __version__
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QButtonGroup, QPushButton, QVBoxLayout, QWidget

print("PySide6", __version__)
application = QApplication([])


def walked(exclusive):
    window = QWidget()
    layout = QVBoxLayout(window)
    buttons = {name: QPushButton(name) for name in ("before", "one", "two", "three", "after")}
    group = QButtonGroup(window)
    for name, button in buttons.items():
        layout.addWidget(button)
        if name not in ("before", "after"):
            button.setCheckable(True)
            if exclusive is not None:
                group.addButton(button)
    group.setExclusive(bool(exclusive))
    window.show()
    window.activateWindow()
    QTest.qWaitForWindowActive(window)
    buttons["before"].setFocus()
    stops = ["before"]
    while stops[-1] != "after" and len(stops) < 9:
        QTest.keyClick(application.focusWidget(), Qt.Key.Key_Tab)
        stops.append(application.focusWidget().text())
    return ", ".join(stops)


found = {
    "no group": walked(None),
    "group, exclusive": walked(True),
    "group, setExclusive(False)": walked(False),
}
for how, stops in found.items():
    print(f"{how}: {stops}")
sys.exit(list(found.values()) != ["before, one, two, three, after", *["before, one, after"] * 2])
PYTHON

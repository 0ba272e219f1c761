#!/bin/sh
# PySide6_Essentials 6.11.2: a QUndoCommand of Python that QUndoStack.push merges into the one below
# (mergeWith answered True) is not freed any more, with all that its attributes hold: not when its
# last name goes, not by the garbage collector, not when the stack is cleared. Qt deletes its own
# half at once, and commands that the undo limit pushes out are freed as they should be. Merging is
# what makes one step of a drag, so that every move of a slider is kept for as long as the program
# runs. A stack that joins commands before it pushes them loses nothing.
#
# Seen with PySide6_Essentials 6.11.2, Python 3.11, Linux x86-64, platform offscreen:
#   100 merged into one:     1 on the stack, 100 alive
#   100 past a limit of 5:   5 on the stack, 5 alive
#   merged, stack cleared:   0 on the stack, 99 alive
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check PySide6_Essentials==6.11.2
QT_QPA_PLATFORM=offscreen "$place/env/bin/python" - <<'PYTHON'
import gc
import sys

from PySide6 import __version__
from PySide6.QtGui import QUndoCommand, QUndoStack

print("PySide6", __version__)


class Move(QUndoCommand):
    def __init__(self, key):
        super().__init__()
        self.key = key

    def id(self):
        return 1

    def mergeWith(self, other):
        return other.key == self.key


def alive():
    gc.collect()
    return sum(isinstance(each, Move) for each in gc.get_objects())


limited = QUndoStack()
limited.setUndoLimit(5)
for number in range(100):
    limited.push(Move(number))
past_limit = (limited.count(), alive())
limited.clear()
merging = QUndoStack()
for _ in range(100):
    merging.push(Move(0))
merged = (merging.count(), alive())
merging.clear()
cleared = (merging.count(), alive())
for what, (count, left) in {
    "100 merged into one": merged,
    "100 past a limit of 5": past_limit,
    "merged, stack cleared": cleared,
}.items():
    print(f"{what}: {count} on the stack, {left} alive")
sys.exit((merged, past_limit, cleared) != ((1, 100), (5, 5), (0, 99)))
PYTHON

#!/bin/sh
# Pillow 13.0.0 and Qt 6.11.2: in an X bitmap (.xbm) a set bit is the foreground, which X and most
# programs draw black on white. Qt opens it so; Pillow opens a set bit as 255, which is white, so the
# picture is the negative of what Qt shows. Both write files that they read back as they were, so the
# difference shows only between them: what one wrote the other opens inverted.
#
# Seen with Pillow 13.0.0, PySide6-Essentials 6.11.2, Python 3.11, Linux x86-64:
#   left pixel set, right ones not
#   Pillow: [255, 0, 0, 0, 0, 0, 0, 0]
#   Qt: [0, 255, 255, 255, 255, 255, 255, 255]
#   a black square on white, written by Qt and opened by Pillow: 255 in a field of 0
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0 \
    PySide6-Essentials==6.11.2
cd "$place"
QT_QPA_PLATFORM=offscreen "$place/env/bin/python" - <<'PYTHON'
import sys
from pathlib import Path

import PIL
from PIL import Image
from PySide6 import __version__ as qt
from PySide6.QtGui import QColor, QImage

print("Pillow", PIL.__version__, "PySide6", qt)
Path("one.xbm").write_text(
    "#define one_width 8\n#define one_height 1\nstatic char one_bits[] = {\n 0x01 };\n"
)
with Image.open("one.xbm") as opened:
    by_pillow = list(opened.convert("L").tobytes())
shown = QImage("one.xbm").convertToFormat(QImage.Format.Format_Grayscale8)
by_qt = [shown.pixelColor(x, 0).value() for x in range(8)]
print("left pixel set, right ones not")
print("Pillow:", by_pillow)
print("Qt:", by_qt)

drawn = QImage(9, 9, QImage.Format.Format_RGB32)
drawn.fill(QColor("white"))
for x in range(3, 6):
    for y in range(3, 6):
        drawn.setPixelColor(x, y, QColor("black"))
written = drawn.save("square.xbm")
with Image.open("square.xbm") as opened:
    grey = opened.convert("L")
    inside, outside = grey.getpixel((4, 4)), grey.getpixel((0, 0))
print(f"a black square on white, written by Qt and opened by Pillow: {inside} in a field of {outside}")
negative = [255 - each for each in by_qt] == by_pillow and (inside, outside) == (255, 0)
sys.exit(not (written and negative))
PYTHON

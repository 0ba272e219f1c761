#!/bin/sh
# PyInstaller 6.22.3 with its own hooks: a frozen program exports no ONNX from torch 2.13.0. All modules are
# collected, `import torch.onnx` and `import onnxscript` work, and nothing is missing when it is built; but
# onnxscript compiles its library of operators from the text of its own functions while the exporter is
# loaded, and a frozen module has no text. The export ends with an error that names no missing file.
# With the sources beside the bytecode (`module_collection_mode={"onnxscript": "pyz+py"}`) it works.
#
# Seen with pyinstaller 6.22.3, torch 2.13.0 (CPU build), onnx 1.23.2, onnxscript 0.7.2, Python 3.11,
# Linux x86-64:
#   as a script: exported
#   frozen, modules as bytecode: not exported
#   frozen, onnxscript with its sources: exported
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check pyinstaller==6.22.3 torch==2.13.0 \
    onnx==1.23.2 onnxscript==0.7.2 numpy
cd "$place"
cat > program.py <<'PYTHON'
import logging
import sys

import onnxscript  # noqa: F401
import torch
import torch.onnx

logging.disable(logging.WARNING)
try:
    torch.onnx.export(torch.nn.ReLU(), (torch.ones(2),), dynamo=True, verbose=False)
    print("exported")
except Exception as error:
    print("not exported")
    print(type(error).__name__, str(error)[:300], file=sys.stderr)
PYTHON
frozen() {
    cat > "$1.spec" <<SPEC
from PyInstaller.utils.hooks import collect_submodules
hidden = collect_submodules("onnxscript", on_error="ignore") + collect_submodules("torch.onnx")
found = Analysis(["program.py"], hiddenimports=hidden, module_collection_mode=$2)
program = EXE(PYZ(found.pure), found.scripts, exclude_binaries=True, name="$1", console=True)
COLLECT(program, found.binaries, found.datas, name="$1")
SPEC
    "$place/env/bin/pyinstaller" --noconfirm --log-level ERROR "$1.spec" > build.log 2>&1 ||
        { cat build.log; exit 1; }
    "dist/$1/$1" 2> "$1.err"
}
script=$("$place/env/bin/python" -W ignore program.py)
echo "as a script: $script"
bare=$(frozen bare '{}')
echo "frozen, modules as bytecode: $bare"
whole=$(frozen whole '{"onnxscript": "pyz+py"}')
echo "frozen, onnxscript with its sources: $whole"
[ "$script,$bare,$whole" = "exported,not exported,exported" ]

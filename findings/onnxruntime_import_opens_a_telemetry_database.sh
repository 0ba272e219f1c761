#!/bin/sh
# onnxruntime 1.32.0, the wheel of the package index for Linux: `import onnxruntime` alone, with no
# model and no session, makes a database and a device id below the user's cache folder
# (Microsoft/DeveloperTools/.onnxruntime) and keeps the database open. `disable_telemetry_events()`
# comes too late: it leaves both there and open. ORT_DISABLE_TELEMETRY=1 in the environment before
# the import keeps all of it away. A program that promises to note nothing about its user has to set
# it before the first import. (Whether anything is sent was not looked at.)
#
# Seen with onnxruntime 1.32.0, Python 3.11, Linux x86-64, after the import:
#   as it comes:                 2 kinds of file made, database open: True
#   disable_telemetry_events():  2 kinds of file made, database open: True
#   ORT_DISABLE_TELEMETRY=1:     0 kinds of file made, database open: False
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check onnxruntime==1.32.0
cat > "$place/look.py" <<'PYTHON'
import os
import sys
from pathlib import Path

import onnxruntime

if sys.argv[1] == "call":
    onnxruntime.disable_telemetry_events()
made = {p.name.split("-")[0] for p in Path(os.environ["HOME"]).rglob("*") if p.is_file()}
held = []
for number in os.listdir("/proc/self/fd"):
    try:
        held.append(os.readlink(f"/proc/self/fd/{number}"))
    except OSError:
        continue
print(len(made), any(name.startswith(os.environ["HOME"]) for name in held))
PYTHON
result=0
check() { # title, argument, expected, environment…
    title=$1 argument=$2 expected=$3
    shift 3
    mkdir "$place/home"
    found=$(env -u XDG_CACHE_HOME HOME="$place/home" "$@" "$place/env/bin/python" "$place/look.py" "$argument")
    rm -rf "$place/home"
    echo "$title: ${found% *} kinds of file made, database open: ${found#* }"
    [ "$found" = "$expected" ] || result=1
}
check "as it comes" none "2 True" A=1
check "disable_telemetry_events()" call "2 True" A=1
check "ORT_DISABLE_TELEMETRY=1" none "0 False" ORT_DISABLE_TELEMETRY=1
exit $result

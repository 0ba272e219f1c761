#!/bin/sh
# torch 2.13.0 (CPU build, Linux, its own libgomp): as soon as other programs keep the processors busy, a
# small network draws forty times slower with all threads than with one. Each layer ends at a barrier where
# libgomp spins 300,000 rounds; the thread that is waited for has no processor, because those that wait burn
# it. Two knobs are known, and the obvious one is the wrong one: OMP_WAIT_POLICY=PASSIVE mends it, but
# costs half the speed of a machine with nothing else to do; GOMP_SPINCOUNT=5000 mends it as
# well and costs almost nothing there. It has to be set before torch is loaded.
#
# Seen with torch 2.13.0, Python 3.11, Linux x86-64, two processors, as many other programs that count as
# there are processors; sixteen convolutions of 64 channels, 32 by 32 pixels, pictures a second:
#   default: busy 2.6, nothing else 281.6
#   GOMP_SPINCOUNT=5000: busy 54.1, nothing else 280.3
#   OMP_WAIT_POLICY=PASSIVE: busy 96.5, nothing else 145.7
#   one thread: busy 105.0, nothing else 162.5
# Exits 1 when the busy default is not 3 times slower than with GOMP_SPINCOUNT=5000 any more.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy
cd "$place"
cat > draw.py <<'PYTHON'
import time

import torch

layers = [torch.nn.Conv2d(64, 64, 3, padding=1) for _ in range(16)]
network = torch.nn.Sequential(*layers).eval()
given = torch.randn(1, 64, 32, 32)
with torch.no_grad():
    network(given)
    began, drawn = time.perf_counter(), 0
    while time.perf_counter() - began < 3.0:
        network(given)
        drawn += 1
print(drawn / (time.perf_counter() - began))
PYTHON
cat > compare.py <<'PYTHON'
import os
import statistics
import subprocess
import sys

KNOBS = {"default": {}, "GOMP_SPINCOUNT=5000": {"GOMP_SPINCOUNT": "5000"},
         "OMP_WAIT_POLICY=PASSIVE": {"OMP_WAIT_POLICY": "PASSIVE"},
         "one thread": {"OMP_NUM_THREADS": "1"}}
NAMES = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "OMP_NUM_THREADS", "OMP_PROC_BIND")
PLAIN = {name: value for name, value in os.environ.items() if name not in NAMES}


def rates(busy):
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    found = {name: [] for name in KNOBS}
    try:
        for _ in range(4):
            for name, knobs in KNOBS.items():
                line = [sys.executable, "draw.py"]
                said = subprocess.check_output(line, env={**PLAIN, **knobs}, text=True)
                found[name].append(float(said))
    finally:
        for other in others:
            other.kill()
    return {name: statistics.harmonic_mean(each) for name, each in found.items()}


busy, alone = rates(os.cpu_count()), rates(0)
for name in KNOBS:
    print(f"{name}: busy {busy[name]:.1f}, nothing else {alone[name]:.1f}")
sys.exit(0 if busy["GOMP_SPINCOUNT=5000"] >= 3 * busy["default"] else 1)
PYTHON
"$place/env/bin/python" compare.py

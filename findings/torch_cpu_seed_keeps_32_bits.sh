#!/bin/sh
# torch 2.13.0, CPU: `Generator.manual_seed` takes 64 bits and remembers all of them in
# `initial_seed()`, but the numbers it draws depend on the lower 32 bits alone. Seeds that differ
# by a multiple of 2**32 give one stream, so a program that sets two streams apart by adding
# 1 << 62 to a seed draws the same numbers twice. Nothing warns.
#
# Seen with torch 2.13.0 (CPU build), Python 3.11, Linux x86-64:
#   initial_seed: 5 and 4611686018427387909
#   same numbers for 5 and 5 + 2**32: True
#   same numbers for 5 and 5 + 2**62: True
#   same numbers for 5 and 6: False
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
"$place/env/bin/python" -W ignore - <<'PYTHON'
import sys

import torch


def drawn(seed):
    return torch.randn(1000, generator=torch.Generator().manual_seed(seed)).tolist()


print("torch", torch.__version__)
remembered = [torch.Generator().manual_seed(seed).initial_seed() for seed in (5, 5 + (1 << 62))]
print("initial_seed:", *remembered)
same = {step: drawn(5) == drawn(5 + step) for step in (1 << 32, 1 << 62, 1)}
for step, equal in same.items():
    print(f"same numbers for 5 and 5 + {step}: {equal}")
sys.exit(remembered[0] == remembered[1] or list(same.values()) != [True, True, False])
PYTHON

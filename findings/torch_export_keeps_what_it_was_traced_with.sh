#!/bin/sh
# torch 2.13.0: a program that `torch.export.save` writes holds, besides its graph and the weights that
# the graph reads, the example tensors that it was traced with, by value, and every buffer of the module,
# also one that no line of the traced code reads (it is listed as an input of the graph with no users).
# Whoever traces with a real picture, or keeps words of a dataset in a buffer, hands them on with the
# model. The ONNX file that torch makes of the very same program has neither.
#
# Seen with torch 2.13.0 (CPU build), onnx 1.23.2, onnxscript 0.7.2, Python 3.11, Linux x86-64:
#   .pt2: example tensor inside: True, buffer that nobody reads inside: True
#   .onnx: example tensor inside: False, buffer that nobody reads inside: False
#   both play: True True
# Exits 1 when this changes.
set -eu
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/env"
"$place/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 onnx==1.23.2 \
    onnxscript==0.7.2 numpy
cd "$place"
"$place/env/bin/python" -W ignore - <<'PYTHON'
import io
import logging
import sys
import zipfile

import onnx
import torch

logging.disable(logging.WARNING)
NOTE = b"words that nobody reads"


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.dense = torch.nn.Linear(4, 4)
        self.register_buffer("note", torch.frombuffer(bytearray(NOTE), dtype=torch.uint8))

    def forward(self, x):
        return self.dense(x)


print("torch", torch.__version__, "onnx", onnx.__version__)
given = torch.tensor([[1.5, 2.5, 3.5, 4.5]])
program = torch.export.export(Net().eval(), (given,))
saved = io.BytesIO()
torch.export.save(program, saved)
with zipfile.ZipFile(saved) as parts:
    whole = b"".join(parts.read(name) for name in parts.namelist())
graph = torch.onnx.export(program, dynamo=True, verbose=False).model_proto.SerializeToString()
found = []
for kind, data in ((".pt2", whole), (".onnx", graph)):
    found.append((given.numpy().tobytes() in data, NOTE in data))
    print(f"{kind}: example tensor inside: {found[-1][0]}, "
          f"buffer that nobody reads inside: {found[-1][1]}")
saved.seek(0)
plays = torch.equal(torch.export.load(saved).module()(given), program.module()(given))
onnx.checker.check_model(onnx.load_from_string(graph))
print("both play:", plays, True)
sys.exit(found != [(True, True), (False, False)] or not plays)
PYTHON

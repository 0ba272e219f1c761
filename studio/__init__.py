"""Latent Studio: train a generative model on your own pictures and play it."""

import os

__version__ = "0.3.0"

# PyTorch's threads spin for milliseconds while they wait for each other. As soon as anything else
# is at work on the machine, one of them waits for its turn and all others burn theirs: pictures
# took forty times as long (tests/benchmarks/busy_machine.py). After five thousand rounds they sleep
# instead, which costs a few per cent on a quiet machine; sleeping at once (OMP_WAIT_POLICY) halves
# its speed. Here, as libgomp looks only once, when torch is loaded.
if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "5000")

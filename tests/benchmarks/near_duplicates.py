"""Near-duplicate search of 100,000 likenesses on one core, against bare popcounts of all pairs.

Three sets: pictures that are all different, pictures in clusters, and one picture only.
Prints one JSON object; exit 1 above the bound of seconds.

    python tests/benchmarks/near_duplicates.py [--count 100000]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from studio.engine.dataset.decoding.measures import LUMA_SIDE, SMALL_BYTES, perceptual_hash
from studio.engine.dataset.doctor import near_duplicates

BOUND = 10.0
CLUSTER = 20


def likenesses(count: int, different: int, seed: int = 0) -> near_duplicates.Likenesses:
    """`count` likenesses with noise, made from `different` soft scenes, hashed as pictures are."""
    generator = np.random.default_rng(seed)
    hashes = np.empty(count, np.uint64)
    small = np.empty((count, SMALL_BYTES), np.uint8)
    scenes = generator.integers(0, 256, (different, 4, 4), dtype=np.uint8)
    for row in range(count):
        coarse = scenes[row % different].repeat(8, axis=0).repeat(8, axis=1).astype(np.int16)
        noisy = np.clip(coarse + generator.integers(-6, 7, coarse.shape), 0, 255).astype(np.uint8)
        hashes[row] = int(perceptual_hash(noisy), 16)
        small[row, : LUMA_SIDE * LUMA_SIDE] = noisy[::2, ::2].ravel()
        small[row, LUMA_SIDE * LUMA_SIDE :] = 128
    return near_duplicates.Likenesses(
        np.arange(count, dtype=np.int64), hashes, small, np.ones(count)
    )


def bare(hashes: np.ndarray) -> float:
    """Seconds of nothing but exclusive or and population count over all pairs."""
    started = time.process_time()
    for row in range(len(hashes) - 1):
        np.bitwise_count(hashes[row + 1 :] ^ hashes[row])
    return time.process_time() - started


def main() -> int:
    """Search each set once; the ratio is that of the set without near duplicates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    seconds, found = {}, {}
    cases = {"all_different": count, "clusters": max(1, count // CLUSTER), "one_picture": 1}
    for name, different in cases.items():
        given = likenesses(count, different)
        started = time.process_time()
        found[name] = len(near_duplicates.matches(given))
        seconds[name] = round(time.process_time() - started, 3)
        if name == "all_different":
            floor = bare(given.hashes)
    slowest = max(seconds.values())
    result = {
        "benchmark": "near_duplicates",
        "hashes": count,
        "seconds": seconds,
        "found": found,
        "popcount_seconds": round(floor, 3),
        "ratio": round(seconds["all_different"] / floor, 3),
        "bound_seconds": BOUND,
        "ok": slowest <= BOUND,
    }
    print(json.dumps(result))
    return 0 if result["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())

"""Prepared sets without a project: what the measures of this room look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from studio.engine.dataset.preparation.prepare import Prepared

MakePrepared = Callable[..., Prepared]


@pytest.fixture(autouse=True, scope="package")
def one_thread() -> Iterator[None]:
    """Small pictures on a shared machine: more threads only wait for each other."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def prepared_of(tmp_path_factory: pytest.TempPathFactory) -> MakePrepared:
    """Prepare pictures uint8 [n, h, w, c]; the last `held_out` of them are not trained on."""

    def make(images: np.ndarray, held_out: int) -> Prepared:
        folder = tmp_path_factory.mktemp("prepared")
        np.save(folder / "images.npy", images)
        count = len(images)
        return Prepared(
            folder=folder, images=np.load(folder / "images.npy", mmap_mode="r"),
            train=np.arange(count - held_out), held_out=np.arange(count - held_out, count),
            item_ids=list(range(count)), classes=[], labels=np.zeros(count, np.int64),
            captions=[""] * count, fingerprint=folder.name, crop="centre",
        )  # fmt: skip

    return make

"""The training pictures on the device, and the order in which they come.

A set that fits lies on the device as uint8; a larger one stays in its memory map and
goes through pinned buffers. The order is a function of (seed, position) alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from studio.engine.dataset.preparation.prepare import Prepared
from studio.engine.devices import Device
from studio.engine.errors import StudioError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

SHARE_OF_MEMORY = 0.25
UNKNOWN_MEMORY = 8 << 30
REFRESHED_BY = 5_000
"""Pictures that `Family.refresh` sees at most, evenly spaced: enough for any prior here."""


class Sampler:
    """Endless epochs, each a permutation of the set by (seed, epoch).

    `position` counts the pictures handed out; it is all that has to be saved. A batch
    may reach across epochs, so one larger than the set works.
    """

    def __init__(self, count: int, seed: int, position: int = 0) -> None:
        self.count, self.seed, self.position = count, seed, position
        self._epoch = -1
        self._order = np.empty(0, np.int64)

    def take(self, n: int) -> np.ndarray:
        """The next `n` indices, int64."""
        parts = []
        while n > 0:
            epoch, offset = divmod(self.position, self.count)
            if epoch != self._epoch:
                generator = np.random.Generator(np.random.PCG64([self.seed, epoch]))
                self._order, self._epoch = generator.permutation(self.count), epoch
            part = self._order[offset : offset + n]
            parts.append(part)
            self.position += len(part)
            n -= len(part)
        return np.concatenate(parts) if len(parts) != 1 else parts[0]


class Pictures:
    """Batches of the training rows of a prepared set, uint8 [n, H, W, C] on the device."""

    def __init__(
        self, prepared: Prepared, device: Device, *, labels: np.ndarray | None = None,
        resident: bool | None = None,
    ) -> None:  # fmt: skip
        """`labels` int64 [count] are the classes of the training rows, where there are any."""
        import torch

        if not len(prepared.train):
            raise StudioError(
                "There is no picture to train on: import pictures, or include some that are "
                "excluded."
            )
        self.prepared, self.device = prepared, torch.device(device.name)
        self.count = len(prepared.train)
        size = self.count * int(np.prod(prepared.images.shape[1:]))
        room = SHARE_OF_MEMORY * (device.memory or UNKNOWN_MEMORY)
        self._resident: Tensor | None = None
        if size <= room if resident is None else resident:
            rows = np.ascontiguousarray(prepared.images[prepared.train])
            self._resident = torch.from_numpy(rows).to(self.device)
        self._staging = _Staging(self.device)
        self._captions = [prepared.captions[row] for row in prepared.train]
        self._labels = None if labels is None else torch.from_numpy(labels).to(self.device)

    def batch(self, indices: np.ndarray) -> Tensor:
        """The pictures at these indices of the training set."""
        import torch

        if self._resident is None:
            return self._staging.send(self.prepared.images, self.prepared.train[indices])
        return self._resident[torch.from_numpy(indices).to(self.device, non_blocking=True)]

    def labels(self, indices: np.ndarray) -> Tensor | None:
        """Their classes, int64 [n] on the device; None where the run learns no labels."""
        import torch

        if self._labels is None:
            return None
        return self._labels[torch.from_numpy(indices).to(self.device, non_blocking=True)]

    def captions(self, indices: np.ndarray) -> list[str]:
        """Their captions; empty where there is none."""
        return [self._captions[index] for index in indices]

    def all_captions(self) -> list[str]:
        """Those of the whole training set, in its order."""
        return list(self._captions)

    def for_refresh(self, size: int) -> Iterator[Tensor]:
        """The set once, in its own order and at most :data:`REFRESHED_BY` of it."""
        chosen = self._refreshed_by()
        for start in range(0, len(chosen), size):
            yield self.batch(chosen[start : start + size])

    def labels_for_refresh(self) -> Tensor | None:
        """The classes of the pictures of :meth:`for_refresh`, in its order."""
        return self.labels(self._refreshed_by())

    def _refreshed_by(self) -> np.ndarray:
        count = min(self.count, REFRESHED_BY)
        return np.arange(count, dtype=np.int64) * self.count // count

    def held_out(self, most: int) -> Tensor | None:
        """Up to `most` pictures kept from training, or None where there are none."""
        import torch

        rows = self.prepared.held_out[:most]
        if not len(rows):
            return None
        return torch.from_numpy(np.ascontiguousarray(self.prepared.images[rows])).to(self.device)


class _Staging:
    """Two pinned buffers in turn: one is filled while the other is still on its way."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._slots: list[tuple[Tensor, Any]] = []
        self._next = 0

    def send(self, images: np.ndarray, rows: np.ndarray) -> Tensor:
        import torch

        shape = (len(rows), *images.shape[1:])
        if self.device.type != "cuda":
            # Elsewhere pinning gains nothing; fancy indexing copies out of the map.
            return torch.from_numpy(images[rows]).to(self.device)
        if len(self._slots) < 2 or self._slots[self._next][0].shape != shape:
            fresh = (torch.empty(shape, dtype=torch.uint8, pin_memory=True), torch.cuda.Event())
            self._slots[self._next : self._next + 1] = [fresh]
        buffer, sent = self._slots[self._next]
        sent.synchronize()
        np.take(images, rows, axis=0, out=buffer.numpy())
        batch = buffer.to(self.device, non_blocking=True)
        sent.record()
        self._next = 1 - self._next
        return batch

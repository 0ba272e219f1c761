"""The machines inside this machine that can train: CUDA, ROCm, Apple, Intel, or the processor."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import TYPE_CHECKING

from studio.engine.errors import UsageError

if TYPE_CHECKING:
    import torch


FIRST_FAST_HALF = 7
"""NVIDIA's compute capability from which float16 has units of its own."""


@dataclass(frozen=True)
class Device:
    """`name` is torch's word (`cuda:0`, `mps`, `cpu`); `memory` in bytes, 0 when unknown.

    `bf16` and `fp16`: whether it is quicker with them than with full precision.
    """

    name: str
    title: str
    memory: int
    bf16: bool
    fp16: bool = False

    @property
    def is_accelerator(self) -> bool:
        return self.name != "cpu"


def devices() -> list[Device]:
    """All devices, best first; the processor is always the last."""
    import torch

    found: list[Device] = []
    if torch.accelerator.is_available():
        kind = torch.accelerator.current_accelerator()
        for index in range(torch.accelerator.device_count()):
            found.append(_accelerator(kind.type if kind else "cuda", index))
    return [*found, Device("cpu", platform.processor() or "CPU", _memory_of_machine(), cpu_bf16())]


def choose(wanted: str = "auto") -> Device:
    """The device called `wanted`, or the best one for `auto`."""
    known = devices()
    if wanted == "auto":
        return known[0]
    for device in known:
        if wanted in (device.name, device.name.split(":")[0]):
            return device
    raise UsageError(
        "There is no device {name!r} here. Known: auto, {names}.",
        name=wanted,
        names=", ".join(d.name for d in known),
    )


def cpu_bf16() -> bool:
    """Whether the processor multiplies bfloat16 natively; emulated, it is slower than float32."""
    import torch

    capability = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    amx = getattr(torch.cpu, "_is_amx_tile_supported", None)
    return bool((capability and capability()) or (amx and amx()))


def autocast_dtype(device: Device, precision: str) -> torch.dtype | None:
    """The dtype of mixed precision for `auto` or one of its name; None for full precision.

    float16 only where nothing better is quick: its small gradients need a loss scale.
    """
    import torch

    if precision == "fp32":
        return None
    if precision == "bf16" or (precision == "auto" and device.bf16):
        return torch.bfloat16
    if precision == "fp16" or device.fp16:
        return torch.float16
    return None


def _accelerator(kind: str, index: int) -> Device:
    import torch

    module = getattr(torch, kind, None)
    name = kind if kind == "mps" else f"{kind}:{index}"
    if kind in ("cuda", "xpu") and module is not None:
        facts = module.get_device_properties(index)
        # A card that only emulates bf16 is slower with it; it may have fast float16 (Volta on).
        bf16 = bool(module.is_bf16_supported(including_emulation=False))
        fp16 = kind == "cuda" and not bf16 and facts.major >= FIRST_FAST_HALF
        return Device(name, facts.name, int(facts.total_memory), bf16, fp16)
    return Device(name, "Apple GPU" if kind == "mps" else kind.upper(), 0, False)


def _memory_of_machine() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0

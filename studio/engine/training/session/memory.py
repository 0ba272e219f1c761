"""How much memory this process, or its device, has needed at most, and whose fault an error is."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def peak(device: torch.device) -> int:
    """Bytes at the worst moment so far; 0 where the system does not tell.

    On the processor that is the resident memory of the whole process, the interpreter and
    the libraries included; on a device what tensors took of its memory.
    """
    import torch

    if device.type in ("cuda", "xpu"):
        return int(getattr(torch, device.type).max_memory_allocated(device))
    if device.type == "mps":
        return int(torch.mps.driver_allocated_memory())
    return _peak_of_process()


def is_want_of(error: RuntimeError | MemoryError) -> bool:
    """Whether an error says that memory ran out."""
    import torch

    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    # The processor's allocator and some back ends raise a plain RuntimeError.
    text = str(error).lower()
    return "out of memory" in text or "can't allocate memory" in text


def _peak_of_process() -> int:
    if sys.platform == "win32":
        return _peak_on_windows()
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most if sys.platform == "darwin" else most * 1024)


def _peak_on_windows() -> int:
    import ctypes
    from ctypes import wintypes

    sizes = ("peak", "now", "quota", "quota2", "quota3", "quota4", "page", "page_peak")

    class Counters(ctypes.Structure):
        _fields_ = [
            ("cb", wintypes.DWORD),
            ("faults", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in sizes),
        ]

    counters = Counters()
    counters.cb = ctypes.sizeof(counters)
    windows = getattr(ctypes, "windll")  # noqa: B009  # known to type checkers on Windows alone
    windows.kernel32.GetCurrentProcess.restype = wintypes.HANDLE
    here = wintypes.HANDLE(windows.kernel32.GetCurrentProcess())
    windows.psapi.GetProcessMemoryInfo(here, ctypes.byref(counters), counters.cb)
    return int(counters.peak)

"""Models that other programs made: read without running a byte of them, and brought in as runs.

`child` is the process that reads a file: its opcodes go through :mod:`stream`, which knows the few
names of `stand_ins` and nothing else. `dialects` has one file for each program that is understood.
"""

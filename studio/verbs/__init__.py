"""The verbs of the command line, one file each: `add` declares its options, `run` does it.

Nothing here imports torch or a window at the top of a file: `--help` has to be quick, and
every verb has to work where PySide6 is not installed.
"""

"""One run in one process: `loop` yields events and takes commands, `trainer` holds the state.

`care` keeps it alive; `preflight` knows what it will need before it begins.
"""

"""From a wish to a run: which family, how long, with which parameters; and the list of runs.

Begin with `runs`; `auto` recommends, `plan` settles what was left open.
"""

"""From chosen pictures to the memory map that a run trains on, and the part kept from training.

`prepare` makes the set, `policy` says how, `shape` does it for one picture, `split` decides
which pictures are held out.
"""

"""The formats of hand-over, one file each: a class with declared options, found by listing.

Begin with `base`.
"""

"""Ways to hand over that make several files, or one of several pieces; one file each.

Begin with `base`.
"""

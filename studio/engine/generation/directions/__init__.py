"""Directions: ways in which all pictures of a model can be changed, one file a kind.

Begin with `direction` and `kind`; `catalogue` lists what there is of a run.
"""

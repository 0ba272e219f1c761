"""How good a run's pictures are: redrawn and generated ones beside real ones, and copies.

Begin with `assessment` (all figures of a checkpoint), `measures` (what they are) and `copies`.
"""

"""How good a run's pictures are: redrawn and generated ones beside real ones, and copies.

Begin with `metrics` (held-out pictures), `figures` (variety, realism) and `copies`.
"""

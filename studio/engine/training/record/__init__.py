"""What the disk holds of a run: recipe, checkpoints, statistics, sample sheets.

The lowest chamber of the room. `checkpoint` is the only reader and writer of its format.
"""

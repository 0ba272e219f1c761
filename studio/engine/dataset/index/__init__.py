"""The rows of a dataset in the project's index: datasets, sources, pictures, findings.

The lowest chamber of the room: every other one reads and writes through `store`, which
gives the values of `records`.
"""

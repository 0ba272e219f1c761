"""The whole product without a window: a room for each stage of the work.

Pictures go from `dataset` through `training`, `evaluation`, `generation` and `pieces` to
`refinement` and `export`; a room imports only rooms to its left. `project` is what is open,
`events` the bridge between a run and everybody else, `files` every durable write.
"""

"""A prepared set goes in, a run comes out: events while it trains, checkpoints on the disk.

Chambers, each blind to those after it: `record` (the run's files), `planning` (what a run will
be), `health` (detectors), `session` (the loop), `process` (the child) and `preview`. Begin with
`session.loop`.
"""

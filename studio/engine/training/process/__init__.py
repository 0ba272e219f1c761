"""Training in a child process: `child` is its program, `client` the parent's end of the pipe.

`driver` runs the same generator in this process, for the command line.
"""

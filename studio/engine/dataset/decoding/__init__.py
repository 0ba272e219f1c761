"""From a file nobody trusts to pixels and numbers, in a process with limits.

`sandbox` keeps the processes, `worker` is the program they run, `probe` what it does with one
file. `pixels` decodes on both sides; `decode` is the door for the rest of the house.
"""

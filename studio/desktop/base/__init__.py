"""What every place of the window stands on: the shared state, threads, actions, the base room.

`studio` is what all of them share; `threads` runs work beside the window.
"""

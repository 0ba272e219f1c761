"""The training place: the form of a new run (`new_run`) and a run that exists (`run`).

`session` is the way to the engine; `room` lays out what is on the screen.
"""

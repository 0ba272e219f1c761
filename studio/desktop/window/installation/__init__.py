"""What belongs to this copy of the program: its extras, and whether it does its work.

`installation.py` is asked by the window; `extra_row.py` and `self_test_list.py` are what
`installation_window.py` shows.
"""

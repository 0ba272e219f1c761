"""The window itself: six places joined by their signals, and what lies over all of them.

Begin with `main_window`; `rooms` makes the places and joins them.
"""

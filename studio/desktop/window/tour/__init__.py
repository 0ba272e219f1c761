"""A tour in five steps: a card beside the real control, which can be used meanwhile.

`steps.py` says what is shown, `tour.py` goes from one to the next.
"""

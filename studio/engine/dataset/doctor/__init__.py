"""What is wrong with pictures, and which of them do not belong.

`checks` says it of one picture, `reconcile` of the whole set; `thresholds` are the limits
that the artist moves; `fixes` leaves pictures out at one click.
"""

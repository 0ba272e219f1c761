"""Pieces leave as files: rendered, written in a format, with proof of their origin.

`handover` drives it, `delivery` writes all files or none, `formats` has one file a format,
`ledger` remembers what went where, `recall` reads a file that comes back.
"""

"""Pieces: pictures the artist kept, each a recipe; and the packet that says what made a file.

Canvas, bench and hand-over all read them; nothing here knows any of the three.
"""

"""Detectors of what commonly goes wrong: each a function of the newest reading and its memory."""

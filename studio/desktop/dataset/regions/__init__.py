"""Editors over one picture: its crop, and the parts of it that are hidden."""

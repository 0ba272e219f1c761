"""Folders that are watched: what appears in them is imported by itself."""

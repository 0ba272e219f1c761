"""A run that exists: its samples, curves, health and commands."""

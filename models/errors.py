"""What the models refuse. Kept apart so that it can be caught without importing anything else."""

from __future__ import annotations


class ParameterError(ValueError):
    """A value that cannot be accepted; the message is one sentence for the user."""

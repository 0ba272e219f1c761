"""Iterating on the latent of a piece: a window beside the bench, and the jobs behind it."""

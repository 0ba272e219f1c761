"""Latent Studio: train a generative model on your own pictures and play it."""

__version__ = "0.3.0"

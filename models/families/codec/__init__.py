"""Autoencoder and VAE: an encoder and a decoder, told apart by what holds the latents together.

What both share is `models.codec`.
"""

TITLES = {"autoencoder": "Autoencoder", "vae": "VAE"}

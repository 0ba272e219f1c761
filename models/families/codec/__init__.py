"""Autoencoder and VAE: an encoder and a decoder, told apart by what holds the latents together.

Begin with `codec`, which both share.
"""

"""What networks are built of: layers, filters, classes, densities of latents, augmentation.

No part knows a family. Begin with `layers` (blocks of the encoders and decoders) and
`modulated` (those of StyleGAN2); `seamless` puts any of them on a torus.
"""

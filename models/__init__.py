"""Networks, losses and augmentation: PyTorch and nothing else.

Importing this package does not import torch; `models.base.families()` does.
"""

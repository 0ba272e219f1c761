"""The stack of steps on a picture, one file an operation. Begin with `stack` and `base`."""

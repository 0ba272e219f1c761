"""What can be done to the activations of a layer, a file for those of a kind. Begin with `base`."""

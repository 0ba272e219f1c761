"""The evaluation place: the real and the generated, side by side. Begin with `room`."""

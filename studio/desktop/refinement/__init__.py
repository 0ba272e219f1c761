"""The bench: a piece, its stack of steps, before and after. Begin with `room`."""

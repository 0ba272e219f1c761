"""The grid of pictures: its model, the line above it, and the look at one picture."""

"""One file for each program whose models are understood."""

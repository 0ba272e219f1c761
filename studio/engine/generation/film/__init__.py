"""Films: keys on a timeline, the walk through the latents that they say, and files of it."""

"""The ways to go on from a picture, one file each."""

"""The timeline below the canvas: keys of a film, its preview, and its files."""

"""The dataset as a whole: its map, its thresholds, and what a file tells about itself."""

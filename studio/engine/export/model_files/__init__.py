"""Models that leave for other programs: one file for each format."""

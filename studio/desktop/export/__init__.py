"""The export place: pieces, a format, a folder, and what every file says of its origin."""

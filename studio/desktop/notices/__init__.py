"""Short messages to the artist: the list, how they show, and their history."""

"""What the artist decides about pictures and sets: labels, captions, crops, rights, what trains."""

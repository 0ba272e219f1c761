"""Ways in which pictures go to other programs while they are played. One file each."""

"""A model that is played: recipes go in, pictures come out. Begin with `player`."""

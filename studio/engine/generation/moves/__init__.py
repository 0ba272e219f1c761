"""What moves a recipe from its beginning, one file a move. Begin with `base`."""

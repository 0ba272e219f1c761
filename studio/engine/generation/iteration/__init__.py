"""Going on from a picture that is there: what it is led towards, and what is drawn of it again."""

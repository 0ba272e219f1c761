"""Sound: what is heard in a file, as numbers from 0 to 1 that move a picture."""

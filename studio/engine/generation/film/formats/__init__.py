"""Files that films are written to; one file of this folder for each kind."""

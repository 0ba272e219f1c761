"""How pictures come in by hand: asking for them, and the strips that show how far it is."""

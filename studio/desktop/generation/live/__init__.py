"""Playing the canvas by OSC and MIDI, and showing it to others."""

"""Playing a model live: values that arrive by OSC or MIDI become recipes, in time."""

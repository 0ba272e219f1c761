"""What the hand does on the picture of the canvas, a file a tool."""

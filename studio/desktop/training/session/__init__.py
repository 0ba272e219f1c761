"""The place's dealings with the engine: runs read and made, and the one that trains."""

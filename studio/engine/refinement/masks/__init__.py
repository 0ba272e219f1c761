"""Where a step works: shapes, ranges and strokes as numbers of no size. Begin with `mask`."""

"""Networks that enlarge a model's pictures, learnt from the originals of its run."""

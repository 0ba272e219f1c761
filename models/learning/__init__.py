"""What networks learn by: losses from their papers, averages of weights, adaptive augmentation."""

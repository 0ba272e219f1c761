"""What shapes a picture beside directions: styles of others, noise, labels, bends of layers."""

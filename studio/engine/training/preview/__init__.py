"""What augmentation would do to the pictures of a run, looked at before it begins."""

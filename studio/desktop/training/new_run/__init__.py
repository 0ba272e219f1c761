"""The form of a new run: which pictures, which family, how long; recommended and measured."""

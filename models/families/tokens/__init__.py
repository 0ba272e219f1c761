"""Pictures as grids of tokens: a tokenizer, and a prior that lays new grids."""

TITLES = {"tokens": "Tokens"}

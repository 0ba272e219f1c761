"""Pictures as grids of tokens: a tokenizer, and a prior that lays new grids, also by words."""

TITLES = {"tokens": "Tokens", "text2image": "Pictures of words"}

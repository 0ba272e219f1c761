"""The right panel: one picture or many, their facts, findings, words and rights."""

"""The open dataset: its rows as columns in memory, its threads, and the news they bring."""

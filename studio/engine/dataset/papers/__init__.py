"""What is written about a dataset: its card, the doctor's report, what a file says of itself."""

"""The dataset place: sources, pictures, findings and decisions."""

"""Pictures come in: walked, decoded safely, checked, stored as rows, prepared for training."""

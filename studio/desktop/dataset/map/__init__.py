"""The dataset on a plane, like pictures near each other."""

"""The thresholds of the folder doctor, each on the histogram of what it decides about."""

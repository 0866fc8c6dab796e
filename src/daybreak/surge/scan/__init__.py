"""Where: scans of space and of space and time for clusters of cases."""

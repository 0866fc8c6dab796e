"""Where cases cluster in space and time: scan statistics."""

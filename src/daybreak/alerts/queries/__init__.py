"""What a viewer may read of streams and signals."""

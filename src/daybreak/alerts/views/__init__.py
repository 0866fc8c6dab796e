"""The pages of streams and signals."""

"""What alerts decide, as plain functions: which streams rise, in which order, and what may follow what."""

"""What a brief reads of the ledger and the directory, for a viewer and as it was known on a day."""

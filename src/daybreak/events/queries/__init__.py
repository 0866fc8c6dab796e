"""What a viewer may read of the ledger."""

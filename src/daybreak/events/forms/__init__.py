"""What people ask of the ledger and write into it."""

"""The pages of the ledger at the desk."""

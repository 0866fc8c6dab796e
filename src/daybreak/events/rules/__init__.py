"""What the ledger decides, as plain functions: values, comparisons, causes, what may be shown."""
